import type { ContactState } from '../domain/contact-state.js';
import type { PastReply } from '../domain/facts.js';
import type { Instant } from '../domain/time.js';

/** State of a contact in a history. Lists are replaced, never modified, since they are given out as facts. */
export interface Person extends ContactState {
  lastInboundAt: Instant | null;
  lastHumanAt: Instant | null;
  optedOutAt: Instant | null;
  lastDisclosedAt: Instant | null;
  isKnown: boolean;
  /** The newest reply of each rule, conversation, post and mode. */
  answers: readonly PastReply[];
  /** Times of replies, oldest first. */
  recent: readonly Instant[];
  tags: readonly string[];
  fields: Readonly<Record<string, string>>;
  /** The latest texts, newest first; absent if no rule asks for the language. */
  said?: readonly string[];
}

/** Maximum number of contacts kept as objects: the ones who wrote last. */
const MOST_OPEN = 5_000;

/**
 * Stores the contacts of a history by key; `fresh` creates a new one. All but the latest are kept as a line
 * of JSON: for 100,000 contacts that takes 295 MB at the peak instead of 365, for a tenth more CPU.
 */
export function createPeople(fresh: () => Person): (key: string) => Person {
  const open = new Map<string, Person>();
  const packed = new Map<string, string>();
  return (key) => {
    const known = open.get(key);
    if (known) return known;
    const line = packed.get(key);
    const person = line === undefined ? fresh() : unpack(line);
    open.set(key, person);
    if (open.size > MOST_OPEN) {
      const [[oldest, left] = []] = open;
      if (oldest === undefined || left === undefined) return person;
      open.delete(oldest);
      packed.set(oldest, pack(left));
    }
    return person;
  };
}

type PackedReply = readonly [string, string | null, string | null, Instant, number, 0 | 1];
type Packed = readonly [
  ...[Instant | null, Instant | null, Instant | null, Instant | null, 0 | 1],
  ...[readonly PackedReply[], readonly Instant[], readonly string[], Readonly<Record<string, string>>],
];

function pack(person: Person): string {
  const { lastInboundAt, lastHumanAt, optedOutAt, lastDisclosedAt, isKnown, recent, tags, fields } = person;
  const answers = person.answers.map(({ rule, conversationId, postId, at, times, isShadow }): PackedReply =>
    // Stored as arrays: in a million lines, property names would be half of the text.
    [rule, conversationId, postId, at, times, isShadow ? 1 : 0],
  );
  const packed: Packed = [
    ...([lastInboundAt, lastHumanAt, optedOutAt, lastDisclosedAt, isKnown ? 1 : 0] as const),
    ...([answers, recent, tags, fields] as const),
  ];
  return JSON.stringify(packed);
}

function unpack(line: string): Person {
  const [lastInboundAt, lastHumanAt, optedOutAt, lastDisclosedAt, isKnown, answers, recent, tags, fields] =
    JSON.parse(line) as Packed;
  return {
    ...{ lastInboundAt, lastHumanAt, optedOutAt, lastDisclosedAt, isKnown: isKnown === 1 },
    answers: answers.map(([rule, conversationId, postId, at, times, isShadow]) => {
      return { rule, conversationId, postId, at, times, isShadow: isShadow === 1 };
    }),
    ...{ recent, tags, fields },
  };
}

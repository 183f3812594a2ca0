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

/** Maximum number of contacts kept as objects: the ones who wrote last, of those who wrote more than once. */
const MOST_OPEN = 5_000;
/**
 * Maximum number of new contacts kept as objects. Most contacts of a large file write once; so few of them that
 * they are gone before V8 moves them to its old generation, which is collected late.
 */
const MOST_NEW = 50;

/**
 * Stores the contacts of a history by account and id; `fresh` creates a new one. All but the latest are kept as a
 * short line of JSON: of a million contacts, each byte counts.
 */
export function createPeople(fresh: () => Person): (key: PersonKey) => Person {
  const packed = new Map<string | null, Map<string, string>>();
  const packedAt = (account: string | null): Map<string, string> => {
    const known = packed.get(account) ?? new Map<string, string>();
    packed.set(account, known);
    return known;
  };
  const leave = ({ account, id }: PersonKey, person: Person): void =>
    void packedAt(account).set(id, pack(person, id));
  const newest = createLatest(MOST_NEW, leave);
  const open = createLatest(MOST_OPEN, leave);
  const find = (key: PersonKey): Person => {
    const name = nameOf(key);
    const known = newest.of(name) ?? open.of(name);
    if (known) return known;
    // Two accounts have different contacts, even with equal ids.
    const line = packedAt(key.account).get(key.id);
    return line === undefined ? newest.add(key, fresh()) : open.add(key, unpack(line, key.id));
  };
  // An event asks for its contact several times in a row.
  let last: { readonly key: PersonKey; readonly person: Person } | null = null;
  return (key) => {
    if (last?.key.id !== key.id || last.key.account !== key.account) last = { key, person: find(key) };
    return last.person;
  };
}

/** A contact of an account. */
export interface PersonKey {
  readonly account: string | null;
  readonly id: string;
}

/** The latest name: both sides of a comparison ask for it, and a text that was looked up before has its hash. */
let latest = { account: '', id: '', name: '/' };

function nameOf({ account: given, id }: PersonKey): string {
  const account = given ?? '';
  if (latest.id !== id || latest.account !== account) latest = { account, id, name: `${account}/${id}` };
  return latest.name;
}

/** A map of limited size: the entry that was added first leaves it first. */
function createLatest(most: number, onLeave: (key: PersonKey, person: Person) => void) {
  const kept = new Map<string, readonly [PersonKey, Person]>();
  return {
    of: (name: string): Person | undefined => kept.get(name)?.[1],
    add(key: PersonKey, person: Person): Person {
      kept.set(nameOf(key), [key, person]);
      const [first] = kept.size > most ? kept : [];
      if (!first) return person;
      kept.delete(first[0]);
      onLeave(...first[1]);
      return person;
    },
  };
}

/** The conversation of hypothetical messages of a contact. */
export function conversationOf(contactId: string): string {
  return `conversation-${contactId}`;
}

/** Stands for a reply without a conversation; null stands for the hypothetical conversation of the contact. */
const NONE = 0;

/** Times are relative to the contact's last message, and empty parts at the end are left out. */
type PackedReply = readonly [
  rule: string,
  at: number,
  conversation?: string | typeof NONE | null,
  postId?: string | null,
  times?: number | null,
  isShadow?: 1 | null,
];
type Packed = readonly [
  lastInboundAt?: Instant | null,
  isKnown?: 1 | null,
  answers?: readonly PackedReply[],
  recent?: readonly number[],
  tags?: readonly string[],
  fields?: Readonly<Record<string, string>>,
  lastHumanAt?: number | null,
  optedOutAt?: number | null,
  lastDisclosedAt?: number | null,
  said?: readonly string[],
];

function pack(person: Person, id: string): string {
  const { lastInboundAt, isKnown, recent, tags, fields, said = [] } = person;
  const base = lastInboundAt ?? 0;
  const since = (at: Instant | null): number | null => (at === null ? null : at - base);
  const answers = person.answers.map(({ rule, conversationId, postId, at, times, isShadow }) => {
    const conversation = conversationId === conversationOf(id) ? null : (conversationId ?? NONE);
    return trimmed([rule, at - base, conversation, postId, times === 1 ? null : times, isShadow ? 1 : null]);
  });
  const [human, out, disclosed] = [person.lastHumanAt, person.optedOutAt, person.lastDisclosedAt].map(since);
  const all = [lastInboundAt, isKnown ? 1 : null, answers, recent.map((at) => at - base), tags, fields];
  return JSON.stringify(trimmed([...all, human, out, disclosed, said]));
}

function trimmed(values: readonly unknown[]): readonly unknown[] {
  return values.slice(0, values.findLastIndex((value) => !isEmpty(value)) + 1);
}

function isEmpty(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}

function unpack(line: string, id: string): Person {
  const [lastInboundAt = null, isKnown = null, answers = [], recent = [], tags = [], fields = {}, ...rest] =
    JSON.parse(line) as Packed;
  const base = lastInboundAt ?? 0;
  const [human = null, out = null, disclosed = null, said = []] = rest;
  const at = (since: number | null): Instant | null => (since === null ? null : base + since);
  return {
    ...{ lastInboundAt, lastHumanAt: at(human), optedOutAt: at(out), lastDisclosedAt: at(disclosed) },
    isKnown: isKnown === 1,
    answers: answers.map(([rule, since, conversation = null, postId = null, times, isShadow]) => {
      const conversationId = conversation === NONE ? null : (conversation ?? conversationOf(id));
      return { rule, conversationId, postId, at: base + since, times: times ?? 1, isShadow: isShadow === 1 };
    }),
    ...{ recent: recent.map((since) => base + since), tags, fields, said },
  };
}

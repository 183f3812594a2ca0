import type { Sandbox } from '../../src/sandbox/server.js';
import type { Dice } from './dice.js';

/** Rules whose replies name their message, so that a lost or doubled reply is found by its text alone. */
export const RULES = `
version: 1
rules:
  - { id: echo, on: message, keywords: [echo], reply: "You wrote {{ message.id }}", once_per: false }
  - id: later
    on: message
    keywords: [later]
    reply: { text: "A while ago you wrote {{ message.id }}", delay: 1s..3s }
    once_per: false
  - { id: same, on: message, keywords: [same], reply: "The same for everybody", once_per: false }
  - id: guide
    on: comment
    keywords: [guide]
    private_reply: "The guide for {{ comment.id }}"
    comment_reply: "Look at your messages, {{ comment.id }}"
    once_per: false
`;

/** A message, and the texts of its expected replies. */
export interface Written {
  /** The journal's key of the message. */
  readonly eventId: string;
  readonly account: string;
  readonly person: string;
  readonly rule: 'echo' | 'later' | 'same' | 'guide' | null;
  readonly answers: readonly string[];
}

/** Texts that no rule matches. */
export const NOISE = 'nothing of interest';
export const SAME_ANSWER = 'The same for everybody';
export const ACCOUNTS = ['shop-ig', 'shop-fb', 'shop-x'] as const;
/**
 * Maximum delay until lists show a message, and maximum age of a message when it is written, in milliseconds.
 */
const LATE = 1_500;

export interface Traffic {
  /** Lets some people write, now or a moment ago, several of them in the same millisecond. */
  burst(): void;
  readonly written: readonly Written[];
}

/** Creates the traffic; `people` is the number of writers per account. */
export function createTraffic(sandbox: Sandbox, dice: Dice, people = 25): Traffic {
  const written: Written[] = [];
  const began = Date.now();

  function write(at: number): void {
    const late = dice.chance(0.15) ? dice.whole(1, LATE) : 0;
    const when = { at: Math.max(began, at - Math.min(late, dice.whole(0, LATE))), visibleAfter: late };
    const person = `person-${dice.whole(1, people)}`;
    const account = dice.pick(ACCOUNTS);
    if (account !== 'shop-x' && dice.chance(0.25)) {
      const contact = `${account}-${person}`;
      const { id } = sandbox.comment({ account, contact, text: 'the guide please', ...when });
      const answers = [`The guide for ${id}`, `Look at your messages, ${id}`];
      written.push({ eventId: `comment:${id}`, account, person: contact, rule: 'guide', answers });
      return;
    }
    const rule = dice.pick(['echo', 'echo', 'later', 'same', null] as const);
    const contact = `${account}-${person}`;
    const { id } = sandbox.receive({ account, contact, text: rule ?? NOISE, ...when });
    const text = { echo: `You wrote ${id}`, later: `A while ago you wrote ${id}`, same: SAME_ANSWER };
    const answers = rule === null ? [] : [text[rule]];
    written.push({ eventId: `message:${id}`, account, person: contact, rule, answers });
  }

  return {
    written,
    burst() {
      const now = Date.now();
      for (let left = dice.whole(1, 3); left > 0; left -= 1) write(now);
    },
  };
}

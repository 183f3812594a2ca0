import type { ActionType } from '../../src/domain/rule.js';
import type { Sandbox } from '../../src/sandbox/server.js';
import type { Dice } from './dice.js';
import { ACCOUNTS } from './traffic.js';

/** Rules whose replies wait for a person. Their texts name the message. */
export const GUEST_RULES = `
  - { id: quote, on: message, keywords: [quote], mode: approve, reply: "A quote for {{ message.id }}", once_per: false }
  - id: catalogue
    on: comment
    keywords: [catalogue]
    mode: approve
    private_reply: "The catalogue for {{ comment.id }}"
    comment_reply: "It is in your messages, {{ comment.id }}"
    once_per: false
`;

/** Message of a guest, and the texts that its rule composes, by action. */
export interface GuestMessage {
  /** The journal's key of the message. */
  readonly eventId: string;
  readonly account: string;
  readonly person: string;
  /** The rule that composes a reply. `echo` replies without a person's approval. */
  readonly rule: 'quote' | 'catalogue' | 'echo';
  readonly texts: Readonly<Partial<Record<ActionType, string>>>;
}

/** Contacts whose replies people approve or write. After a reply by hand nobody replies automatically. */
export interface Guests {
  /** Lets a guest write who has written before, or a new one. */
  write(): void;
  readonly written: readonly GuestMessage[];
}

/** Probability that a new guest writes instead of one of the latest. */
const NEW_GUEST = 0.6;
const LATEST = 6;

export function isGuest(contactId: string): boolean {
  return contactId.includes('-guest-');
}

export function createGuests(sandbox: Sandbox, dice: Dice): Guests {
  const written: GuestMessage[] = [];
  let guests = 0;

  function comment(account: string, person: string): void {
    const { id } = sandbox.comment({ account, contact: person, text: 'the catalogue please' });
    const texts = {
      private_reply: `The catalogue for ${id}`,
      comment_reply: `It is in your messages, ${id}`,
    };
    written.push({ eventId: `comment:${id}`, account, person, rule: 'catalogue', texts });
  }

  return {
    written,
    write() {
      if (guests === 0 || dice.chance(NEW_GUEST)) guests += 1;
      const n = Math.max(1, guests - dice.whole(0, LATEST));
      const account = ACCOUNTS[n % ACCOUNTS.length]!;
      const person = `${account}-guest-${n}`;
      if (account !== 'shop-x' && dice.chance(0.35)) {
        comment(account, person);
        return;
      }
      const rule = dice.pick(['quote', 'quote', 'quote', 'echo'] as const);
      const { id } = sandbox.receive({ account, contact: person, text: rule });
      const reply = rule === 'quote' ? `A quote for ${id}` : `You wrote ${id}`;
      written.push({ eventId: `message:${id}`, account, person, rule, texts: { reply } });
    },
  };
}

import type { Faker } from '@faker-js/faker';
import { MINUTE, SECOND, type Instant } from '../domain/time.js';
import { isPlayedByHand } from './say.js';
import type { Tenant } from './server.js';

/** Reaction of a contact to a question. */
type Way = 'answers' | 'asks_back' | 'says_nothing';

const WAYS: readonly { readonly value: Way; readonly weight: number }[] = [
  { value: 'answers', weight: 60 },
  { value: 'asks_back', weight: 20 },
  { value: 'says_nothing', weight: 20 },
];
const ASKS_BACK = ['why?', 'hm, which one?', 'is it free?', 'ok 👍'];

export interface Answerers {
  /** Checks the sends since the last call, and writes the answers that are due. */
  react(): void;
}

/**
 * Generated contacts who answer when a message asks for their e-mail address: most of them, some only at the
 * second try. A person who is played by hand answers by hand.
 */
export function createAnswerers(sandbox: Tenant, dice: Faker): Answerers {
  const { world } = sandbox;
  let seen = 0;
  let planned: {
    readonly at: Instant;
    readonly account: string;
    readonly contact: string;
    readonly text: string;
  }[] = [];

  function plan(account: string, contact: string, now: Instant): void {
    const way = dice.helpers.weightedArrayElement(WAYS);
    if (way === 'says_nothing') return;
    const text =
      way === 'answers'
        ? dice.internet.email({ provider: 'mail.example' }).toLowerCase()
        : dice.helpers.arrayElement(ASKS_BACK);
    planned.push({ at: now + dice.number.int({ min: 2 * SECOND, max: MINUTE / 4 }), account, contact, text });
  }

  return {
    react() {
      const sends = sandbox.sends();
      const now = Date.now();
      for (const { kind, accountId, recipientId, text } of sends.slice(seen)) {
        const account = world.accounts.find(({ id }) => id === accountId);
        if (kind !== 'message' || account === undefined || recipientId === null) continue;
        if (/e-mail/iu.test(text) && !isPlayedByHand(recipientId)) plan(account.name, recipientId, now);
      }
      seen = sends.length;
      const due = planned.filter(({ at }) => at <= now);
      planned = planned.filter(({ at }) => at > now);
      for (const { account, contact, text } of due) sandbox.receive({ account, contact, text });
    },
  };
}

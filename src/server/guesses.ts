import { createHash } from 'node:crypto';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import { type Clock, type Instant, MINUTE } from '../domain/time.js';

/** Wrong tokens in a minute, from one address, before it has to wait. */
const MOST_WRONG = 5;
/** Of how many addresses they are counted; of more, those that guessed longest ago are let go. */
const MOST_ADDRESSES = 1_000;

/**
 * Counts wrong tokens, by who gave them: who guesses keeps nobody else out. The same one twice is no guess: a program
 * that was not told of a new token goes on with the old one. Each way of giving tokens has a count of its own.
 */
export interface Guesses {
  isTooOften(context: Context): boolean;
  wrong(context: Context, token: string): void;
}

export function createGuesses(clock: Clock): Guesses {
  const known = new Map<string, Map<string, Instant>>();
  const latest = (from: string): Map<string, Instant> => {
    const now = clock();
    const wrong = [...(known.get(from) ?? [])].filter(([, at]) => at > now - MINUTE && at <= now);
    return new Map(wrong);
  };
  return {
    isTooOften: (context) => latest(addressOf(context)).size >= MOST_WRONG,
    wrong(context, token) {
      const from = addressOf(context);
      const wrong = latest(from);
      wrong.set(createHash('sha256').update(token).digest('base64'), clock());
      known.delete(from);
      known.set(from, wrong);
      if (known.size > MOST_ADDRESSES) known.delete(known.keys().next().value ?? '');
    },
  };
}

/** Of whoever is connected: behind a proxy, of the proxy. Where nothing is connected, as in a test, all are one. */
function addressOf(context: Context): string {
  try {
    return getConnInfo(context).remote.address ?? '';
  } catch {
    return '';
  }
}

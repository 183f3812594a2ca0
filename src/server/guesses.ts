import { createHash } from 'node:crypto';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import { type Clock, type Instant, MINUTE } from '../domain/time.js';

/** Maximum number of wrong tokens per minute and address; beyond it the address is blocked. */
const MOST_WRONG = 5;
/** Maximum number of tracked addresses; beyond it the address with the oldest guess is dropped. */
const MOST_ADDRESSES = 1_000;

/**
 * Counts wrong tokens: failed logins are rate limited per client address. Repeating the same wrong token does
 * not count: a program with an outdated token keeps sending it. Header and login are counted separately.
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

/**
 * Address of the direct client; behind a proxy that is the proxy. Without a connection, as in tests, all
 * callers share one address.
 */
function addressOf(context: Context): string {
  try {
    return getConnInfo(context).remote.address ?? '';
  } catch {
    return '';
  }
}

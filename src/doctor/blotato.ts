import { BlotatoError } from '../blotato/errors.js';
import { isKeyRefused } from '../blotato/refusals.js';
import type { ApiAccount } from '../blotato/schemas.js';
import { BLOCK_FIXES } from '../domain/block.js';
import type { Config } from '../domain/config.js';
import { formatDuration, SECOND, type Millis } from '../domain/time.js';
import { type AccountCheck, examineAccount } from './accounts.js';
import { examineAutomations } from './automations.js';
import { asSentence, type Diagnosis, doubtful, fine, refused, wrong } from './diagnosis.js';

/**
 * Tolerated clock difference: the platforms' windows are hours, and the API's `Date` header has whole
 * seconds.
 */
const SKEW_MOST: Millis = 30 * SECOND;
/** Requests per minute that the API allows per key (Blotato's help page on rate limits). */
const SENDS_ALLOWED = 30;
const READS_ALLOWED = 60;
/** A frequent wrong guess; no server exists there (reports of 2026). */
const GUESSED_HOST = 'api.blotato.com';

/** Checks the configuration against the API. Sends nothing. Yields each diagnosis as soon as it is known. */
export async function* examine(check: AccountCheck, signal: AbortSignal): AsyncGenerator<Diagnosis> {
  const { client, config } = check;
  const address = aboutAddress(config);
  if (address) {
    yield address;
    return;
  }
  const key = await aboutKey(check, signal);
  yield key;
  if (key.state === 'error') return;
  yield aboutClock(client.clockOffset());
  const listed = await accountsOf(check, signal);
  if ('problem' in listed) yield listed.problem;
  else for (const account of config.accounts) yield* examineAccount(account, listed.accounts, check, signal);
  yield await aboutMessages(check, signal);
  yield* await examineAutomations(check, signal);
}

/** Checks the budgets, which needs no request. */
export function examineBudgets({ throttle }: Config): Diagnosis {
  const { sendsPerMinute, readsPerMinute } = throttle;
  if (sendsPerMinute <= SENDS_ALLOWED && readsPerMinute <= READS_ALLOWED) {
    return fine(
      'budgets',
      `${sendsPerMinute} sends and ${readsPerMinute} reads per minute, within the limits of the API`,
    );
  }
  return doubtful(
    'budgets',
    `${sendsPerMinute} sends and ${readsPerMinute} reads per minute exceed the ${SENDS_ALLOWED} and ${READS_ALLOWED} that the API allows per key`,
    'Lower `throttle`, unless Blotato raised the limits of your key.',
  );
}

/** Diagnosis of a host that is often guessed wrongly; null if the host is not one of them. */
function aboutAddress({ blotato }: Config): Diagnosis | null {
  if (new URL(blotato.baseUrl).hostname !== GUESSED_HOST) return null;
  return wrong(
    'address',
    `${GUESSED_HOST} is not the host of Blotato's API`,
    'Remove `blotato.base_url`, or set it to https://backend.blotato.com.',
  );
}

async function aboutKey({ client }: AccountCheck, signal: AbortSignal): Promise<Diagnosis> {
  try {
    await client.me(signal);
    return fine('key', 'Blotato accepts the key');
  } catch (error) {
    if (error instanceof BlotatoError && error.kind === 'unauthorized') {
      return wrong(
        'key',
        'Blotato refuses the key (401)',
        'Copy it again from Blotato into the variable that `blotato.api_key` names: keys may end in "=".',
      );
    }
    if (error instanceof BlotatoError && isKeyRefused(error)) {
      const { cause, fix } = BLOCK_FIXES['403'];
      return wrong('key', `Blotato refuses the key (403): ${cause}`, asSentence(fix));
    }
    return refused('key', error, 'Check the network, and `blotato.base_url` if you set it.');
  }
}

function aboutClock(offset: Millis): Diagnosis {
  const away = formatDuration(Math.abs(offset));
  if (Math.abs(offset) <= SKEW_MOST)
    return fine('clock', `this machine's clock is within ${away} of the API's`);
  return doubtful(
    'clock',
    `this machine's clock is ${away} ${offset > 0 ? 'behind' : 'ahead of'} the API's`,
    'Let the machine set its clock by the network (NTP): cooldowns and windows depend on it.',
  );
}

async function accountsOf(
  { client }: AccountCheck,
  signal: AbortSignal,
): Promise<{ readonly accounts: readonly ApiAccount[] } | { readonly problem: Diagnosis }> {
  try {
    return { accounts: await client.accounts(signal) };
  } catch (error) {
    return { problem: refused('accounts', error, 'Try again later; the accounts could not be listed.') };
  }
}

async function aboutMessages({ client }: AccountCheck, signal: AbortSignal): Promise<Diagnosis> {
  try {
    await client.listMessages({ limit: 1 }, signal);
    return fine('messages', 'readable');
  } catch (error) {
    const fix = 'Check the plan of your Blotato account: it may not include reading messages.';
    return refused('messages', error, fix);
  }
}

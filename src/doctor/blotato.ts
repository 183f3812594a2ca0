import type { BlotatoClient } from '../blotato/client.js';
import { BlotatoError } from '../blotato/errors.js';
import { isKeyRefused } from '../blotato/refusals.js';
import type { ApiAccount } from '../blotato/schemas.js';
import { BLOCK_WORDS } from '../domain/block.js';
import type { AccountConfig, Config } from '../domain/config.js';
import { formatDuration, SECOND, type Millis } from '../domain/time.js';

/** What a look at one thing found. */
export interface Diagnosis {
  /** What was looked at: `key`, `account shop-ig`, `clock`. */
  readonly about: string;
  readonly state: 'fine' | 'warning' | 'error';
  readonly message: string;
  readonly mend: string | null;
}

/** By so much our clock may be off: the platforms' windows are hours, and the API's `Date` knows whole seconds only. */
const SKEW_MOST: Millis = 30 * SECOND;
/** What the API allows each key a minute (Blotato's help page on rate limits). */
const SENDS_ALLOWED = 30;
const READS_ALLOWED = 60;

const fine = (about: string, message: string): Diagnosis => ({ about, state: 'fine', message, mend: null });
const wrong = (about: string, message: string, mend: string): Diagnosis => {
  return { about, state: 'error', message, mend };
};
const doubtful = (about: string, message: string, mend: string): Diagnosis => {
  return { about, state: 'warning', message, mend };
};

/** Asks the API about all that the configuration says of it. Sends nothing. What one question finds comes at once. */
export async function* examine(
  client: BlotatoClient,
  config: Config,
  signal: AbortSignal,
): AsyncGenerator<Diagnosis> {
  const key = await aboutKey(client, signal);
  yield key;
  if (key.state === 'error') return;
  yield aboutClock(client.clockOffset());
  const known = await client.accounts(signal);
  for (const account of config.accounts) {
    const found = aboutAccount(account, known);
    yield found;
    if (found.state === 'error') continue;
    if (account.platform === 'facebook') yield await aboutPage(client, account, signal);
    if (account.platform === 'facebook' || account.platform === 'instagram') {
      yield await aboutComments(client, account, signal);
    }
  }
  yield await aboutMessages(client, signal);
}

/** What needs no question to the API. */
export function examineBudgets({ throttle }: Config): Diagnosis {
  const { sendsPerMinute, readsPerMinute } = throttle;
  if (sendsPerMinute <= SENDS_ALLOWED && readsPerMinute <= READS_ALLOWED) {
    return fine('budgets', `${sendsPerMinute} sends and ${readsPerMinute} reads a minute, as the API allows`);
  }
  return doubtful(
    'budgets',
    `${sendsPerMinute} sends and ${readsPerMinute} reads a minute are more than the ${SENDS_ALLOWED} and ${READS_ALLOWED} that the API allows a key`,
    'Lower `throttle`, unless Blotato raised the limits of your key.',
  );
}

async function aboutKey(client: BlotatoClient, signal: AbortSignal): Promise<Diagnosis> {
  try {
    await client.me(signal);
    return fine('key', 'Blotato takes the key');
  } catch (error) {
    if (error instanceof BlotatoError && error.kind === 'unauthorized') {
      return wrong(
        'key',
        'Blotato refuses the key (401)',
        'Copy it again from Blotato into the variable that `blotato.api_key` names: keys may end in "=".',
      );
    }
    if (error instanceof BlotatoError && isKeyRefused(error)) {
      const { cause, fix } = BLOCK_WORDS['403'];
      return wrong(
        'key',
        `Blotato refuses the key (403): ${cause}`,
        `${fix[0]?.toUpperCase() ?? ''}${fix.slice(1)}.`,
      );
    }
    return wrong('key', wordsOf(error), 'Check the network, and `blotato.base_url` if you set it.');
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

function aboutAccount({ name, id, platform }: AccountConfig, known: readonly ApiAccount[]): Diagnosis {
  const about = `account ${name}`;
  const found = known.find((each) => each.id === id);
  if (!found) {
    const others = known.filter((each) => each.platform === platform);
    const offer = others.map((each) => `${each.id} (${each.username ?? each.fullname ?? '?'})`).join(', ');
    return wrong(
      about,
      `Blotato knows no account ${id}`,
      others.length === 0
        ? `No account of ${platform} is connected to Blotato: connect it there.`
        : `On ${platform} it knows: ${offer}. Write the right id in config.yaml.`,
    );
  }
  if (found.platform !== platform) {
    return wrong(
      about,
      `${id} is on ${found.platform}, not on ${platform}`,
      `Write platform: ${found.platform}.`,
    );
  }
  return fine(about, `${id} is ${found.username ?? found.fullname ?? 'connected'} on ${platform}`);
}

async function aboutPage(
  client: BlotatoClient,
  account: AccountConfig,
  signal: AbortSignal,
): Promise<Diagnosis> {
  const about = `page of ${account.name}`;
  try {
    const pages = await client.subaccounts(account.id, signal);
    const right = pages.find((page) => page.id === account.pageId);
    if (right) return fine(about, `${account.pageId ?? ''} is ${right.name ?? 'one of its pages'}`);
    const offer = pages.map(({ id, name }) => `${id} (${name ?? '?'})`).join(', ');
    const message =
      account.pageId === null ? 'no `page_id` is given' : `the account has no page ${account.pageId}`;
    return wrong(
      about,
      message,
      pages.length === 0
        ? 'Give Blotato access to the page on Facebook.'
        : `Write the id of one of: ${offer}.`,
    );
  } catch (error) {
    return doubtful(about, wordsOf(error), 'Try again later; the pages could not be asked for.');
  }
}

async function aboutComments(
  client: BlotatoClient,
  account: AccountConfig,
  signal: AbortSignal,
): Promise<Diagnosis> {
  const about = `comments of ${account.name}`;
  try {
    await client.listComments({ accountId: account.id, limit: 1 }, signal);
    return fine(about, 'they can be read');
  } catch (error) {
    return wrong(
      about,
      wordsOf(error),
      'Connect the account again in Blotato, with the permission to comments.',
    );
  }
}

async function aboutMessages(client: BlotatoClient, signal: AbortSignal): Promise<Diagnosis> {
  try {
    await client.listMessages({ limit: 1 }, signal);
    return fine('messages', 'they can be read');
  } catch (error) {
    return wrong(
      'messages',
      wordsOf(error),
      'See the plan of your Blotato account: reading messages may not be in it.',
    );
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

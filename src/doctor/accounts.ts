/** Checks of the configured accounts: listed by Blotato, with the right page, and with comments. */
import type { BlotatoClient } from '../blotato/client.js';
import type { ApiAccount } from '../blotato/schemas.js';
import type { AccountConfig, Config } from '../domain/config.js';
import { likelyIdOf } from '../domain/likely-account.js';
import type { Rule } from '../domain/rule.js';
import { type Diagnosis, doubtful, fine, refused, wrong } from './diagnosis.js';

/** Stored data about an account; empty if there is no store yet. */
export interface KnownAccount {
  readonly account: string;
  /** Username as last listed by Blotato. */
  readonly username: string | null;
  readonly hasComments: boolean;
}

export interface AccountCheck {
  readonly client: BlotatoClient;
  readonly config: Config;
  readonly rules: readonly Rule[];
  readonly known: readonly KnownAccount[];
}

/** Runs all checks of one account against Blotato's list of accounts. */
export async function* examineAccount(
  account: AccountConfig,
  listed: readonly ApiAccount[],
  check: AccountCheck,
  signal: AbortSignal,
): AsyncGenerator<Diagnosis> {
  const found = aboutListing(account, listed, check);
  yield found;
  if (found.state === 'error') return;
  if (account.platform === 'facebook') yield await aboutPage(check.client, account, signal);
  if (account.platform === 'facebook' || account.platform === 'instagram') {
    yield await aboutComments(account, check, signal);
  }
}

function aboutListing(
  account: AccountConfig,
  listed: readonly ApiAccount[],
  { config, known }: AccountCheck,
): Diagnosis {
  const { name, id, platform } = account;
  const about = `account ${name}`;
  const found = listed.find((each) => each.id === id);
  if (!found) {
    const username = known.find((each) => each.account === name)?.username ?? null;
    const likely = likelyIdOf({ platform, username }, listed, config.accounts);
    return wrong(about, `Blotato lists no account ${id}`, fixOfGone(platform, listed, likely));
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

/** An account that is connected again gets a new id. */
function fixOfGone(platform: string, listed: readonly ApiAccount[], likely: string | null): string {
  const others = listed.filter((each) => each.platform === platform);
  const shown = (each: ApiAccount): string => `${each.id} (${each.username ?? each.fullname ?? '?'})`;
  if (others.length === 0) return `No account of ${platform} is connected to Blotato: connect it there.`;
  const same = others.find(({ id }) => id === likely);
  if (same) return `It probably came back as ${shown(same)}: set \`id: "${same.id}"\` in config.yaml.`;
  return `On ${platform} it lists: ${others.map(shown).join(', ')}. Write the right id in config.yaml.`;
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
    const { message, fix } = refused(about, error, 'Try again later; the pages could not be listed.');
    return doubtful(about, message, fix ?? '');
  }
}

const CONNECT_AGAIN = 'Connect the account again in Blotato, with the permission for comments.';
/** Requirements of a test comment (Blotato's help pages and reports, 2026). */
const CAPTURE_TEST =
  'Test it: write a new top-level comment from another account, and run `doctor` again a few minutes later. ' +
  'A reply to an old comment proves nothing, permissions take minutes to sync, and earlier comments are not listed.';

async function aboutComments(
  account: AccountConfig,
  { client, config, rules, known }: AccountCheck,
  signal: AbortSignal,
): Promise<Diagnosis> {
  const about = `comments of ${account.name}`;
  try {
    const { items, unreadable } = await client.listComments({ accountId: account.id, limit: 1 }, signal);
    const wereSeen = known.find((each) => each.account === account.name)?.hasComments === true;
    if (items.length + unreadable.length > 0 || wereSeen) return fine(about, 'readable');
    const isWanted = config.poll.comments && rules.some((rule) => isForComments(rule, account));
    return isWanted
      ? doubtful(about, 'readable, but no comment was ever seen', CAPTURE_TEST)
      : fine(about, 'readable; no comment was ever seen');
  } catch (error) {
    return refused(about, error, CONNECT_AGAIN);
  }
}

function isForComments(
  { on, enabled, accounts, platforms }: Rule,
  { name, platform }: AccountConfig,
): boolean {
  if (on !== 'comment' || !enabled) return false;
  return (
    (accounts.length === 0 || accounts.includes(name)) &&
    (platforms.length === 0 || platforms.includes(platform))
  );
}

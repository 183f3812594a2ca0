import type { Automation, AutomationTrigger, SeenAutomations } from '../domain/automation.js';
import type { AccountConfig } from '../domain/config.js';
import type { Rule } from '../domain/rule.js';
import { NEXT_POST } from '../domain/rule.js';
import type { Instant } from '../domain/time.js';
import type { CompiledSet } from './rule-set.js';
import { compileKeyword, firstHit, type KeywordMatcher } from './text/keywords.js';
import { fold } from './text/normalise.js';
import { MessageText } from './text/text.js';

/** One of Blotato's own automations, with those of our rules that may reply to the same contacts. */
export interface Rival {
  readonly automation: Automation;
  /** Our name for its account; null if the automation does not name an account. */
  readonly account: string | null;
  /** The overlapping rules; rules that share a keyword or a post come first. */
  readonly rules: readonly SharingRule[];
}

export interface SharingRule {
  readonly rule: string;
  readonly on: Rule['on'];
  /**
   * Overlap of the two: a `keyword`, or `text` if one of the two accepts any text; a `post` by its name; or
   * only the `account`. With `keyword` and `text`, one comment or message triggers both.
   */
  readonly shares: 'keyword' | 'text' | 'post' | 'account';
  /** Name of the shared keyword, post or account; null for `text`. */
  readonly what: string | null;
}

/** Maximum number of rules listed per automation. */
const MOST_RULES = 50;
const ORDER: readonly SharingRule['shares'][] = ['keyword', 'text', 'post', 'account'];

/** Active automations of the configured accounts, with the enabled rules that overlap with them. */
export function rivalsOf(
  automations: readonly Automation[],
  rules: readonly Rule[],
  accounts: readonly AccountConfig[],
): readonly Rival[] {
  const active = automations.filter(({ isActive }) => isActive);
  if (active.length === 0) return [];
  const ours = rules.filter(({ enabled }) => enabled).map(prepare);
  return active.flatMap((automation) => {
    const account = accounts.find(({ id }) => id === automation.accountId) ?? null;
    if (automation.accountId !== null && account === null) return [];
    const sharing = ours.flatMap((each) => sharedWith(each, automation, account));
    sharing.sort((a, b) => ORDER.indexOf(a.shares) - ORDER.indexOf(b.shares));
    return sharing.length === 0
      ? []
      : [{ automation, account: account?.name ?? null, rules: sharing.slice(0, MOST_RULES) }];
  });
}

/** True if one comment or message triggers both the automation and the rule. */
export function isClash({ shares }: Pick<SharingRule, 'shares'>): boolean {
  return shares === 'keyword' || shares === 'text';
}

/** Cached rivals for the automations last read and the active rules; recomputed when either changes. */
export type RivalLookup = (seen: SeenAutomations | null, set: CompiledSet) => readonly Rival[];

export function createRivalLookup(accounts: readonly AccountConfig[]): RivalLookup {
  let last: { readonly readAt: Instant; readonly set: CompiledSet; readonly found: readonly Rival[] } | null =
    null;
  return (seen, set) => {
    if (seen === null) return [];
    if (last?.readAt !== seen.readAt || last.set !== set) {
      last = { readAt: seen.readAt, set, found: rivalsOf(seen.automations, set.written, accounts) };
    }
    return last.found;
  };
}

interface Prepared {
  readonly rule: Rule;
  readonly folded: readonly string[];
  readonly matchers: readonly KeywordMatcher[];
}

function prepare(rule: Rule): Prepared {
  const spec = rule.keywords;
  const wanted = spec === null ? [] : spec.any.length > 0 ? spec.any : spec.all;
  return {
    rule,
    folded: spec?.match === 'regex' ? [] : wanted.map((keyword) => fold(keyword)),
    matchers: spec === null ? [] : wanted.map((keyword) => compileKeyword(keyword, spec)),
  };
}

/** The strongest overlap over all triggers; empty if there is none. */
function sharedWith(ours: Prepared, { triggers }: Automation, account: AccountConfig | null): SharingRule[] {
  const { rule } = ours;
  if (!isOfAccount(rule, account)) return [];
  const found = triggers
    .filter(({ on }) => on === rule.on)
    .map((trigger) => ({ rule: rule.id, on: rule.on, ...sharedBy(ours, trigger, account) }))
    .sort((a, b) => ORDER.indexOf(a.shares) - ORDER.indexOf(b.shares));
  return found.slice(0, 1);
}

function isOfAccount({ accounts, platforms }: Rule, account: AccountConfig | null): boolean {
  if (account === null) return true;
  return (
    (accounts.length === 0 || accounts.includes(account.name)) &&
    (platforms.length === 0 || platforms.includes(account.platform))
  );
}

function sharedBy(
  ours: Prepared,
  trigger: AutomationTrigger,
  account: AccountConfig | null,
): Pick<SharingRule, 'shares' | 'what'> {
  const { rule } = ours;
  const onlyAccount = { shares: 'account', what: account?.name ?? null } as const;
  if (!mayMeet(rule.posts, trigger.postId)) return onlyAccount;
  const keyword = sharedKeyword(ours, trigger.keywords);
  if (keyword !== null) return { shares: 'keyword', what: keyword };
  if (trigger.keywords.length === 0 || takesAnyText(rule)) return { shares: 'text', what: null };
  const named = trigger.postId !== null && rule.posts.includes(trigger.postId);
  return named ? { shares: 'post', what: trigger.postId } : onlyAccount;
}

/** True if a comment on one post may trigger both the automation and the rule. */
function mayMeet(posts: readonly string[], theirs: string | null): boolean {
  return theirs === null || posts.length === 0 || posts.includes(theirs) || posts.includes(NEXT_POST);
}

/** True if the rule accepts any text. Its `when` may contain keyword conditions as well. */
function takesAnyText({ keywords, when }: Rule): boolean {
  return when === null && (keywords === null || keywords.any.length + keywords.all.length === 0);
}

/**
 * The automation's keyword that, alone or as part of one of our keywords, triggers both; null if none does.
 */
function sharedKeyword({ matchers, folded }: Prepared, theirs: readonly string[]): string | null {
  for (const keyword of theirs) {
    const part = fold(keyword).trim();
    if (part === '') continue;
    const hit = firstHit(matchers, new MessageText(keyword));
    if (hit !== null || folded.some((each) => each.includes(part))) return keyword.trim();
  }
  return null;
}

/** Describes the overlap for people: `the keyword guide`. */
export function sharedWords({ shares, what }: Pick<SharingRule, 'shares' | 'what'>): string {
  if (shares === 'text') return 'any text';
  return what === null ? `the ${shares}` : `the ${shares} ${what}`;
}

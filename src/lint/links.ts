// Finds the links in the texts of rules and of saved replies.
import type { AccountConfig, Config } from '../domain/config.js';
import { everyText } from '../domain/reply.js';
import type { Rule } from '../domain/rule.js';
import type { SavedReply } from '../domain/saved-reply.js';
import { reached } from './reach.js';
import { type RuleText, textsOf } from './texts.js';

/** A link in a text of a rule, with the key that contains it. */
export interface RuleLink extends Pick<RuleText, 'path'> {
  readonly url: string;
  readonly rule: Rule;
}

/**
 * The links in the texts of a rule, as each account would send them. Links that depend on an incoming message are left
 * out.
 */
export function linksOfRule(rule: Rule, { accounts }: Pick<Config, 'accounts'>): readonly RuleLink[] {
  const found = new Map<string, RuleLink>();
  for (const { text, path } of textsOf(rule)) {
    if (!HAS_LINK.test(text)) continue;
    for (const url of urlsOf(text, reached(rule, accounts))) {
      const key = JSON.stringify([url, path]);
      if (!found.has(key)) found.set(key, { url, rule, path });
    }
  }
  return [...found.values()];
}

/** The links in a saved reply, as each account would send them. */
export function linksOfSaved(
  { reply }: SavedReply,
  { accounts }: Pick<Config, 'accounts'>,
): readonly string[] {
  return [...new Set(everyText(reply).flatMap((text) => urlsOf(text, accounts)))];
}

/** True for a text that may have a link, also one whose beginning is a value of the account. */
const HAS_LINK = /:\/\/|account\.vars\./iu;

function urlsOf(text: string, accounts: readonly AccountConfig[]): readonly string[] {
  const written = new Set(accounts.map((account) => withVars(text, account)));
  return [...written].flatMap(urlsIn);
}

/** Replaces `{{ account.vars.site }}`; other values are only known when a message comes in. */
function withVars(text: string, { vars }: AccountConfig): string {
  return text.replace(/\{\{-?\s*account\.vars\.(?<name>\w+)\s*-?\}\}/gu, (whole, name: string) => {
    const value = vars[name];
    return typeof value === 'string' ? value : whole;
  });
}

function urlsIn(text: string): readonly string[] {
  const written = text.match(/https?:\/\/[^\s<>"'|]+/giu) ?? [];
  return written
    .map((url) => url.replace(/[.,;:!?)\]}…]+$/u, ''))
    .filter((url) => !/\{\{|\{%/u.test(url) && URL.canParse(url));
}

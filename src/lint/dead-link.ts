// Finds dead links in the texts of rules.
import type { AccountConfig } from '../domain/config.js';
import type { Finding } from '../domain/finding.js';
import type { Rule } from '../domain/rule.js';
import { reached } from './reach.js';
import { textsOf } from './texts.js';
import { warnOfRule } from './warning.js';
import type { Config } from '../domain/config.js';
import type { RuleSet } from '../rules/parse.js';

interface Link {
  readonly url: string;
  readonly rule: Rule;
  readonly path: Parameters<typeof warnOfRule>[2];
}

/**
 * Checks each link in the texts of enabled rules, as each account would send it. A dead link costs a lead.
 * Links that depend on an incoming message are left out. `faultsOf` requests links and returns those that fail with the
 * reason, as the end of a sentence.
 */
export async function deadLinks(
  { rules, config }: { readonly rules: RuleSet; readonly config: Config },
  faultsOf: (urls: readonly string[]) => Promise<ReadonlyMap<string, string>>,
): Promise<readonly Finding[]> {
  const links = rules.rules
    .filter(({ enabled }) => enabled)
    .flatMap((rule) => linksOf(rule, config.accounts));
  const faults = await faultsOf([...new Set(links.map(({ url }) => url))]);
  return links.flatMap(({ url, rule, path }) => {
    const fault = faults.get(url);
    if (fault === undefined) return [];
    const message = `a text of the rule "${rule.id}" has a link that does not work: ${url} ${fault}`;
    return [warnOfRule(rules, rule, path, { code: 'dead-link', message, fix: 'Fix the link.' })];
  });
}

function linksOf(rule: Rule, accounts: readonly AccountConfig[]): readonly Link[] {
  const found = new Map<string, Link>();
  for (const { text, path } of textsOf(rule)) {
    for (const account of reached(rule, accounts)) {
      for (const url of urlsIn(withVars(text, account))) {
        const key = JSON.stringify([url, path]);
        if (!found.has(key)) found.set(key, { url, rule, path });
      }
    }
  }
  return [...found.values()];
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

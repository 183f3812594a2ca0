// Finds dead links in the texts of rules.
import type { AccountConfig } from '../domain/config.js';
import type { Finding } from '../domain/finding.js';
import type { Rule } from '../domain/rule.js';
import { type Millis, SECOND } from '../domain/time.js';
import { reached } from './reach.js';
import { textsOf } from './texts.js';
import { warnOfRule } from './warning.js';
import type { Config } from '../domain/config.js';
import type { RuleSet } from '../rules/parse.js';

const TIMEOUT: Millis = 10 * SECOND;
const AT_ONCE = 8;
/** Status codes with which some servers respond to a HEAD request although GET works. */
const HEAD_UNKNOWN = new Set([403, 404, 405, 501]);
/** Status codes of a page that exists, but asks for authentication or fewer requests. */
const NOT_TOLD = new Set([401, 403, 429]);

interface Link {
  readonly url: string;
  readonly rule: Rule;
  readonly path: Parameters<typeof warnOfRule>[2];
}

/**
 * Checks each link in the texts of enabled rules, as each account would send it. A dead link costs a lead.
 * Links that depend on an incoming message are left out. `onLink` is called after each check with their
 * number.
 */
export async function deadLinks(
  { rules, config }: { readonly rules: RuleSet; readonly config: Config },
  onLink: (n: number) => void,
): Promise<readonly Finding[]> {
  const links = rules.rules
    .filter(({ enabled }) => enabled)
    .flatMap((rule) => linksOf(rule, config.accounts));
  const urls = [...new Set(links.map(({ url }) => url))];
  const faults = new Map<string, string>();
  let asked = 0;
  const ask = async (): Promise<void> => {
    for (let url = urls.pop(); url !== undefined; url = urls.pop()) {
      const fault = await faultOf(url);
      if (fault !== null) faults.set(url, fault);
      asked += 1;
      onLink(asked);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, ask));
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

/** Describes why a link fails, as the end of a sentence; null if it works. */
async function faultOf(url: string): Promise<string | null> {
  try {
    const head = await statusOf(url, 'HEAD');
    const status = HEAD_UNKNOWN.has(head) ? await statusOf(url, 'GET') : head;
    return status < 400 || NOT_TOLD.has(status) ? null : `responds with ${status}`;
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    const why = cause instanceof Error ? cause.message : String(cause);
    return `cannot be reached (${why === '' ? 'no response' : why})`;
  }
}

async function statusOf(url: string, method: 'HEAD' | 'GET'): Promise<number> {
  const answer = await fetch(url, { method, redirect: 'follow', signal: AbortSignal.timeout(TIMEOUT) });
  await answer.body?.cancel();
  return answer.status;
}

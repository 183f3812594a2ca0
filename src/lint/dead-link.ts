// Reports dead links in the texts of rules and of saved replies.
import type { Config } from '../domain/config.js';
import type { Finding } from '../domain/finding.js';
import type { RuleSet } from '../rules/parse.js';
import { linksOfRule, linksOfSaved } from './links.js';
import { warnOfRule } from './warning.js';

/**
 * Checks each link in the texts of enabled rules and of saved replies. A dead link costs a lead. `faultsOf` requests
 * links and returns those that fail with the reason, as the end of a sentence.
 */
export async function deadLinks(
  { rules, config }: { readonly rules: RuleSet; readonly config: Config },
  faultsOf: (urls: readonly string[]) => Promise<ReadonlyMap<string, string>>,
): Promise<readonly Finding[]> {
  const links = rules.rules.filter(({ enabled }) => enabled).flatMap((rule) => linksOfRule(rule, config));
  const ofSaved = rules.saved.flatMap((saved) =>
    linksOfSaved(saved, config).map((url) => ({ url, name: saved.name })),
  );
  const faults = await faultsOf([...new Set([...links, ...ofSaved].map(({ url }) => url))]);
  const problem = (whose: string, url: string) => {
    const message = `a text of the ${whose} has a link that does not work: ${url} ${faults.get(url) ?? ''}`;
    return { code: 'dead-link', message, fix: 'Fix the link.' };
  };
  return [
    ...links
      .filter(({ url }) => faults.has(url))
      .map(({ url, rule, path }) => warnOfRule(rules, rule, path, problem(`rule "${rule.id}"`, url))),
    ...ofSaved
      .filter(({ url }) => faults.has(url))
      .map(({ url, name }) =>
        rules.pointAtSaved(name, { ...problem(`saved reply "${name}"`, url), severity: 'warning' }),
      ),
  ];
}

import type { Finding } from '../domain/finding.js';
import type { Rule } from '../domain/rule.js';
import type { LintParts } from './parts.js';
import { reached } from './reach.js';
import { sampleFor } from './sample.js';
import { exampleOf, type Sample, tryOne } from './trial.js';
import { warnOfRule } from './warning.js';

/** Maximum number of compared pairs of rules: each takes two or three decisions. */
const MOST_PAIRS = 500;

/**
 * Silent rules before rules that reply, which suppress the reply to an event that matches both: "thanks, how
 * much?" is silenced by a rule for "thanks". One finding for each silent rule, with the first rule affected.
 */
export async function silencedRules(parts: LintParts): Promise<readonly Finding[]> {
  const { rules } = parts.rules;
  const findings: Finding[] = [];
  let pairs = 0;
  for (const [index, silent] of rules.entries()) {
    if (!silent.silent || !isLive(silent) || silent.continue) continue;
    for (const later of rules.slice(index + 1).filter((rule) => isLive(rule) && rule.actions.length > 0)) {
      if (later.on !== silent.on) continue;
      pairs += 1;
      if (pairs > MOST_PAIRS) return findings;
      const sample = await eventForBoth(silent, later, parts);
      if (!sample) continue;
      findings.push(
        warnOfRule(parts.rules, silent, ['silent'], {
          code: 'silent-first',
          message: `"${silent.id}" is silent and comes before "${later.id}": a ${silent.on} that both match gets no reply`,
          fix: `Give "${silent.id}" a lower priority than the rules that reply (priority: -10), or narrow it with match: exact.`,
          example: exampleOf(sample, `"${silent.id}" silences it, and "${later.id}" is not reached`),
        }),
      );
      break;
    }
  }
  return findings;
}

function isLive({ enabled, mode }: Rule): boolean {
  return enabled && mode !== 'shadow';
}

async function eventForBoth(silent: Rule, later: Rule, parts: LintParts): Promise<Sample | null> {
  const common = reached(silent, parts.config.accounts).filter((account) =>
    reached(later, parts.config.accounts).includes(account),
  );
  const [one, other] = [await sampleFor(silent, parts, common), await sampleFor(later, parts, common)];
  if (!one || !other) return null;
  for (const text of [other.text, `${one.text} ${other.text}`]) {
    const sample = { ...other, text };
    const { decision } = await tryOne(sample, parts, parts.set);
    const reply = decision.trace.rules.find(({ rule }) => rule === later.id);
    if (decision.reason === 'silent' && decision.rule === silent.id && reply?.outcome === 'not_reached')
      return sample;
  }
  return null;
}

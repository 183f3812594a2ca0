import { COVERED_PARTS, type CoveredPart } from '../rehearsal/coverage.js';
import { nearPath } from './output.js';

/** How much of the rules the tests reach, in one line; with `isWhole`, each part that they do not reach as well. */
export function coverageText(parts: readonly CoveredPart[], isWhole: boolean): string {
  const missed = parts.filter(({ isReached }) => !isReached);
  const counts = COVERED_PARTS.map((kind) => {
    const all = parts.filter((part) => part.kind === kind);
    return `${kind} ${all.filter(({ isReached }) => isReached).length}/${all.length}`;
  });
  const more = missed.length > 0 && !isWhole ? '; --coverage lists what no test reaches' : '';
  const lines = isWhole
    ? [...new Set(missed.map(({ rule }) => rule))].map((rule) => ruleLine(rule, missed))
    : [];
  return [`coverage: ${counts.join(', ')}${more}`, ...lines].join('\n');
}

export function coverageJson(parts: readonly CoveredPart[]) {
  const counts = COVERED_PARTS.map((kind) => {
    const all = parts.filter((part) => part.kind === kind);
    return [kind, { total: all.length, reached: all.filter(({ isReached }) => isReached).length }] as const;
  });
  const missed = parts
    .filter(({ isReached }) => !isReached)
    .map(({ kind, rule, says }) => ({
      kind,
      rule: rule.id,
      says,
      file: nearPath(rule.place.file),
      line: rule.place.line,
    }));
  return { ...Object.fromEntries(counts), missed };
}

/** What no test reaches of one rule; of a rule that never acts, nothing else needs to be said. */
function ruleLine(rule: CoveredPart['rule'], missed: readonly CoveredPart[]): string {
  const own = missed.filter((part) => part.rule === rule);
  const parts = own.some(({ kind }) => kind === 'rules') ? ['it never acts'] : own.map(({ says }) => says);
  return `  ${nearPath(rule.place.file)}:${rule.place.line} ${rule.id}: ${parts.join('; ')}`;
}

import { COVERED_PARTS, type CoveredPart } from '../rehearsal/coverage.js';
import { nearPath } from './output.js';

/** The coverage of the rules by tests in one line; with `isWhole`, also each part that is not covered. */
export function coverageText(parts: readonly CoveredPart[], isWhole: boolean): string {
  const missed = parts.filter(({ isReached }) => !isReached);
  const counts = countsOf(parts).map(([kind, { total, reached }]) => `${kind} ${reached}/${total}`);
  const more = missed.length > 0 && !isWhole ? '; --coverage lists what no test reaches' : '';
  const lines = isWhole
    ? [...new Set(missed.map(({ rule }) => rule))].map((rule) => ruleLine(rule, missed))
    : [];
  return [`coverage: ${counts.join(', ')}${more}`, ...lines].join('\n');
}

export function coverageJson(parts: readonly CoveredPart[]) {
  const missed = parts
    .filter(({ isReached }) => !isReached)
    .map(({ kind, rule, says }) => ({
      kind,
      rule: rule.id,
      says,
      file: nearPath(rule.place.file),
      line: rule.place.line,
    }));
  return { ...Object.fromEntries(countsOf(parts)), missed };
}

function countsOf(parts: readonly CoveredPart[]) {
  return COVERED_PARTS.map((kind) => {
    const all = parts.filter((part) => part.kind === kind);
    return [kind, { total: all.length, reached: all.filter(({ isReached }) => isReached).length }] as const;
  });
}

/** The uncovered parts of one rule; for a rule that never acts, only that. */
function ruleLine(rule: CoveredPart['rule'], missed: readonly CoveredPart[]): string {
  const own = missed.filter((part) => part.rule === rule);
  const parts = own.some(({ kind }) => kind === 'rules') ? ['it never acts'] : own.map(({ says }) => says);
  return `  ${nearPath(rule.place.file)}:${rule.place.line} ${rule.id}: ${parts.join('; ')}`;
}

import type { Finding } from '../domain/finding.js';
import type { LintParts } from './parts.js';

/** Warnings that something has no use, which is true of shared files only if no workspace uses it. */
const USELESS: ReadonlySet<string> = new Set(['never-matches', 'unused-calendar']);

type Place = Pick<Finding, 'file' | 'line' | 'column'>;

/** Joins the warnings of several workspaces, whose files may be shared: each is reported once. */
export function createSharedWarnings() {
  const found: Finding[] = [];
  const workspacesWith = new Map<string, number>();
  const reports = new Map<string, number>();
  return {
    add(parts: Pick<LintParts, 'config' | 'rules' | 'pointInConfig'>, findings: readonly Finding[]): void {
      for (const place of placesOf(parts)) raise(workspacesWith, at(place));
      for (const finding of findings) if (USELESS.has(finding.code)) raise(reports, at(finding));
      found.push(...findings);
    },
    all: (): readonly Finding[] =>
      found.filter(
        (each) => !USELESS.has(each.code) || reports.get(at(each)) === workspacesWith.get(at(each)),
      ),
  };
}

function raise(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function at({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}

/** Every place that a warning of USELESS may point to. */
function placesOf({
  config,
  rules,
  pointInConfig,
}: Pick<LintParts, 'config' | 'rules' | 'pointInConfig'>): readonly Place[] {
  const problem = { code: '', message: '' };
  return [
    ...rules.rules.map(({ id }) => rules.point(id, ['id'], problem)),
    ...config.calendars.map(({ name }) => pointInConfig(['calendars', name], { ...problem, at: 'key' })),
  ];
}

import type { FaqRow } from '../domain/faq.js';
import { LANGUAGES } from '../domain/meaning.js';
import type { Rule } from '../domain/rule.js';
import { checkShape } from '../yaml/issues.js';
import { type Problem, valueAt, type YamlSource } from '../yaml/source.js';
import type { Written } from './rule.js';
import { type RawRule, rowSchema } from './schema.js';

/**
 * Builds the rule of a table with a sample text in place of the rows' answers, so that its other keys can be
 * checked.
 */
export function placeholderOf({ raw, defaults }: Written): RawRule {
  const { answers: _table, ...shared } = raw;
  const isComment = (raw.on ?? defaults.on) === 'comment';
  return { ...shared, keywords: ['answers'], [isComment ? 'private_reply' : 'reply']: 'answer' };
}

const LONGEST_SHOWN = 60;

interface RowValue {
  readonly value: unknown;
  /** The keys of a rule that the row provides. */
  readonly own: readonly string[];
}

/** Wraps the row of a table as a source, so that it is checked like a rule of a file. */
export function rowSource(
  file: string,
  { row }: FaqRow,
  report: (key: PropertyKey, problem: Problem) => void,
  { value, own }: RowValue = { value: {}, own: [...Object.keys(rowSchema.shape), 'on'] },
): YamlSource {
  return {
    file,
    value,
    // Keys of `defaults` and those that the rows share are reported once, with their place in the rule file.
    report: (path, problem) => {
      if (problem.severity !== 'warning' && path[0] === 'row' && own.includes(String(path[1])))
        report(String(path[1]), problem);
    },
    point: (_path, { code, message, fix = null, severity = 'error' }) => {
      return { severity, code, message, fix, file, line: row, column: 1, frame: '' };
    },
    findings: () => [],
    place: () => ({ file, line: row, column: 1 }),
    describe: (path) => {
      const shown = JSON.stringify(valueAt(value, path));
      return shown.length > LONGEST_SHOWN ? `${shown.slice(0, LONGEST_SHOWN)}…` : shown;
    },
    unquoted: () => null,
    isFromEnvironment: () => false,
    isOptional: () => false,
  };
}

/** The keys of a rule that a row provides; null if they have a wrong shape, which is reported. */
export function keysOfRow(
  row: FaqRow,
  shared: RawRule,
  base: Rule,
  { report, ...source }: YamlSource,
): Partial<RawRule> | null {
  const { questions, keywords } = row;
  const language = row.language === null || questions.length === 0 ? null : languageOf(row.language);
  const written = {
    ...{ platforms: row.platforms, accounts: row.accounts, keywords, examples: questions, language },
    ...{ priority: row.priority, tag: [...new Set([...listOf(shared.tag), ...row.tags])] },
    enabled: row.isEnabled ? null : false,
    [base.on === 'comment' ? 'private_reply' : 'reply']: literal(row.answer),
  };
  const keys = Object.fromEntries(
    Object.entries(written).filter(
      ([, value]) => value !== null && !(Array.isArray(value) && value.length === 0),
    ),
  );
  checkScope(row, base, report);
  return checkShape(rowSchema, { ...source, report, value: { row: keys } }, ['row']) ?? null;
}

function checkScope(row: FaqRow, base: Rule, report: YamlSource['report']): void {
  const code = 'table-scope';
  if (row.on !== null && row.on !== base.on) {
    const message = `on: the row is for ${row.on}s, and its rule for ${base.on}s`;
    const fix = `Put the rows for ${row.on}s into a table of their own, for a rule with on: ${row.on}.`;
    report(['row', 'on'], { code, message, fix });
  }
  const checks = [
    ['platforms', 'platform', row.platforms, base.platforms],
    ['accounts', 'account', row.accounts, base.accounts],
  ] as const;
  for (const [key, column, own, all] of checks) {
    const outside = own.find((each) => all.length > 0 && !all.some((one) => one === each));
    if (outside === undefined) continue;
    const message = `${column}: "${outside}" is none of the ${key} of its rule (${all.join(', ')})`;
    report(['row', key], { code, message, fix: `Remove it, or add it to ${key} of the rule.` });
  }
}

function listOf(tags: RawRule['tag']): readonly string[] {
  if (tags === undefined) return [];
  return typeof tags === 'string' ? [tags] : tags;
}

/**
 * The language of a locale such as `de-AT`. Returns an unknown text unchanged, which the schema then refuses.
 */
function languageOf(cell: string): string {
  const [language = ''] = cell.toLowerCase().split(/[-_]/u);
  return LANGUAGES.find((each) => each === language) ?? cell;
}

/** Escapes a text so that the template language prints it unchanged. */
function literal(text: string): string {
  return text.replace(/\{\{|\{%/gu, (opening) => `{{ '${opening}' }}`);
}

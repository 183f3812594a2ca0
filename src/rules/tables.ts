import type { FaqColumn, FaqProblem, FaqRow, FaqTable, TableAccess, TableVersion } from '../domain/faq.js';
import type { Finding } from '../domain/finding.js';
import { LIMITS } from '../domain/limits.js';
import type { Rule } from '../domain/rule.js';
import { MINUTE } from '../domain/time.js';
import { millis } from '../yaml/values.js';
import type { Problem, YamlSource } from '../yaml/source.js';
import type { RuleContext } from './context.js';
import { toRule, type Written } from './rule.js';
import type { RawRule } from './schema.js';
import { keysOfRow, placeholderOf, rowSource } from './table-row.js';

/** Rules of a FAQ table, each with the builder of findings about its row. */
export interface TableRules {
  readonly rules: readonly Rule[];
  readonly points: ReadonlyMap<string, (key: PropertyKey, problem: Problem) => Finding>;
  /** Errors of the rows; warnings if an older version of the table is used instead. */
  readonly findings: readonly Finding[];
  /** True if the table was read, so that all rules are known. */
  readonly isWhole: boolean;
}

/** Marks that an older version of a table is used. */
export const KEPT_TABLE = 'kept-table';

const EVERY = 5 * MINUTE;
/** Keys that the rows provide, so the rule of the table must not have them. */
const OF_ROWS = ['keywords', 'examples', 'not', 'reply', 'private_reply', 'silent'] as const;

/** Generates a rule from each row of the table of a rule. */
export function expandTable(source: YamlSource, context: RuleContext, written: Written): TableRules {
  const { raw, path } = written;
  for (const key of OF_ROWS.filter((each) => raw[each] !== undefined)) {
    source.report([...path, key], {
      code: 'table-key',
      message: `${key}: the rule "${raw.id}" takes it from its table (answers)`,
      fix: 'Remove it, or put it into the table.',
      at: 'key',
    });
  }
  // Checks the keys that all rows share, once and with their place.
  const base = toRule(source, context, { ...written, raw: placeholderOf(written) });
  const access = accessOf(context, source.file, raw);
  if (!access || access.isPending) return NOTHING;
  const at = [...path, 'answers', 'from'];
  return choose(access, { context, written, access, base }, (problem) => source.report(at, problem));
}

/**
 * The rules of the newest version without errors. Reports the reason if that is an older version, or if no
 * version is usable.
 */
function choose(access: TableAccess, parts: Parts, report: (problem: Problem) => void): TableRules {
  const read: Read[] = [];
  for (const version of access.versions) {
    read.push({ version, ...readVersion(version, parts) });
    if (read.at(-1)?.errors.length === 0) break;
  }
  const usable = read.find((each) => each.errors.length === 0);
  if (usable) access.use(usable.version);
  if (usable === read[0] && usable && access.failure === null)
    return { ...usable, findings: [], isWhole: true };
  const errors = access.failure === null ? (read[0]?.errors ?? []) : [];
  const { message, fix } = access.failure ?? { message: summaryOf(errors), fix: FIX_TABLE };
  return fallBack(usable, errors, (and) => {
    const problem = { code: KEPT_TABLE, message: `answers: ${access.name}: ${message}`, fix };
    if (and !== null) report({ ...problem, message: `${problem.message}; ${and}`, severity: 'warning' });
    else if (access.failure) report(problem);
  });
}

function fallBack(
  usable: Read | undefined,
  errors: readonly Finding[],
  report: (and: string | null) => void,
): TableRules {
  if (!usable) {
    report(null);
    return { ...NOTHING, findings: errors };
  }
  report(`its last good version${usable.version.from ?? ''} is used`);
  return { ...usable, findings: errors.map(asWarning), isWhole: true };
}

function asWarning(error: Finding): Finding {
  return { ...error, severity: 'warning' };
}

const FIX_TABLE = 'Correct the table: its errors have their row and column.';
const NOTHING: TableRules = { rules: [], points: new Map(), findings: [], isWhole: false };

interface Read extends Pick<TableRules, 'rules' | 'points'> {
  readonly version: TableVersion;
  readonly errors: readonly Finding[];
}

function summaryOf(errors: readonly Finding[]): string {
  const [first] = errors;
  const n = errors.length >= LIMITS.tableErrors ? `${LIMITS.tableErrors} or more` : String(errors.length);
  return `${n} ${errors.length === 1 ? 'error' : 'errors'}, the first in row ${first?.line ?? 0}, column ${first?.column ?? 0}: ${first?.message ?? ''}`;
}

function accessOf(context: RuleContext, ruleFile: string, { answers }: RawRule): TableAccess | null {
  if (!context.tableOf || answers === undefined) return null;
  const { from, every } = answers;
  return context.tableOf({ from, ruleFile, every: every === undefined ? EVERY : millis(every) });
}

interface Parts {
  readonly context: RuleContext;
  readonly written: Written;
  readonly access: TableAccess;
  readonly base: Rule;
}

/** The rules of a version of the table, or its errors. */
function readVersion(version: TableVersion, parts: Parts): Omit<Read, 'version'> {
  const table = version.read();
  const errors: Finding[] = [];
  const report = ({ row, column, message, fix }: FaqProblem & { readonly severity?: 'error' }): void => {
    if (errors.length < LIMITS.tableErrors)
      errors.push(findingOf(parts.access.name, { row, column, message, fix }));
  };
  table.problems.forEach(report);
  const rules: Rule[] = [];
  const points = new Map<string, (key: PropertyKey, problem: Problem) => Finding>();
  const seen = new Map<string, number>();
  for (const row of table.rows) {
    const id = `${parts.written.raw.id}/${rowKey(row)}`;
    const first = seen.get(id);
    if (first !== undefined) {
      report({ ...duplicate(row, first), column: table.columns.get('key') ?? columnOf(table, row) });
      continue;
    }
    seen.set(id, row.row);
    const point = (key: PropertyKey, { message, fix = null }: Problem): Finding =>
      findingOf(parts.access.name, { row: row.row, column: columnFor(table, key), message, fix });
    const rule = ruleOf(row, id, parts, (key, problem) => {
      if (errors.length < LIMITS.tableErrors) errors.push(point(key, problem));
    });
    if (rule === null) continue;
    rules.push(rule);
    points.set(id, (key, problem) => ({
      ...point(key, problem),
      severity: problem.severity ?? 'error',
      code: problem.code,
    }));
  }
  return { rules, points, errors };
}

/** Converts a row to a rule; null if keys have a wrong shape. */
function ruleOf(
  row: FaqRow,
  id: string,
  { context, written, access, base }: Parts,
  report: (key: PropertyKey, problem: Problem) => void,
): Rule | null {
  const source = rowSource(access.name, row, report);
  const keys = keysOfRow(row, written.raw, base, source);
  if (keys === null) return null;
  const { answers: _table, ...shared } = written.raw;
  const raw: RawRule = { ...shared, ...keys, id };
  const given = { value: { row: raw }, own: Object.keys(keys) };
  return toRule(rowSource(access.name, row, report, given), context, { ...written, raw, path: ['row'] });
}

/**
 * The name of a row in the id of its rule: its key, or else its first keyword or question with the scope that
 * the row states, so that a table may answer the same word differently on two platforms. It depends on the row
 * alone and not on its place.
 */
function rowKey({ givenKey, key, platforms, accounts, language, on: _on }: FaqRow): string {
  if (givenKey !== null) return key;
  return [key, ...platforms, ...accounts, ...(language === null ? [] : [language.toLowerCase()])].join('-');
}

function duplicate({ row, givenKey, key }: FaqRow, first: number): Omit<FaqProblem, 'column'> {
  return givenKey === null
    ? {
        row,
        message: `row ${first} begins with the same words ("${key}")`,
        fix: 'Join the two rows, or add a column `key` with a different name for each.',
      }
    : {
        row,
        message: `the key "${key}" is also that of row ${first}`,
        fix: 'Give one of the two another key.',
      };
}

function columnOf({ columns }: FaqTable, { keywords }: FaqRow): number {
  return columns.get(keywords.length > 0 ? 'keywords' : 'question') ?? 1;
}

const COLUMN_OF_KEY: Readonly<Record<string, FaqColumn>> = {
  id: 'key',
  keywords: 'keywords',
  examples: 'question',
  language: 'language',
  platforms: 'platform',
  accounts: 'account',
  tag: 'tags',
  priority: 'priority',
  on: 'on',
  reply: 'answer',
  private_reply: 'answer',
};

function columnFor({ columns }: FaqTable, key: PropertyKey): number {
  return columns.get(COLUMN_OF_KEY[String(key)] ?? 'answer') ?? 1;
}

function findingOf(
  file: string,
  { row, column, message, fix }: Omit<FaqProblem, 'fix'> & { readonly fix: string | null },
): Finding {
  return { severity: 'error', code: 'table', message, fix, file, line: row, column, frame: '' };
}

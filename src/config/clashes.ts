import { valueAt, type Path, type YamlSource } from '../yaml/source.js';
import { parseDays } from './clock-values.js';

/**
 * True if the scheduler accepts a cron expression. A parameter, since only `poller` imports the scheduler's
 * library.
 */
export type IsSchedule = (expression: string) => boolean;

/**
 * Checks across several values. They read the file rather than the checked shape, so that an error elsewhere
 * does not hide them.
 */
export function reportClashes(source: YamlSource): void {
  reportAccountClashes(source, []);
  for (const name of keysAt(source, ['calendars'])) reportTwiceOpen(source, ['calendars', name, 'open']);
}

/** Reports the schedule of the `poll` block at a path if the scheduler rejects it. */
export function reportSchedule(source: YamlSource, base: Path, isSchedule: IsSchedule): void {
  const path = [...base, 'poll', 'schedule'];
  const value = valueAt(source.value, path);
  if (typeof value !== 'string' || isSchedule(value)) return;
  source.report(path, {
    code: 'wrong-value',
    message: `schedule: ${source.describe(path)} is not a schedule`,
    fix: 'Write five or six fields, such as "*/5 * * * * *" for every 5 seconds.',
  });
}

/** Checks across the accounts of the workspace at a path. */
export function reportAccountClashes(source: YamlSource, base: Path): void {
  const path = [...base, 'accounts'];
  const accounts = valueAt(source.value, path);
  if (!Array.isArray(accounts)) return;
  reportTwins(source, path, 'name');
  reportTwins(source, path, 'id');
  for (const index of accounts.keys()) reportMissingPage(source, [...path, index]);
}

function keysAt(source: YamlSource, path: Path): string[] {
  const value = valueAt(source.value, path);
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

/** Reports a day named by two keys: `mon-fri` and `fri`. */
function reportTwiceOpen(source: YamlSource, path: Path): void {
  const seen = new Map<string, string>();
  for (const key of keysAt(source, path)) {
    const days = parseDays(key) ?? [];
    const twice = days.find((day) => seen.has(day));
    if (twice !== undefined) {
      const message = `"${key}": ${twice} is already in "${seen.get(twice) ?? ''}"`;
      const fix = 'Name each day once, with all its spans in one list.';
      source.report([...path, key], { code: 'duplicate-day', message, fix, at: 'key' });
    }
    for (const day of days) seen.set(day, key);
  }
}

function reportTwins(source: YamlSource, accounts: Path, key: 'name' | 'id'): void {
  const seen = new Set<string>();
  for (const index of (valueAt(source.value, accounts) as readonly unknown[]).keys()) {
    const path = [...accounts, index, key];
    const value = valueAt(source.value, path);
    if (typeof value !== 'string') continue;
    if (seen.has(value)) {
      const message = `${key}: ${source.describe(path)} is already the ${key} of another account`;
      source.report(path, { code: 'duplicate-account', message, fix: `Give each account its own ${key}.` });
    }
    seen.add(value);
  }
}

function reportMissingPage(source: YamlSource, account: Path): void {
  const path = [...account, 'platform'];
  const page = valueAt(source.value, [...account, 'page_id']);
  if (valueAt(source.value, path) !== 'facebook' || page !== undefined) return;
  source.report(path, {
    code: 'missing-page-id',
    message: 'this Facebook account has no page_id, but Facebook sends nothing without one',
    fix: 'Add page_id: "…" with the id of the Facebook page, digits only, as Blotato lists it.',
  });
}

interface Field {
  readonly least: number;
  readonly most: number;
  readonly names: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const SECOND_OR_MINUTE: Field = { least: 0, most: 59, names: [] };

/** The fields of a cron expression with seconds. */
const FIELDS: readonly Field[] = [
  SECOND_OR_MINUTE,
  SECOND_OR_MINUTE,
  { least: 0, most: 23, names: [] },
  { least: 1, most: 31, names: [] },
  { least: 1, most: 12, names: MONTHS },
  { least: 0, most: 7, names: DAYS },
];
const PART = /^(?:\*|(?<from>[a-z]+|\d{1,2})(?:-(?<to>[a-z]+|\d{1,2}))?)(?:\/(?<step>\d{1,2}))?$/u;

function valueOf(text: string, { least, most, names }: Field): number | undefined {
  const named = names.indexOf(text.slice(0, 3));
  const value = /^\d+$/u.test(text) ? Number(text) : named === -1 ? Number.NaN : named + least;
  return value >= least && value <= most ? value : undefined;
}

function isPart(part: string, field: Field): boolean {
  const groups = PART.exec(part)?.groups;
  if (groups === undefined) return false;
  const { from, to, step } = groups;
  if (step !== undefined && Number(step) < 1) return false;
  if (from === undefined) return true;
  const first = valueOf(from, field);
  const last = to === undefined ? first : valueOf(to, field);
  return first !== undefined && last !== undefined && first <= last;
}

/**
 * Whether a text has the form of a cron expression: five fields, or six with seconds first. The scheduler has the last
 * word; this is so that a slip is found by `check`.
 */
export function isSchedule(text: string): boolean {
  const parts = text.trim().toLowerCase().split(/\s+/u);
  const fields = parts.length === 5 ? FIELDS.slice(1) : FIELDS;
  if (parts.length !== fields.length) return false;
  return fields.every((field, index) => (parts[index] ?? '').split(',').every((part) => isPart(part, field)));
}

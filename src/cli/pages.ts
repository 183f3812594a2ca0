import { Exit } from './exit.js';
import { say } from './output.js';
import { integerOf } from './parse.js';

/** Number of rows read at once. */
const PAGE = 500;

/** Parses `--limit`; infinite for `all`. */
export function limitOf(value: string): number {
  if (value === 'all') return Number.POSITIVE_INFINITY;
  if (!/^\d+$/u.test(value))
    throw new Exit(1, `--limit is "${value}"; fix: write a whole number, or all for every row`);
  return integerOf('--limit', value, 1, 1_000_000);
}

export interface Pages<T> {
  readonly limit: number;
  /** Reads up to `size` rows that follow `last`, or the first rows. */
  readonly read: (size: number, last: T | undefined) => Promise<readonly T[]>;
  readonly each: (page: readonly T[]) => Promise<void> | void;
}

/** Passes up to `limit` rows on, page by page. Returns true if more rows follow. */
export async function paged<T>({ limit, read, each }: Pages<T>): Promise<boolean> {
  let last: T | undefined;
  for (let left = limit; left > 0; left -= PAGE) {
    const size = Math.min(PAGE, left);
    const rows = await read(size + 1, last);
    const page = rows.slice(0, size);
    await each(page);
    if (rows.length <= size) return false;
    last = page.at(-1);
  }
  return true;
}

/** A list that ends at its limit looks complete, also where it is kept for a customer. */
export function sayLeftOut(shown: string, others: string): void {
  say(`${shown}; ${others} exist: --limit N or --limit all`);
}

import type { Calendar } from '../domain/calendar.js';
import type { Rule } from '../domain/rule.js';
import type { HolidayLookup } from './calendar/holidays.js';
import { type CompiledRule, compileRules } from './compile.js';
import type { Host } from './evaluate.js';

/** Rules, compiled, with the calendars that they ask. Swapped as a whole, never changed. */
export interface CompiledSet {
  /** In the total order: priority, then file name, then place in the file. */
  readonly rules: readonly CompiledRule[];
  readonly host: Host;
  readonly calendars: ReadonlyMap<string, Calendar>;
  readonly holidays: HolidayLookup;
}

/** `rules` in their total order; rules that are not enabled are left out. */
export function compileSet(
  rules: readonly Rule[],
  calendars: readonly Calendar[],
  holidays: HolidayLookup,
): CompiledSet {
  const { compiled, host } = compileRules(rules.filter((rule) => rule.enabled));
  return { rules: compiled, host, calendars: new Map(calendars.map((each) => [each.name, each])), holidays };
}

import type { Config } from '../domain/config.js';
import type { Rule } from '../domain/rule.js';
import type { Instant } from '../domain/time.js';
import type { HolidayLookup } from '../engine/calendar/holidays.js';
import type { CompiledSet } from '../engine/rule-set.js';
import type { RuleSet } from '../rules/parse.js';
import type { YamlSource } from '../yaml/source.js';

/** A valid project, as input of lint. */
export interface LintParts {
  readonly config: Config;
  readonly rules: RuleSet;
  readonly set: CompiledSet;
  /** Compiles other rules with the same calendars, to try a rule alone or changed. */
  readonly compile: (rules: readonly Rule[]) => CompiledSet;
  readonly holidays: HolidayLookup;
  readonly now: Instant;
  /** Builds a finding at a key of config.yaml. */
  readonly pointInConfig: YamlSource['point'];
}

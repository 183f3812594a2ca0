import type { EventKind } from '../domain/event.js';
import type { Path, YamlSource } from '../yaml/source.js';
import type { RuleContext } from './context.js';
import type { RawRule } from './schema.js';

/**
 * A rule under construction: the keys as written with defaults merged, and the source that collects findings.
 */
export interface Draft {
  readonly source: YamlSource;
  readonly context: RuleContext;
  readonly raw: RawRule;
  readonly on: EventKind;
  /**
   * True if the keys are complete. False if keys of a wrong shape were left out; then no key is reported as
   * missing.
   */
  readonly isWhole: boolean;
  /** Path of a key: in the rule itself, or in the file's defaults. */
  readonly pathOf: (key: keyof RawRule) => Path;
}

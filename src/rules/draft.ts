import type { EventKind } from '../domain/event.js';
import type { Path, YamlSource } from '../yaml/source.js';
import type { RuleContext } from './context.js';
import type { RawRule } from './schema.js';

/** A rule on its way: what is written, defaults filled in, and whom to tell when something is wrong. */
export interface Draft {
  readonly source: YamlSource;
  readonly context: RuleContext;
  readonly raw: RawRule;
  readonly on: EventKind;
  /** False: keys of a wrong shape were left out, so that nothing can be said to be missing. */
  readonly isWhole: boolean;
  /** Where a key of the rule is written: in the rule itself, or among the file's defaults. */
  readonly pathOf: (key: keyof RawRule) => Path;
}

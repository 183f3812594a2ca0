import type { AccountConfig, OptOutConfig } from '../../domain/config.js';
import type { Mode } from '../../domain/mode.js';
import type { Millis } from '../../domain/time.js';
import type { GuardSettings } from '../guards/guard.js';

/** Settings that a decision depends on, besides event, facts and rules. */
export interface DecisionSettings {
  /** `hypothetical`: for `test`, `explain` and `replay`, where a reply counts as sent. */
  readonly mode: Mode | 'hypothetical';
  readonly accounts: ReadonlyMap<string, AccountConfig>;
  readonly guards: GuardSettings;
  readonly optOut: OptOutConfig | null;
  /**
   * Default pause of the contact after which messages are decided, for accounts without their own. @default
   * 0, at once
   */
  readonly settle?: Millis | undefined;
}

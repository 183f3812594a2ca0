import type { AccountConfig, OptOutConfig } from '../domain/config.js';
import type { Millis } from '../domain/time.js';
import type { GuardSettings } from './guards/guard.js';

/** What an answer depends on besides event, facts and rules. */
export interface DecisionSettings {
  /** `hypothetical`: for `test`, `explain` and `replay`, where an answer counts as given. */
  readonly mode: 'live' | 'shadow' | 'hypothetical';
  readonly accounts: ReadonlyMap<string, AccountConfig>;
  readonly guards: GuardSettings;
  readonly optOut: OptOutConfig | null;
  /** How long messages of accounts without a time of their own wait for the contact to pause. @default not at all */
  readonly settle?: Millis | undefined;
}

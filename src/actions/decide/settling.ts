import { type Settling, settlingOf } from '../../engine/settle.js';
import type { CompiledSet } from '../../engine/rule-set.js';
import type { DecisionSettings } from '../decision/settings.js';
import { askOf } from '../funnel/wait.js';
import { optOutOf } from './opt-out.js';

/** Finds the rules for messages that wait until the contact pauses. */
export function settlingFor(set: CompiledSet, settings: DecisionSettings): Settling {
  return {
    ...settlingOf(set, settings),
    isAlone: (event, facts) =>
      facts.beforeStart ||
      (facts.run !== null && askOf(facts.run) !== null) ||
      optOutOf(event, facts, settings.optOut) !== null,
  };
}

import type { Decision, Trace } from '../domain/decision.js';
import { present } from './act.js';
import type { JournalRow } from '../store/store.js';

/** The decision that the journal keeps. Null when there is none yet. Of an event whose text was deleted, reason and rule are all that is left. */
export function decisionOf({ event, rule, reason, detail, trace }: JournalRow): Decision | null {
  if (reason === null) return null;
  const kept = trace as (Trace & Pick<Decision, 'actions' | 'effects' | 'runs'>) | null;
  const {
    actions = [],
    effects,
    runs,
    ...rest
  } = kept ?? {
    text: event.text,
    words: [],
    rules: [],
    rulesOmitted: 0,
    guards: [],
    effects: [],
    runs: [],
  };
  return { rule, reason, detail, actions, ...present({ effects, runs }), optOut: null, trace: rest };
}

import { type Decision, type Trace, present } from '../domain/decision.js';
import type { JournalRow } from './ports/journal.js';

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

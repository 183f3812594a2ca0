import type { Trace } from '../domain/decision.js';
import type { Rule } from '../domain/rule.js';
import type { Description } from './compile.js';
import type { ResultNode } from './evaluate.js';
import { saysDoubt, shownScore } from './meaning/comparison.js';
import type { Reading } from './meaning/reading.js';
import { onlyExamplesFailed } from './trace.js';

/** A rule whose examples an event resembles, but not surely enough. All other conditions of the rule hold. */
export interface Doubt {
  readonly reason: 'unsure' | 'ambiguous';
  readonly rule: string;
  readonly note: string;
}

interface Found {
  readonly acting: readonly { readonly rule: Rule }[];
  readonly shadowing: readonly { readonly rule: Rule }[];
  readonly cooling: unknown;
}

type Meaning = NonNullable<Trace['meaning']>;

/** Doubts met during one decision; the first one counts, if no rule acts. */
export interface Doubts {
  /** Records a rule that does not apply. */
  readonly note: (rule: Rule, description: Description, tree: ResultNode) => void;
  /** The score of a rule with examples, for the trace. */
  readonly likeness: (rule: Rule) => string | null;
  readonly end: (
    found: Found,
    everyRule: boolean,
  ) => { readonly doubt: Doubt | null; readonly meaning: Meaning | null };
}

export function createDoubts(read: () => Reading | null): Doubts {
  let first: Doubt | null = null;
  return {
    note(rule, description, tree) {
      if (first === null && onlyExamplesFailed(description, tree)) first = doubtAbout(rule, read());
    },
    likeness: ({ id, examples }) => (examples ? `score ${shownScore(read()?.scoreOf(id) ?? 0)}` : null),
    end({ acting, shadowing, cooling }, everyRule) {
      const matches = [...acting, ...shadowing];
      const doubt = matches.length === 0 && cooling === null ? first : null;
      const isByExamples = matches.some(({ rule }) => rule.examples !== undefined);
      const reading = everyRule || doubt !== null || isByExamples ? read() : null;
      return { doubt, meaning: reading?.explain() ?? null };
    },
  };
}

/** Doubt about the rule; null if the message means another rule, or none. */
function doubtAbout({ id, examples }: Rule, reading: Reading | null): Doubt | null {
  if (!reading?.best || examples === undefined) return null;
  const { verdict, best } = reading;
  if (verdict === 'nothing' || reading.scoreOf(id) !== best.score) return null;
  // A rule with the same examples may be certain enough while this rule requires a higher certainty.
  const reason = verdict === 'ambiguous' ? verdict : 'unsure';
  return { reason, rule: id, note: saysDoubt(reading) };
}

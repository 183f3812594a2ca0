import { z } from 'zod';
import { type Decision, NO_TRACE, present } from '../../domain/decision.js';
import type { RunChange } from '../../domain/funnel.js';
import { ACTION_TYPES } from '../../domain/rule.js';
import type { JournalRow, Journalled, Kept } from './journal.js';

const FAILED = z.looseObject({ condition: z.string(), actual: z.string().nullable() });

/** Fields that readers rely on. Earlier versions wrote fewer, and later ones may write more. */
const SCHEMA = z.looseObject({
  text: z.string(),
  words: z.array(z.string()),
  rules: z.array(
    z.looseObject({
      rule: z.string(),
      outcome: z.enum(['acts', 'would_act_shadow', 'failed_condition', 'cooldown', 'not_reached']),
      failed: FAILED.nullable(),
      keyword: z.string().nullable(),
      note: z.string().nullable(),
    }),
  ),
  rulesOmitted: z.number().default(0),
  guards: z.array(
    z.looseObject({ guard: z.string(), reason: z.string().nullable(), note: z.string().nullable() }),
  ),
  actions: z
    .array(z.looseObject({ type: z.enum(ACTION_TYPES), rule: z.string(), text: z.string() }))
    .default([]),
  effects: z.array(z.looseObject({ type: z.string(), rule: z.string() })).optional(),
  runs: z.array(z.looseObject({ kind: z.enum(['start', 'wait', 'end']), rule: z.string() })).optional(),
});

/** The JSON of a decision. The body of a webhook is in its own row, and deleted with it. */
export function journalled({ trace, actions, effects, runs }: Decision): string {
  const kept = effects?.map((effect) =>
    effect.type === 'webhook' ? { type: effect.type, rule: effect.rule, url: effect.url } : effect,
  );
  return JSON.stringify({ ...trace, actions, effects: kept, runs: runs?.map(moved) });
}

/** The stored part of a run change: it leaves out the funnel of a new run, which has a row of its own. */
function moved(change: RunChange): Partial<RunChange> {
  if (change.kind !== 'start') return change;
  const { kind, rule, step } = change;
  return { kind, rule, step };
}

/**
 * Parses the JSON of a decision. A damaged record is reported in `damage`, so that the other rows can be
 * shown.
 */
export function readJournalled(json: string | null): Kept {
  if (json === null) return { trace: null, damage: null };
  try {
    const read = SCHEMA.safeParse(JSON.parse(json));
    if (read.success) return { trace: read.data as unknown as Journalled, damage: null };
    const [issue] = read.error.issues;
    return { trace: null, damage: `${issue?.path.join('.') || 'record'}: ${issue?.message}` };
  } catch {
    return { trace: null, damage: 'not valid JSON' };
  }
}

/**
 * The decision stored in the journal. Null if the event is not decided yet. For an event whose text was
 * deleted, and for a damaged record, only reason and rule are left; the detail then describes the damage.
 */
export function decisionOf({ event, rule, reason, detail, trace, damage }: JournalRow): Decision | null {
  if (reason === null) return null;
  const kept = trace ?? { ...NO_TRACE, text: event.text, actions: [], effects: [], runs: [] };
  const { actions, effects, runs, ...rest } = kept;
  const said = damage === null ? detail : withDamage(detail, damage);
  return { rule, reason, detail: said, actions, ...present({ effects, runs }), optOut: null, trace: rest };
}

function withDamage(detail: string | null, damage: string): string {
  const words = `the journal's record of this decision is damaged (${damage})`;
  return detail === null ? words : `${detail}; ${words}`;
}

import type { PlannedEffect } from '../../domain/funnel.js';
import type { WorkResult, WorkStep } from '../../domain/work.js';
import type { Refused, Speaker } from '../compose/compose.js';

/** Position at which a run continues with the result of a step, and the fields that the step saves. */
export function afterResult(
  { next, otherwise }: WorkStep,
  result: WorkResult,
  { rule: { id: rule } }: Speaker,
): { readonly ok: true; readonly to: number; readonly effects: readonly PlannedEffect[] } | Refused {
  if (result.ok) {
    const { fields } = result;
    const effects = Object.keys(fields).length === 0 ? [] : [{ type: 'set', rule, fields } as const];
    return { ok: true, to: next, effects };
  }
  if (otherwise === null) return { ok: false, reason: 'failed', detail: result.note, rule };
  return { ok: true, to: otherwise, effects: [] };
}

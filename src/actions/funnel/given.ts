import {
  type FetchStep,
  type GivenWork,
  valueAtPath,
  type WorkResult,
  type WorkStep,
} from '../../domain/work.js';

/** The code in tests that give none. */
const SAMPLE_CODE = 'CODE-1';

/** The fields that a fetch saves from the body of its response. */
export function savedFrom({ save }: FetchStep, body: unknown, note: string): WorkResult {
  const fields: Record<string, string> = {};
  for (const [field, path] of Object.entries(save)) {
    const value = valueAtPath(body, path);
    if (value === null) return { ok: false, note: `${note}: there is no value at ${path}` };
    fields[field] = value;
  }
  return { ok: true, fields, note };
}

/** Result of a step in `test`, `explain` and `replay`, where no work is done. */
export function givenResult(step: WorkStep, { fetch: body, code = SAMPLE_CODE }: GivenWork): WorkResult {
  if (step.type === 'code') {
    if (code === 'empty') return { ok: false, note: `code: none is left in ${step.pool}` };
    return { ok: true, fields: { [step.save]: code }, note: `code: one of ${step.pool}` };
  }
  if (body === undefined) return { ok: false, note: 'fetch: no response is given (given: { fetch: … })' };
  if (body === 'error') return { ok: false, note: 'fetch: an error is given' };
  return savedFrom(step, body, 'fetch: a response is given');
}

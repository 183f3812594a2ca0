import type { Fault, FaultHook } from '../../src/sandbox/faults.js';
import type { Dice } from './dice.js';

/** The probability of each fault, per call. */
const STORM: Readonly<Record<'POST' | 'GET', Readonly<Partial<Record<Fault, number>>>>> = {
  POST: {
    drop_before: 0.03,
    drop_after: 0.05,
    error_500_before: 0.02,
    error_500_after: 0.03,
    garbage: 0.02,
    reset_body: 0.02,
    slow_body: 0.01,
    rate_limit: 0.01,
    rate_limit_date: 0.003,
    rate_limit_bare: 0.003,
    unauthorized: 0.001,
    hang: 0.002,
  },
  GET: {
    drop_before: 0.01,
    error_500_before: 0.01,
    garbage: 0.005,
    reset_body: 0.005,
    slow_body: 0.01,
    rate_limit: 0.002,
    rate_limit_bare: 0.001,
    duplicate_rows: 0.03,
    reorder_rows: 0.03,
  },
};

/**
 * Faults that `--faults all` adds: an account or the key is put on hold, at once or when the row fails later.
 */
const REFUSALS: Readonly<Record<'POST' | 'GET', Readonly<Partial<Record<Fault, number>>>>> = {
  POST: {
    contact_limit: 0.002,
    no_permission: 0.002,
    forbidden: 0.001,
    late_contact_limit: 0.003,
    late_replied: 0.003,
    late_no_permission: 0.003,
    late_restricted: 0.003,
  },
  GET: { forbidden: 0.001 },
};

export interface Weather {
  readonly hook: FaultHook;
  /** Ends all faults. */
  calm(): void;
  /** Number of POSTs that each fault affected. */
  readonly counts: Readonly<Partial<Record<Fault, number>>>;
}

/** Injects faults at random. `share` scales their maximum probability; `all` adds refusals. */
export function createWeather(dice: Dice, share = 1, all = false): Weather {
  const chances = (method: 'POST' | 'GET') => ({ ...STORM[method], ...(all ? REFUSALS[method] : {}) });
  const storm = { POST: chances('POST'), GET: chances('GET') };
  const counts: Partial<Record<Fault, number>> = {};
  let isCalm = false;
  return {
    counts,
    calm: () => {
      isCalm = true;
    },
    hook: ({ method }) => {
      if (isCalm) return 'none';
      let rest = dice.roll();
      for (const [name, often] of Object.entries(storm[method === 'POST' ? 'POST' : 'GET'])) {
        const fault = name as Fault;
        rest -= often * share;
        if (rest >= 0) continue;
        if (method === 'POST') counts[fault] = (counts[fault] ?? 0) + 1;
        return fault;
      }
      return 'none';
    },
  };
}

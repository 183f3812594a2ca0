import { RUN_STATES, type RunState } from '../../domain/funnel.js';
import { SEND_STATES, type SendState } from '../../domain/send.js';
import { WEBHOOK_STATES, type WebhookState } from '../../domain/webhook.js';

/** The states of sends, of funnel runs and of webhooks as literals in SQL: `SEND.pending` is `'pending'`. */
export const SEND = literals(SEND_STATES);
export const RUN = literals(RUN_STATES);
export const WEBHOOK = literals(WEBHOOK_STATES);

/**
 * States as a list in SQL, `('ambiguous', 'accepted')`. Partial indexes are found by the same states in the same order as
 * in their migration.
 */
export function inStates(states: readonly (SendState | RunState | WebhookState)[]): string {
  return `(${states.map((state) => `'${state}'`).join(', ')})`;
}

function literals<State extends string>(states: readonly State[]): Readonly<Record<State, string>> {
  return Object.fromEntries(states.map((state) => [state, `'${state}'`])) as Record<State, string>;
}

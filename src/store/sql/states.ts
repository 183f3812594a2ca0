import { RUN_STATES, type RunState } from '../../domain/funnel.js';
import { SEND_STATES, type SendState } from '../../domain/send.js';
import { WEBHOOK_STATES, type WebhookState } from '../../domain/webhook.js';

/** The states of sends, funnel runs and webhooks as SQL literals: `SEND.pending` is `'pending'`. */
export const SEND = literals(SEND_STATES);
export const RUN = literals(RUN_STATES);
export const WEBHOOK = literals(WEBHOOK_STATES);

/**
 * States as an SQL list, `('ambiguous', 'accepted')`. A partial index is used only if states and order are
 * the same as in its migration.
 */
export function inStates(states: readonly (SendState | RunState | WebhookState)[]): string {
  return `(${states.map((state) => `'${state}'`).join(', ')})`;
}

function literals<State extends string>(states: readonly State[]): Readonly<Record<State, string>> {
  return Object.fromEntries(states.map((state) => [state, `'${state}'`])) as Record<State, string>;
}

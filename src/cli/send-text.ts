import { HUMAN_RULE } from '../domain/rule.js';
import type { Send } from '../domain/send.js';
import { plain } from '../domain/terminal.js';
import { formatInstant } from '../domain/time.js';
import { shorten } from './shorten.js';

/** Formats a send as one line. */
export function lineOf(send: Send): string {
  const { id, state, account, contactId, rule, action, text, detail } = send;
  const why = detail === null ? '' : `  (${shorten(detail, 100)})`;
  return plain(
    `${id}  ${state}  ${account} to ${contactId}  ${rule}/${action}  ${JSON.stringify(shorten(text, 60))}${why}`,
  );
}

/** Converts a send to the form printed by `--json`. */
export function toJson(send: Send) {
  const iso = (at: number | null) => (at === null ? null : formatInstant(at));
  const { rule, eventAt, createdAt, notBefore, attemptedAt, checkAt } = send;
  return {
    ...send,
    by: rule === HUMAN_RULE ? 'human' : 'rule',
    eventAt: iso(eventAt),
    createdAt: iso(createdAt),
    notBefore: iso(notBefore),
    attemptedAt: iso(attemptedAt),
    checkAt: iso(checkAt),
  };
}

import { plain } from '../domain/terminal.js';
import { formatInstant } from '../domain/time.js';
import type { Webhook } from '../domain/webhook.js';
import { shorten } from './journal.js';

/** A webhook in a line, with the number that `retry` and `discard` take. */
export function webhookLine({ id, state, account, contactId, rule, url, detail, attempts }: Webhook): string {
  const why = detail === null ? '' : `  (attempt ${attempts}: ${shorten(detail, 100)})`;
  return plain(`w${id}  ${state}  ${account} about ${contactId}  ${rule}/webhook  ${shorten(url, 60)}${why}`);
}

/** A webhook as `--json` gives it: without what it says, which is about a person, and with the name of its secret only. */
export function webhookJson({ body: _body, id, notBefore, createdAt, ...webhook }: Webhook) {
  return {
    webhook: `w${id}`,
    ...webhook,
    notBefore: formatInstant(notBefore),
    createdAt: formatInstant(createdAt),
  };
}

import { plain } from '../domain/terminal.js';
import { formatInstant } from '../domain/time.js';
import type { Webhook } from '../domain/webhook.js';
import { shorten } from './shorten.js';

/** A webhook in one line, with the number for `retry` and `discard`. */
export function webhookLine({ id, state, account, contactId, rule, url, detail, attempts }: Webhook): string {
  const why = detail === null ? '' : `  (attempt ${attempts}: ${shorten(detail, 100)})`;
  return plain(`w${id}  ${state}  ${account} about ${contactId}  ${rule}/webhook  ${shorten(url, 60)}${why}`);
}

/**
 * A webhook as printed by `--json`: without its body and rendered address, which are about a person, and with only the name of its
 * secret.
 */
export function webhookJson({ body: _body, target: _target, id, notBefore, createdAt, ...webhook }: Webhook) {
  return {
    webhook: `w${id}`,
    ...webhook,
    notBefore: formatInstant(notBefore),
    createdAt: formatInstant(createdAt),
  };
}

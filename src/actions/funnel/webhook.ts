import { postOf } from '../../domain/event.js';
import type { Effect, PlannedEffect } from '../../domain/funnel.js';
import { formatInstant } from '../../domain/time.js';
import type { ComposeContext, Refused, Speaker } from '../compose/compose.js';
import { renderRequest } from './request.js';

export type Planned = { readonly ok: true; readonly effect: PlannedEffect } | Refused;

/** Renders a webhook. Without a body of its own it sends the contact and the event. */
export function planWebhook(
  effect: Extract<Effect, { type: 'webhook' }>,
  speaker: Speaker,
  context: ComposeContext,
): Planned {
  const rule = speaker.rule.id;
  const { url, secret, method, headers, body } = effect;
  const rendered = renderRequest({ url, headers, body }, speaker, context);
  if (!rendered.ok)
    return { ok: false, reason: 'template_error', detail: `webhook: ${rendered.error}`, rule };
  const { target, sent } = rendered;
  return {
    ok: true,
    effect: {
      ...{ type: 'webhook', rule, url, secret, body: sent?.text ?? payloadOf(rule, method, context) },
      ...(target === url ? {} : { target }),
      ...(method === undefined ? {} : { method }),
      ...(headers === undefined && sent === null ? {} : { headers: { ...sent?.headers, ...headers } }),
    },
  };
}

/** The contact, the event, and all stored data of the contact. A deletion has nothing to report. */
function payloadOf(
  rule: string,
  method: string | undefined,
  { event, facts, account }: ComposeContext,
): string {
  if (method === 'DELETE') return '';
  const { contact } = event;
  return JSON.stringify({
    rule,
    at: formatInstant(facts.now),
    account: { name: account.name, platform: account.platform },
    contact: { ...contact, tags: facts.tags, fields: facts.fields },
    event: {
      id: event.id,
      kind: event.kind,
      text: event.text,
      at: formatInstant(event.at),
      post: postOf(event),
    },
  });
}

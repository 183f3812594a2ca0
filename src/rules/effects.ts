import type { Effect } from '../domain/funnel.js';
import type { TextKind } from './context.js';
import type { Path } from '../yaml/source.js';
import { millis } from '../yaml/values.js';
import type { Draft } from './draft.js';
import { checkAddress, checkHeaders, checkSecret, toBody } from './request.js';
import type { RawEffects } from './step-schema.js';
import { checkText } from './texts.js';

/**
 * The effects of a rule or step in execution order: the webhook runs after tags and fields, so its payload
 * includes them, and the pause comes last.
 */
export function toEffects(
  draft: Draft,
  raw: RawEffects,
  pathOf: (key: string) => Path,
  kind: TextKind,
): readonly Effect[] {
  const effects: Effect[] = [];
  const { tag, untag, set, webhook, pause, handoff } = raw;
  if (tag !== undefined) effects.push({ type: 'tag', tags: [tag].flat() });
  if (untag !== undefined) effects.push({ type: 'untag', tags: [untag].flat() });
  if (set !== undefined) {
    for (const [name, text] of Object.entries(set)) checkText(draft, [...pathOf('set'), name], text, kind);
    effects.push({ type: 'set', fields: set });
  }
  if (webhook !== undefined) {
    effects.push(toWebhook(draft, webhook, pathOf('webhook'), kind));
  }
  if (pause !== undefined) effects.push({ type: 'pause', time: pause === true ? null : millis(pause) });
  if (handoff !== undefined) effects.push(toHandoff(draft, handoff, pathOf('handoff'), kind));
  return effects;
}

function toHandoff(
  draft: Draft,
  raw: NonNullable<RawEffects['handoff']>,
  path: Path,
  kind: TextKind,
): Effect {
  const { note = null, for: time } = typeof raw === 'object' ? raw : { note: raw === true ? null : raw };
  if (note !== null) checkText(draft, typeof raw === 'object' ? [...path, 'note'] : path, note, kind);
  return { type: 'handoff', note, time: time === undefined ? null : millis(time) };
}

function toWebhook(
  draft: Draft,
  raw: NonNullable<RawEffects['webhook']>,
  path: Path,
  kind: TextKind,
): Effect {
  const { url, secret, method, headers, body } = raw;
  checkAddress(draft, [...path, 'url'], url, kind);
  if (secret !== undefined) checkSecret(draft, [...path, 'secret'], secret);
  if (headers !== undefined) checkHeaders(draft, [...path, 'headers'], headers);
  const sent = body === undefined ? undefined : toBody(draft, [...path, 'body'], { body, headers }, kind);
  return {
    ...{ type: 'webhook', url, secret: secret ?? null },
    ...(method === undefined ? {} : { method }),
    ...(headers === undefined ? {} : { headers }),
    ...(sent === undefined ? {} : { body: sent }),
  };
}

import type { Effect } from '../../domain/funnel.js';
import { type ComposeContext, renderText, type Speaker } from '../compose/compose.js';
import { type Planned, planWebhook } from './webhook.js';

/** Renders an effect. */
export function planEffect(effect: Effect, speaker: Speaker, context: ComposeContext): Planned {
  const { facts } = context;
  const rule = speaker.rule.id;
  switch (effect.type) {
    case 'tag':
    case 'untag':
      return { ok: true, effect: { ...effect, rule } };
    case 'set':
      return planSet(effect.fields, speaker, context);
    case 'webhook':
      return planWebhook(effect, speaker, context);
    case 'pause':
      return { ok: true, effect: { type: 'pause', rule, until: facts.now + (effect.time ?? Infinity) } };
    case 'handoff':
      return planHandoff(effect, speaker, context);
  }
}

function planSet(
  written: Readonly<Record<string, string>>,
  speaker: Speaker,
  context: ComposeContext,
): Planned {
  const rule = speaker.rule.id;
  const fields: Record<string, string> = {};
  for (const [name, text] of Object.entries(written)) {
    const rendered = renderText(text, speaker, context);
    if (!rendered.ok)
      return { ok: false, reason: 'template_error', detail: `set: ${name}: ${rendered.error}`, rule };
    fields[name] = rendered.text;
  }
  return { ok: true, effect: { type: 'set', rule, fields } };
}

function planHandoff(
  { note: text, time }: Extract<Effect, { type: 'handoff' }>,
  speaker: Speaker,
  context: ComposeContext,
): Planned {
  const rule = speaker.rule.id;
  const until = context.facts.now + (time ?? context.humanPause);
  if (text === null) return { ok: true, effect: { type: 'handoff', rule, note: null, until } };
  const rendered = renderText(text, speaker, context);
  if (!rendered.ok)
    return { ok: false, reason: 'template_error', detail: `handoff: ${rendered.error}`, rule };
  return { ok: true, effect: { type: 'handoff', rule, note: rendered.text, until } };
}

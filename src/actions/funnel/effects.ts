import type { Effect, PlannedEffect } from '../../domain/funnel.js';
import { withEffect } from '../../domain/contact-state.js';
import type { Facts } from '../../domain/facts.js';
import { type ComposeContext, type Refused, renderText, type Speaker } from '../compose/compose.js';

import { planWebhook } from './webhook.js';

export type Planned = { readonly ok: true; readonly effect: PlannedEffect; readonly facts: Facts } | Refused;

/** Renders an effect. Returns the facts after it, for the texts of the following steps. */
export function planEffect(effect: Effect, speaker: Speaker, context: ComposeContext): Planned {
  const { facts } = context;
  const rule = speaker.rule.id;
  switch (effect.type) {
    case 'tag':
    case 'untag':
      return planned({ ...effect, rule }, facts);
    case 'set':
      return planSet(effect.fields, speaker, context);
    case 'webhook':
      return planWebhook(effect, speaker, context);
    case 'pause':
      return planned({ type: 'pause', rule, until: facts.now + (effect.time ?? Infinity) }, facts);
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
  return planned({ type: 'set', rule, fields }, context.facts);
}

function planned(effect: PlannedEffect, facts: Facts): Planned {
  return { ok: true, effect, facts: withEffect(facts, effect) };
}

function planHandoff(
  { note: text, time }: Extract<Effect, { type: 'handoff' }>,
  speaker: Speaker,
  context: ComposeContext,
): Planned {
  const rule = speaker.rule.id;
  const { facts } = context;
  const until = facts.now + (time ?? context.humanPause);
  if (text === null) return { ok: true, effect: { type: 'handoff', rule, note: null, until }, facts };
  const rendered = renderText(text, speaker, context);
  if (!rendered.ok)
    return { ok: false, reason: 'template_error', detail: `handoff: ${rendered.error}`, rule };
  return { ok: true, effect: { type: 'handoff', rule, note: rendered.text, until }, facts };
}

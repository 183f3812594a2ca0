import type { Contact, InboundEvent } from '../domain/event.js';
import type { Facts } from '../domain/facts.js';
import { localTime } from './calendar/zone.js';
import type { FactValues } from './evaluate.js';
import type { CompiledSet } from './rule-set.js';
import { comparisonFor } from './meaning/comparison.js';
import { fold } from './text/normalise.js';
import type { MessageText } from './text/text.js';

type Params = Readonly<Record<string, unknown>>;

/**
 * Facts for the conditions. Every fact always has a value, since one undefined fact makes json-rules-engine
 * reject the whole evaluation. Texts are folded, as the conditions' values are.
 */
export function engineFacts(
  event: InboundEvent,
  facts: Facts,
  text: MessageText,
  set: CompiledSet,
): FactValues {
  const { comment } = event;
  return {
    kind: event.kind,
    platform: event.platform,
    account: event.account ?? '',
    text: text.folded(),
    message_text: text,
    post: comment?.postId ?? '',
    platform_post: comment?.platformPostId ?? '',
    next_post_of: facts.nextPostOf,
    is_reply: comment !== null && comment.parentId !== null,
    first_contact: facts.firstContact,
    tags: facts.tags,
    examples: (params: Params) => comparisonFor(set.meanings.read(event, text), String(params['rule'])),
    example_key: () => set.meanings.read(event, text)?.key ?? '',
    language: () => set.languages.factOf({ text: event.text, earlier: facts.said }),
    meaning: () => set.meanings.read(event, text)?.meant ?? [],
    contact: () => contactFact(event.contact),
    hours: (params: Params) => set.hours(String(params['calendar']), facts.now)?.state ?? 'unknown',
    local_time: (params: Params) => localTime(zoneOf(set, params), facts.now).minute,
    weekday: (params: Params) => localTime(zoneOf(set, params), facts.now).weekday,
  };
}

function contactFact({ id, name, username }: Contact) {
  const folded = fold(name ?? '');
  return { id, name: folded, first_name: folded.split(' ')[0] ?? '', username: fold(username ?? '') };
}

function zoneOf(set: CompiledSet, params: Params): string {
  const { calendar, timezone } = params;
  if (typeof timezone === 'string') return timezone;
  return set.calendars.get(String(calendar))?.timezone ?? 'UTC';
}

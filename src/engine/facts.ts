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
    field: ({ path }: Params) => fold(fieldOf(facts, path)),
    field_number: ({ path }: Params) => Number.parseFloat(fieldOf(facts, path)),
    funnel: ({ rule }: Params) => standingIn(facts, String(rule)),
    answered_by: (params: Params) => wasAnsweredBy(facts, params),
    count: ({ rule }: Params) => timesAnswered(facts, rule),
    hours: (params: Params) => set.hours(String(params['calendar']), facts.now)?.state ?? 'unknown',
    local_time: (params: Params) => localTime(zoneOf(set, params), facts.now).minute,
    weekday: (params: Params) => localTime(zoneOf(set, params), facts.now).weekday,
  };
}

/** The text of a field; '' if the contact has no such field. */
function fieldOf({ fields }: Facts, path: unknown): string {
  const name = String(path);
  return Object.hasOwn(fields, name) ? (fields[name] ?? '') : '';
}

function standingIn({ funnels = {} }: Facts, rule: string): string {
  return Object.hasOwn(funnels, rule) ? (funnels[rule] ?? 'none') : 'none';
}

function wasAnsweredBy({ replies, now }: Facts, { rule, within }: Params): boolean {
  const since = typeof within === 'number' ? now - within : -Infinity;
  return replies.some((reply) => reply.rule === rule && !reply.isShadow && reply.at > since);
}

/** Number of earlier answers to the contact, of one rule or of all. */
function timesAnswered({ replies }: Facts, rule: unknown): number {
  return replies
    .filter((reply) => !reply.isShadow && (rule === undefined || reply.rule === rule))
    .reduce((sum, { times }) => sum + times, 0);
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

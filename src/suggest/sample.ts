import type { InboundEvent } from '../domain/event.js';
import type { Rule } from '../domain/rule.js';
import { LEAST_SCORE } from '../engine/meaning/constants.js';
import { comparedWords } from '../engine/meaning/corpus.js';
import type { CompiledSet } from '../engine/rule-set.js';
import { MessageText } from '../engine/text/text.js';
import type { Label } from '../store/ports/labels.js';
import type { Judged } from './precision.js';

/** A message that a rule would answer at some certainty. */
export interface Sampled {
  readonly event: InboundEvent;
  readonly score: number;
}

/** Score of each message for the rule; null if another rule is nearer, or if its words are an example. */
function scoreOf(
  event: Pick<InboundEvent, 'text'> & InboundEvent,
  rule: Rule,
  set: CompiledSet,
): number | null {
  const reading = set.meanings.read(event, new MessageText(event.text));
  const score = reading?.scoreOf(rule.id) ?? 0;
  return reading?.best?.score === score && score >= LEAST_SCORE.bold ? score : null;
}

/** True if the words of a text are an example or a `not` message of the rule: it says nothing about others. */
export function isLearnt(text: string, { examples }: Rule): boolean {
  const key = comparedWords(text).join(' ');
  return [...(examples?.texts ?? []), ...(examples?.not ?? [])].some(
    (each) => comparedWords(each).join(' ') === key,
  );
}

/**
 * Messages that the rule would answer at `bold`, in an order like a drawn one that stays the same: each message is as
 * likely as any other to be among the first. Each wording once, without examples and judged messages.
 */
export function sampleOf(
  events: readonly InboundEvent[],
  rule: Rule,
  { set, labels }: { readonly set: CompiledSet; readonly labels: readonly Label[] },
): readonly Sampled[] {
  const known = new Set(
    labels.filter((label) => label.rule === rule.id).map(({ text }) => comparedWords(text).join(' ')),
  );
  const found: Sampled[] = [];
  for (const event of events) {
    const key = comparedWords(event.text).join(' ');
    if (event.kind !== rule.on || known.has(key) || isLearnt(event.text, rule)) continue;
    const score = scoreOf(event, rule, set);
    if (score === null) continue;
    known.add(key);
    found.push({ event, score });
  }
  return found.sort((a, b) => drawOf(a.event.id) - drawOf(b.event.id) || (a.event.id < b.event.id ? -1 : 1));
}

/** Judgements of a rule with the scores of the rule as it is now, without texts that became examples. */
export function judgedOf(
  events: readonly InboundEvent[],
  rule: Rule,
  { set, labels }: { readonly set: CompiledSet; readonly labels: readonly Label[] },
): { readonly judged: readonly Judged[]; readonly spent: number } {
  const byId = new Map(events.map((event) => [event.id, event]));
  const own = labels.filter((label) => label.rule === rule.id);
  const sealed = own.filter(({ text }) => !isLearnt(text, rule));
  const judged = sealed.flatMap(({ eventId, isRight }): Judged[] => {
    const event = byId.get(eventId);
    const score = event ? scoreOf(event, rule, set) : null;
    return score === null ? [] : [{ score, isRight }];
  });
  return { judged, spent: own.length - sealed.length };
}

/** FNV-1a of an id, mixed: the place of a message in the sample. */
function drawOf(id: string): number {
  let hash = 0x811c9dc5;
  for (const letter of id) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

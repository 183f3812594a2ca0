import type { InboundEvent } from '../domain/event.js';
import { LIMITS } from '../domain/limits.js';
import { decide } from '../engine/decide.js';
import type { CompiledSet } from '../engine/rule-set.js';
import { createHistory } from '../rehearsal/history.js';
import type { Effects, Proposed, ProposedTest } from './proposal.js';

/** The rule that answers a message of a new contact; null if none does. */
export async function answererOf(event: InboundEvent, set: CompiledSet): Promise<string | null> {
  const facts = createHistory().factsFor(event, event.at, LIMITS.answerMemory);
  const { acting } = await decide(event, facts, set);
  return acting[0]?.rule.id ?? null;
}

/** Recent messages, and the rules that answer them now. */
export interface Recent {
  readonly events: readonly InboundEvent[];
  readonly answerers: readonly (string | null)[];
}

/** Effects of a proposal, by deciding about recent messages with the changed rules. */
export async function effectsOf(
  { rule, group }: Proposed,
  changed: CompiledSet,
  { events, answerers }: Recent,
  onEvent: () => void,
): Promise<Effects> {
  const own = new Set(group.wordings.flatMap((wording) => wording.events.map(({ id }) => id)));
  const taken = new Map<string, number>();
  let answered = 0;
  let ofGroup = 0;
  let lost = 0;
  for (const [index, event] of events.entries()) {
    const before = answerers[index] ?? null;
    const after = await answererOf(event, changed);
    onEvent();
    if (after === before) continue;
    if (after === null) lost += 1;
    else if (after !== rule) continue;
    else if (before === null) {
      answered += 1;
      if (own.has(event.id)) ofGroup += 1;
    } else taken.set(before, (taken.get(before) ?? 0) + 1);
  }
  const rivals = [...taken].map(([id, n]) => ({ rule: id, n })).sort((a, b) => b.n - a.n);
  return { answered, ofGroup, taken: rivals, lost };
}

/** A test of the proposal: by a message of the group that it was not made from, if there is one. */
export async function testOf(
  { change, rule, texts, group }: Proposed,
  changed: CompiledSet,
): Promise<ProposedTest> {
  if (change.kind === 'not') return { text: texts[0] ?? '', isAnswered: false };
  const learnt = new Set(texts);
  const others = group.wordings.filter(
    ({ text }) => !learnt.has(text) && text.length <= LIMITS.exampleLength,
  );
  for (const { text, events } of others) {
    const [event] = events;
    if (event && (await answererOf(event, changed)) === rule) return { text, isAnswered: true };
  }
  return { text: texts[0] ?? '', isAnswered: true };
}

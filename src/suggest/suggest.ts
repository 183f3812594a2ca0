import type { InboundEvent } from '../domain/event.js';
import type { Rule } from '../domain/rule.js';
import { DAY, type Instant, type Millis } from '../domain/time.js';
import { comparedWords } from '../engine/meaning/corpus.js';
import type { CompiledSet } from '../engine/rule-set.js';
import { finish } from '../domain/steps.js';
import { answererOf, effectsOf, type Recent, testOf } from './effects.js';
import { type Group, groupMessages } from './groups.js';
import { wordCounter } from './name.js';
import { allLive, type Proposal, withProposal } from './proposal.js';
import { proposalFor, type ProposeParts } from './propose.js';

/** Messages of the journal and the rules, to find what the rules lack. */
export interface SuggestInput {
  /** Messages and comments of contacts that no rule answered. */
  readonly unanswered: readonly InboundEvent[];
  /** All messages and comments of contacts of the last 30 days, oldest first. */
  readonly recent: readonly InboundEvent[];
  readonly rules: readonly Rule[];
  readonly compile: (rules: readonly Rule[]) => CompiledSet;
  /** Words of labelled messages, joined by spaces. */
  readonly sealed: ReadonlySet<string>;
  /** Maximum number of proposals. */
  readonly limit: number;
  /** Maximum number of recent messages to measure effects on, the latest. @default 5,000 */
  readonly mostMeasured?: number;
  readonly onProgress: (messages: number) => void;
}

export interface Suggestions {
  readonly proposals: readonly Proposal[];
  /** Groups beyond the limit, or whose messages cannot be written into a rule file. */
  readonly others: readonly Group[];
  /** Unanswered messages that the rules would answer now, that resemble too few others, and without a letter. */
  readonly answeredNow: number;
  readonly alone: number;
  readonly wordless: number;
  readonly older: number;
  /** Number of recent messages that the effects were measured on. */
  readonly measuredOn: number;
}

/** Effects are measured on the messages of this time. */
export const MEASURED_FOR: Millis = 30 * DAY;
/** Maximum number of them, the latest: deciding about one takes some tenths of a millisecond, for each proposal. */
const MOST_MEASURED = 5_000;

/** Proposals for the messages that nothing answers, the largest group first. */
export async function suggest(input: SuggestInput): Promise<Suggestions> {
  const { limit, compile, sealed, onProgress } = input;
  let done = 0;
  const count = (): void => onProgress((done += 1));
  const rules = allLive(input.rules);
  const set = compile(rules);
  const open = await unansweredNow(input.unanswered, set, count);
  const grouped = finish(groupMessages(open));
  const recent = await recentWith(set, input.recent.slice(-(input.mostMeasured ?? MOST_MEASURED)), count);
  const taken = new Set(input.rules.map(({ id }) => id));
  const everywhere = wordCounter(input.recent.map(({ text }) => comparedWords(text)));
  const parts: ProposeParts = { rules, set, everywhere, sealed, taken };
  const proposals: Proposal[] = [];
  const others: Group[] = [];
  for (const group of grouped.groups) {
    const proposed = proposals.length < limit ? proposalFor(group, parts) : null;
    if (proposed === null) {
      others.push(group);
      continue;
    }
    taken.add(proposed.rule);
    const changed = compile(withProposal(rules, proposed));
    const effects = await effectsOf(proposed, changed, recent, count);
    proposals.push({ ...proposed, effects, test: await testOf(proposed, changed) });
  }
  const { alone, wordless, older } = grouped;
  const answeredNow = input.unanswered.length - open.length;
  return { proposals, others, answeredNow, alone, wordless, older, measuredOn: recent.events.length };
}

async function unansweredNow(
  events: readonly InboundEvent[],
  set: CompiledSet,
  count: () => void,
): Promise<readonly InboundEvent[]> {
  const open: InboundEvent[] = [];
  for (const event of events) {
    if ((await answererOf(event, set)) === null) open.push(event);
    count();
  }
  return open;
}

async function recentWith(
  set: CompiledSet,
  events: readonly InboundEvent[],
  count: () => void,
): Promise<Recent> {
  const answerers: (string | null)[] = [];
  for (const event of events) {
    answerers.push(await answererOf(event, set));
    count();
  }
  return { events, answerers };
}

/** True if the messages are recent enough to measure effects on them. */
export function isMeasured({ at }: InboundEvent, now: Instant): boolean {
  return at >= now - MEASURED_FOR;
}

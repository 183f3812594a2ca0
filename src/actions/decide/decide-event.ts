import { type Decision, NO_TRACE, type Trace } from '../../domain/decision.js';
import type { InboundEvent } from '../../domain/event.js';
import type { Facts } from '../../domain/facts.js';
import { decide, type DecideOptions } from '../../engine/decide.js';
import type { CompiledSet } from '../../engine/rule-set.js';
import { fold } from '../../engine/text/normalise.js';
import { words } from '../../engine/text/words.js';
import { silence, type Subject } from '../decision/decision.js';
import { needsLanguage } from '../compose/phrase.js';
import { type Claim, claimOf, interrupted, withEnd } from '../funnel/claim.js';
import { continueRun } from '../funnel/continue.js';
import type { DecisionSettings } from '../decision/settings.js';
import { guardMatches } from './guard-matches.js';
import { confirmOptOut, optOutOf } from './opt-out.js';
import { notOurs } from './own-message.js';
import { planMatches } from './plan.js';
import { matchesOf, noMatch, toDecision } from './verdict.js';

/** An event on its way through the stages of the decision. */
interface Deciding extends Subject {
  readonly settings: DecisionSettings & DecideOptions;
}

/**
 * Decides one event. The order of the stages is defined here and nowhere else: own message -> opt-out ->
 * waiting funnel -> rules -> guards -> plan -> decision.
 * Each stage is a pure function that returns a value; none sends, stores or calls back. The same arguments
 * always give the same decision.
 */
export async function decideEvent(
  event: InboundEvent,
  facts: Facts,
  set: CompiledSet,
  settings: DecisionSettings & DecideOptions,
): Promise<Decision> {
  if (needsLanguage(set, settings)) await set.languages.prepare(true);
  const foreign = notOurs(event, facts);
  if (foreign) return silence(foreign.reason, foreign.note, bare(event));

  const deciding = { event, facts, set, settings };
  switch (optOutOf(event, facts, settings.optOut)) {
    case 'stop':
      return confirmOptOut(deciding, bare(event));
    case 'start':
      return { ...(await reply({ ...deciding, facts: { ...facts, optedOutAt: null } })), optOut: 'start' };
    case null:
      return await reply(deciding);
  }
}

/** The trace before any rule ran: only the text and its words. */
function bare({ text: written }: InboundEvent): Trace {
  const text = fold(written);
  return { ...NO_TRACE, text, words: words(text) };
}

/**
 * The funnel run that waits for the contact comes first; the rules decide every message that the run does not
 * claim.
 */
async function reply(deciding: Deciding): Promise<Decision> {
  const { event, facts, set } = deciding;
  const claim = facts.run === null ? null : await claimOf(event, facts, set);
  if (claim === null) return await byRules(deciding);
  const decision = await byFunnel(claim, deciding);
  return deciding.settings.mode === 'shadow' ? untouched(decision) : decision;
}

async function byFunnel(claim: Claim, deciding: Deciding): Promise<Decision> {
  if (claim.is === 'mine') return continueRun(claim, deciding, bare(deciding.event));
  const decision = await byRules(deciding);
  if (claim.is === 'ends') return withEnd(decision, claim.end);
  return interrupted(claim, decision) ?? continueRun(claim, deciding, bare(deciding.event));
}

async function byRules(deciding: Deciding): Promise<Decision> {
  const { event, facts, set, settings } = deciding;
  const verdict = await decide(event, facts, set, settings);
  const matches = matchesOf(verdict);
  if (matches.length === 0) return noMatch(verdict);
  const guarded = guardMatches(matches, deciding);
  const plan = await planMatches(guarded.allowed, deciding);
  return toDecision({ verdict, guarded, plan, subject: deciding });
}

/**
 * In shadow mode no funnel run changes. A decision with reason `shadow` is recorded without being applied
 * anyway.
 */
function untouched(decision: Decision): Decision {
  if (decision.reason === 'shadow') return decision;
  const { effects: _effects, runs: _runs, ...rest } = decision;
  return rest;
}

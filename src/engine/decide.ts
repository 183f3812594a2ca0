import type { FailedCondition, RuleTrace, Trace } from '../domain/decision.js';
import { type InboundEvent, postOf } from '../domain/event.js';
import type { Facts, PastReply } from '../domain/facts.js';
import { LIMITS } from '../domain/limits.js';
import type { OncePer, Rule } from '../domain/rule.js';
import { formatDuration, type Instant } from '../domain/time.js';
import { type FactValues, valueOf } from './evaluate.js';
import { engineFacts } from './facts.js';
import type { CompiledSet } from './rule-set.js';
import type { KeywordHit } from './text/keywords.js';
import { MessageText } from './text/text.js';
import { words } from './text/words.js';
import { createDoubts, type Doubt } from './doubts.js';
import { firstFailed } from './trace.js';

/** A rule that applies to the event, with what matched. */
export interface Match {
  readonly rule: Rule;
  /** The keyword that matched, as written in the rule; null if the rule requires no keyword. */
  readonly keyword: string | null;
  /** Named groups of a regex keyword. */
  readonly groups: Readonly<Record<string, string>>;
}

/** Result of the rules for an event, before guards and templates. */
export interface Verdict {
  /** The rules that act, in rank order: one rule, or several that `continue`. */
  readonly acting: readonly Match[];
  /** Rules in shadow mode that would have acted. */
  readonly shadowing: readonly Match[];
  /** The first rule that applied but is in cooldown for this contact. */
  readonly cooling: { readonly rule: string; readonly note: string } | null;
  /**
   * The rule whose examples the event resembles, but less than its `certainty` requires. All other conditions
   * of the rule hold.
   */
  readonly doubt: Doubt | null;
  readonly trace: Omit<Trace, 'guards'>;
}

export interface DecideOptions {
  /** True to evaluate also the rules after the one that ends the search, for `explain`. */
  readonly everyRule?: boolean;
  /** True to trace also the rules that the index excludes, if the rules are few. The decision is the same. */
  readonly everyRuleOfFew?: boolean;
}

/**
 * Evaluates the rules in order until one acts. A rule in cooldown does not act, so the search continues; a
 * rule in shadow mode never ends it. Pure: the same event, facts and rules always give the same verdict.
 * Only the candidates from the index are evaluated. They include every rule that applies, so the first one
 * that acts is the first of all. `everyRule` evaluates every rule and verifies this: it throws if a rule
 * applies that the index excluded.
 */
export async function decide(
  event: InboundEvent,
  facts: Facts,
  set: CompiledSet,
  options: DecideOptions = {},
): Promise<Verdict> {
  if (set.languages.isUsed) await set.languages.prepare();
  const text = new MessageText(event.text);
  let made: FactValues | null = null;
  const values = (): FactValues => (made ??= engineFacts(event, facts, text, set));
  const candidates = set.index.candidates(event, text, (fact, params) => valueOf(values(), fact, params));
  const everyRule = options.everyRule === true;
  const isAll = everyRule || (options.everyRuleOfFew === true && set.rules.length <= LIMITS.fewRules);
  if (candidates.length === 0 && !isAll) return nothing(text, set);
  return evaluate({ event, facts, text, set, values: values(), candidates, everyRule, isAll });
}

interface Asked {
  readonly event: InboundEvent;
  readonly facts: Facts;
  readonly text: MessageText;
  readonly set: CompiledSet;
  readonly values: FactValues;
  readonly candidates: readonly number[];
  readonly everyRule: boolean;
  /** True to trace also the rules that the index excludes. */
  readonly isAll: boolean;
}

/** Names all properties: spread and rest copies took a fifth of the time of a decision (V8 of Node 20). */
async function evaluate(asked: Asked): Promise<Verdict> {
  const { event, facts, text, set, values, candidates, everyRule, isAll } = asked;
  const doubts = createDoubts(() => set.meanings.read(event, text));
  const search = createSearch(event, facts, set, everyRule);
  const known = set.host.know(values);
  let considered = set.rules.length;

  for (const { place, compiled, isCandidate } of evaluated(set, candidates, isAll)) {
    const { program, description, hit } = compiled.parts();
    const { matched, tree } = await program(known);
    if (!matched) {
      search.failed(compiled.rule, () => firstFailed(description, tree));
      if (isCandidate || everyRule) doubts.note(compiled.rule, description, tree);
      continue;
    }
    if (!isCandidate) {
      if (everyRule) throw new Error(`the index ruled out ${compiled.rule.id}, which applies`);
      continue;
    }
    if (!search.applies(compiled.rule, hit(text), doubts.likeness(compiled.rule)) && !everyRule) {
      considered = place + 1;
      break;
    }
  }
  const folded = text.folded();
  const found = search.end();
  const { acting, shadowing, cooling, rules } = found;
  const trace = { text: folded, words: words(folded), rules, rulesOmitted: considered - rules.length };
  const { doubt, meaning } = doubts.end(found, everyRule);
  return { acting, shadowing, cooling, doubt, trace: meaning === null ? trace : { ...trace, meaning } };
}

/** The verdict if no rule may apply: usual in a large set. */
function nothing(text: MessageText, { rules }: CompiledSet): Verdict {
  const folded = text.folded();
  const trace = { text: folded, words: words(folded), rules: [], rulesOmitted: rules.length };
  return { acting: [], shadowing: [], cooling: null, doubt: null, trace };
}

/** The rules to evaluate, in order: the candidates of the index, or all. */
function* evaluated({ rules }: CompiledSet, candidates: readonly number[], isAll: boolean) {
  for (const place of isAll ? rules.keys() : candidates) {
    const compiled = rules[place];
    if (compiled) yield { place, compiled, isCandidate: !isAll || candidates.includes(place) };
  }
}

interface Search {
  readonly failed: (rule: Rule, why: () => FailedCondition | null) => void;
  /** Records a rule that applies. Returns false when the search is over. */
  readonly applies: (rule: Rule, hit: KeywordHit | null, likeness: string | null) => boolean;
  readonly end: () => Omit<Verdict, 'trace' | 'doubt'> & { readonly rules: readonly RuleTrace[] };
}

/** Records the outcome of each evaluated rule, in order. */
function createSearch(event: InboundEvent, facts: Facts, set: CompiledSet, everyRule: boolean): Search {
  const acting: Match[] = [];
  const shadowing: Match[] = [];
  const rules: RuleTrace[] = [];
  const mostFailed = everyRule ? Infinity : LIMITS.tracedRules;
  let cooling: Verdict['cooling'] = null;
  let failures = 0;
  let isOver = false;
  /** A rule with keywords and examples is evaluated twice. */
  const hasActed = ({ id }: Rule): boolean => acting.some((each) => each.rule.id === id);

  return {
    failed(rule, why) {
      failures += 1;
      if (failures <= mostFailed) rules.push(trace(rule, 'failed_condition', { failed: why() }));
    },
    applies(rule, hit, likeness) {
      const match = { rule, keyword: hit?.keyword ?? null, groups: hit?.groups ?? {} };
      const { keyword } = match;
      const note = coolingNote(rule, event, facts, set);
      if (isOver || hasActed(rule)) {
        const why = isOver ? 'applies, but an earlier rule acted' : 'acted by its keywords already';
        rules.push(trace(rule, 'not_reached', { keyword, note: why }));
      } else if (note !== null) {
        cooling ??= { rule: rule.id, note };
        rules.push(trace(rule, 'cooldown', { keyword, note }));
      } else if (rule.mode === 'shadow') {
        if (!shadowing.some((each) => each.rule.id === rule.id)) shadowing.push(match);
        rules.push(trace(rule, 'would_act_shadow', { keyword, note: likeness }));
      } else {
        acting.push(match);
        rules.push(trace(rule, 'acts', { keyword, note: likeness }));
        isOver = !rule.continue;
      }
      return !isOver;
    },
    end: () => ({ acting, shadowing, cooling, rules }),
  };
}

function trace(rule: Rule, outcome: RuleTrace['outcome'], more: Partial<RuleTrace>): RuleTrace {
  return { rule: rule.id, outcome, failed: null, keyword: null, note: null, ...more };
}

/** Describes the cooldown of the rule for this contact; null if it may reply. */
function coolingNote(
  rule: Rule,
  event: InboundEvent,
  { replies, now }: Facts,
  set: CompiledSet,
): string | null {
  const once = rule.oncePer;
  // Comments without an author may be from different people, so no cooldown applies.
  if (!once || event.contact.id === '') return null;
  const counts = (answer: PastReply): boolean =>
    isShared(answer.rule, rule, set) &&
    isInScope(answer, once, event) &&
    (!answer.isShadow || rule.mode === 'shadow');
  let latest = -Infinity;
  for (const answer of replies) if (counts(answer)) latest = Math.max(latest, answer.at);
  if (latest + once.time <= now || latest === -Infinity) return null;
  const ago = formatDuration(Math.max(0, now - latest));
  if (once.scope === 'closing')
    return sameClosing(once, latest, now, set)
      ? `replied ${ago} ago; at most once per closing of ${once.calendar ?? ''}`
      : null;
  const limit = once.time === Infinity ? 'ever' : `in ${formatDuration(once.time)}`;
  return `replied ${ago} ago; at most once ${limit} per ${once.scope === 'post' ? 'contact and post' : once.scope}`;
}

/** True if a reply of the other rule counts for this one: its own, or that of a rule with the same handle. */
function isShared(other: string, { id, oncePer }: Rule, { written }: CompiledSet): boolean {
  if (other === id) return true;
  const handle = oncePer?.handle;
  return handle !== undefined && written.find((rule) => rule.id === other)?.oncePer?.handle === handle;
}

/** True if the calendar has not opened or closed since then. */
function sameClosing(
  { calendar = '' }: OncePer,
  then: Instant,
  now: Instant,
  { hours }: CompiledSet,
): boolean {
  const { state, nextClose, nextOpen } = hours(calendar, then) ?? {};
  return ((state === 'open' ? nextClose : nextOpen) ?? Infinity) > now;
}

function isInScope(answer: PastReply, once: OncePer, event: InboundEvent): boolean {
  switch (once.scope) {
    case 'contact':
    case 'closing':
      return true;
    case 'conversation':
      return answer.conversationId === event.conversationId;
    case 'post':
      return answer.postId === postOf(event);
  }
}

import type { RuleTrace, Trace } from '../domain/decision.js';
import type { InboundEvent } from '../domain/event.js';
import type { Facts, PastAnswer } from '../domain/facts.js';
import { LIMITS } from '../domain/limits.js';
import type { OncePer, Rule } from '../domain/rule.js';
import { formatDuration } from '../domain/time.js';
import type { CompiledRule } from './compile.js';
import { engineFacts } from './facts.js';
import type { CompiledSet } from './rule-set.js';
import { MessageText } from './text/text.js';
import { words } from './text/words.js';
import { firstFailed } from './trace.js';

/** A rule that applies to the event, with what matched. */
export interface Match {
  readonly rule: Rule;
  /** As the rule writes it; null when the rule names no keyword that must occur. */
  readonly keyword: string | null;
  /** Named groups of a regex keyword. */
  readonly groups: Readonly<Record<string, string>>;
}

/** What the rules say about an event, before guards and templates have their say. */
export interface Verdict {
  /** In rank order: one rule, or several that `continue`. */
  readonly acting: readonly Match[];
  /** Rules in shadow mode that would have acted. */
  readonly shadowing: readonly Match[];
  /** The first rule that applied but answered this contact too short a while ago. */
  readonly cooling: { readonly rule: string; readonly note: string } | null;
  readonly trace: Omit<Trace, 'guards'>;
}

export interface DecideOptions {
  /** Evaluate also the rules behind the one that ends the search, for `explain`. */
  readonly everyRule?: boolean;
}

/**
 * Asks the rules, in their total order, until one acts. A rule that is cooling down does not act, so the search goes
 * on; a rule in shadow mode never ends it. Pure: the same event, facts and rules give the same verdict at any time.
 */
export async function decide(
  event: InboundEvent,
  facts: Facts,
  set: CompiledSet,
  options: DecideOptions = {},
): Promise<Verdict> {
  const text = new MessageText(event.text);
  const known = set.host.know(engineFacts(event, facts, text, set));
  const acting: Match[] = [];
  const shadowing: Match[] = [];
  const traces: RuleTrace[] = [];
  let cooling: Verdict['cooling'] = null;
  let searching = true;
  const tracedMost = options.everyRule === true ? Infinity : LIMITS.tracedRules;
  let failed = 0;

  for (const compiled of set.rules) {
    if (!searching && options.everyRule !== true) break;
    const { rule } = compiled;
    const { matched, tree } = await compiled.program(known);
    if (!matched) {
      failed += 1;
      if (failed <= tracedMost) {
        traces.push(trace(rule, 'failed_condition', { failed: firstFailed(compiled.description, tree) }));
      }
      continue;
    }
    const match = toMatch(compiled, text);
    const note = coolingNote(rule, event, facts);
    if (!searching) {
      traces.push(
        trace(rule, 'not_reached', { keyword: match.keyword, note: 'applies, but an earlier rule acted' }),
      );
    } else if (note !== null) {
      cooling ??= { rule: rule.id, note };
      traces.push(trace(rule, 'cooldown', { keyword: match.keyword, note }));
    } else if (rule.mode === 'shadow') {
      shadowing.push(match);
      traces.push(trace(rule, 'would_act_shadow', { keyword: match.keyword }));
    } else {
      acting.push(match);
      traces.push(trace(rule, 'acts', { keyword: match.keyword }));
      searching = rule.continue;
    }
  }
  const folded = text.folded();
  const rulesOmitted = Math.max(0, failed - tracedMost);
  return {
    acting,
    shadowing,
    cooling,
    trace: { text: folded, words: words(folded), rules: traces, rulesOmitted },
  };
}

function toMatch({ rule, hit }: CompiledRule, text: MessageText): Match {
  const found = hit(text);
  return { rule, keyword: found?.keyword ?? null, groups: found?.groups ?? {} };
}

function trace(rule: Rule, outcome: RuleTrace['outcome'], more: Partial<RuleTrace>): RuleTrace {
  return { rule: rule.id, outcome, failed: null, keyword: null, note: null, ...more };
}

/** Says since when the rule cools down for this contact, or null when it may answer. */
function coolingNote(rule: Rule, event: InboundEvent, { answers, now }: Facts): string | null {
  const once = rule.oncePer;
  // Comments may come without an author: they are not all one person's.
  if (!once || event.contact.id === '') return null;
  const latest = answers
    .filter((answer) => answer.rule === rule.id && isInScope(answer, once, event))
    .filter((answer) => !answer.isShadow || rule.mode === 'shadow')
    .reduce((newest, answer) => Math.max(newest, answer.at), -Infinity);
  if (latest + once.time <= now || latest === -Infinity) return null;
  const limit = once.time === Infinity ? 'ever' : `in ${formatDuration(once.time)}`;
  const ago = formatDuration(Math.max(0, now - latest));
  return `answered ${ago} ago; at most once ${limit} per ${once.scope === 'post' ? 'contact and post' : once.scope}`;
}

function isInScope(answer: PastAnswer, once: OncePer, event: InboundEvent): boolean {
  switch (once.scope) {
    case 'contact':
      return true;
    case 'conversation':
      return answer.conversationId === event.conversationId;
    case 'post':
      return answer.postId === (event.comment?.postId ?? event.comment?.platformPostId ?? null);
  }
}

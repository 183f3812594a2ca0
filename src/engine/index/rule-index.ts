import { EVENT_KINDS, type InboundEvent, PLATFORMS } from '../../domain/event.js';
import type { Rule } from '../../domain/rule.js';
import { eachInSteps, mapInSteps, type Steps } from '../../domain/steps.js';
import type { KeywordOptions } from '../text/keywords.js';
import type { MessageText } from '../text/text.js';
import { createVisitedSet } from './visited-set.js';
import { createFilters, type IndexFilter, type Mask } from './filter.js';
import { createKeywordIndex, type KeywordIndex, type KeywordKey } from './keyword-index.js';
import { holdsValue } from './values.js';

/** The value of a fact, as seen by the conditions. */
export type FactOf = (fact: string, params: Readonly<Record<string, unknown>>) => unknown;

/**
 * Finds the rules that may apply to an event, as indexes into the list of rules, ascending. Includes every
 * rule that applies, and usually few others. The cost depends on the number of rules that match, not on the
 * number of rules.
 */
export interface RuleIndex {
  readonly candidates: (event: InboundEvent, text: MessageText, factOf: FactOf) => readonly number[];
}

/** Facts contained in the event itself: rules without keywords are grouped by them in advance. */
const STATIC: ReadonlySet<string> = new Set(['kind', 'platform', 'account']);

/** Rules per step: the key of 200 examples takes some tenths of a millisecond. */
const GUARDS = 5;

/** Creates the index; `rules` must be in evaluation order. */
export function* createRuleIndex(rules: readonly Rule[]): Steps<RuleIndex> {
  const guards = yield* mapInSteps(rules, createFilters(), GUARDS);
  const admits = yield* admission(guards);
  const keyed = yield* keyedRules(guards);
  const unkeyed = yield* unkeyedRules(guards, admits.by);
  const met = createVisitedSet(rules.length);

  return {
    candidates(event, text, factOf) {
      met.renew();
      const isAdmitted = admits.by(event);
      const found: number[] = [];
      const meet = (rule: number): void => {
        if (met.mark(rule) && isAdmitted(rule) && admits.now(rule, factOf)) found.push(rule);
      };
      keyed(event, text, meet);
      for (const rule of unkeyed(event)) if (admits.now(rule, factOf)) found.push(rule);
      return found.sort((a, b) => a - b);
    },
  };
}

interface Admission {
  readonly by: (event: InboundEvent) => (rule: number) => boolean;
  readonly now: (rule: number, factOf: FactOf) => boolean;
}

/** Checks a rule's masks: `by` has the masks on facts of the event itself, `now` the masks on other facts. */
function* admission(guards: readonly IndexFilter[]): Steps<Admission> {
  const masksOf = (isStatic: boolean) => {
    const known = new Map<IndexFilter['masks'], readonly Mask[]>();
    return ({ masks }: IndexFilter): readonly Mask[] => {
      const own = known.get(masks) ?? [...masks.values()].filter(({ fact }) => STATIC.has(fact) === isStatic);
      known.set(masks, own);
      return own;
    };
  };
  const fixed = yield* mapInSteps(guards, masksOf(true));
  const changing = yield* mapInSteps(guards, masksOf(false));
  return {
    by({ kind, platform, account }) {
      const values: Readonly<Record<string, unknown>> = { kind, platform, account: account ?? '' };
      return (rule) => (fixed[rule] ?? []).every((mask) => holdsValue(mask.in, values[mask.fact]));
    },
    now: (rule, factOf) =>
      (changing[rule] ?? []).every(({ fact, params, in: values }) =>
        holdsValue(values, factOf(fact, params)),
      ),
  };
}

/** Lists of rules by number, in flat memory: those of a number begin at its start and end at the next one's. */
interface RuleLists {
  readonly starts: Int32Array;
  readonly rules: Int32Array;
}

/** Rules that need a keyword or a post. */
function* keyedRules(
  guards: readonly IndexFilter[],
): Steps<(event: InboundEvent, text: MessageText, meet: (rule: number) => void) => void> {
  const { keywords, posts, lists } = yield* numbered(guards);
  return keyedSearch(posts, lists, yield* createKeywordIndex(keywords));
}

/** A function of its own, so that it keeps nothing in memory that only the building of the index needs. */
function keyedSearch(posts: ReadonlyMap<string, number>, { starts, rules }: RuleLists, index: KeywordIndex) {
  const seen = createVisitedSet(starts.length - 1);
  return (event: InboundEvent, text: MessageText, meet: (rule: number) => void): void => {
    seen.renew();
    const add = (key: number): void => {
      if (!seen.mark(key)) return;
      for (let at = starts[key] ?? 0; at < (starts[key + 1] ?? 0); at += 1) meet(rules[at] ?? -1);
    };
    for (const id of [event.comment?.postId ?? '', event.comment?.platformPostId ?? '']) {
      const post = posts.get(id);
      if (post !== undefined) add(post);
    }
    index(text, { add, has: seen.has });
  };
}

/** Numbers the keys of all rules; equal ones have one number. */
function* numbered(guards: readonly IndexFilter[]): Steps<{
  readonly keywords: readonly KeywordKey[];
  readonly posts: ReadonlyMap<string, number>;
  readonly lists: RuleLists;
}> {
  const keywords: KeywordKey[] = [];
  const posts = new Map<string, number>();
  const numbersFor = createNumbers();
  const counts: number[] = [];
  const uses: number[] = [];
  yield* eachInSteps(guards, ({ keys }) => {
    for (const key of keys ?? []) {
      const [numbers, name] = key.kind === 'post' ? [posts, key.id] : [numbersFor(key.options), key.keyword];
      const number = numbers.get(name) ?? counts.push(0) - 1;
      if (counts[number] === 0) {
        numbers.set(name, number);
        if (key.kind === 'keyword')
          keywords.push({ key: number, keyword: key.keyword, options: key.options });
      }
      counts[number] = (counts[number] ?? 0) + 1;
      uses.push(number);
    }
  });
  const starts = new Int32Array(counts.length + 1);
  for (const [number, count] of counts.entries()) starts[number + 1] = (starts[number] ?? 0) + count;
  const next = starts.slice();
  const rules = new Int32Array(uses.length);
  let use = 0;
  yield* eachInSteps(guards, ({ keys }, rule) => {
    for (const end = use + (keys?.length ?? 0); use < end; use += 1) {
      const number = uses[use] ?? 0;
      rules[next[number] ?? 0] = rule;
      next[number] = (next[number] ?? 0) + 1;
    }
  });
  return { keywords, posts, lists: { starts, rules } };
}

/** Returns the numbers of the keywords with the given options, keyed by keyword. All keywords of a rule have the same. */
function createNumbers(): (options: KeywordOptions) => Map<string, number> {
  const byName = new Map<string, Map<string, number>>();
  let last: KeywordOptions | null = null;
  let numbers = new Map<string, number>();
  return (options) => {
    if (options === last) return numbers;
    const { match, typos, caseSensitive, accents, in: where = 'text', attached = true } = options;
    const name = `${match} ${typos} ${caseSensitive} ${accents} ${where} ${attached}`;
    numbers = byName.get(name) ?? new Map<string, number>();
    byName.set(name, numbers);
    last = options;
    return numbers;
  };
}

/**
 * Rules without a key: all rules of a bucket are candidates, and each costs an evaluation. Buckets are
 * created on demand, one for each kind, platform and account that a rule names; all other accounts share one.
 */
function* unkeyedRules(
  guards: readonly IndexFilter[],
  by: Admission['by'],
): Steps<(event: InboundEvent) => readonly number[]> {
  const rules = withoutKeys(guards);
  const named = new Set<unknown>();
  const seen = new Set<IndexFilter['masks']>();
  yield* eachInSteps(guards, ({ masks }) => {
    if (seen.has(masks)) return;
    seen.add(masks);
    for (const { in: set } of masks.values()) for (const value of set.values) named.add(value);
  });
  return bucketsOf(rules, named, by);
}

function withoutKeys(guards: readonly IndexFilter[]): readonly number[] {
  return [...guards.keys()].filter((rule) => guards[rule]?.keys === null);
}

function bucketsOf(rules: readonly number[], named: ReadonlySet<unknown>, by: Admission['by']) {
  const buckets = new Map<string, readonly number[]>();
  return (event: InboundEvent): readonly number[] => {
    if (rules.length === 0) return rules;
    const { kind, platform } = event;
    const account = event.account !== null && named.has(event.account) ? event.account : '';
    const name = `${EVENT_KINDS.indexOf(kind)} ${PLATFORMS.indexOf(platform)} ${account}`;
    const known = buckets.get(name);
    if (known) return known;
    const bucket = rules.filter(by({ ...event, account }));
    buckets.set(name, bucket);
    return bucket;
  };
}

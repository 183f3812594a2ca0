// The compared engines. Each takes the same rules and messages and returns the positions of all rules that apply,
// except ours and the naive engine, which make the whole decision or run.
import { Almanac, Engine, Rule as LibraryRule } from 'json-rules-engine';
import type { InboundEvent } from '../src/domain/event.js';
import type { Rule } from '../src/domain/rule.js';
import { decide } from '../src/engine/decide.js';
import { createKeywordIndex } from '../src/engine/index/keyword-index.js';
import { createVisitedSet } from '../src/engine/index/visited-set.js';
import { type CompiledSet, compileSet } from '../src/engine/rule-set.js';
import { finish } from '../src/domain/steps.js';
import { compileKeyword, firstHit } from '../src/engine/text/keywords.js';
import { MessageText } from '../src/engine/text/text.js';
import { facts } from '../test/builders.js';
import type { Traffic } from './traffic.js';
import { zenVariant } from './zen.js';

export interface Variant {
  readonly name: string;
  /** The number of rules above which the variant is too slow to measure. */
  readonly mostRules: number;
  /** Compiles the rules; null if the variant does not support them, or is not installed. */
  readonly prepare: (traffic: Traffic) => Promise<((event: number) => unknown) | null>;
}

const KNOWN = facts();

export const OURS = 'autoresponder';
export const NAIVE = 'json-rules-engine, all rules in one engine';
export const SCAN = 'the bare look-up: fold and index';

export const VARIANTS: readonly Variant[] = [
  {
    name: OURS,
    mostRules: Infinity,
    prepare: async ({ rules, events }) => {
      const set = setOf(rules);
      return (n) => decide(at(events, n), KNOWN, set);
    },
  },
  { name: SCAN, mostRules: Infinity, prepare: async ({ rules, events }) => scan(rules, events) },
  {
    name: 'a loop over precompiled tests, scope first',
    mostRules: 100_000,
    prepare: async ({ rules, events }) => loop(rules, events),
  },
  { name: 'GoRules ZEN, a decision table', mostRules: 10_000, prepare: zenVariant },
  { name: NAIVE, mostRules: 10_000, prepare: async ({ rules, events }) => naive(rules, events) },
];

export function setOf(rules: readonly Rule[]): CompiledSet {
  return compileSet(rules, [], () => null);
}

export function at(events: readonly InboundEvent[], n: number): InboundEvent {
  const event = events[n];
  if (!event) throw new Error(`no event ${n}`);
  return event;
}

/** The minimum cost of every decision: the text is normalized and looked up, and nothing is evaluated. */
function scan(rules: readonly Rule[], events: readonly InboundEvent[]): (event: number) => number {
  const keys = rules.flatMap(({ keywords }) =>
    keywords ? keywords.any.map((keyword) => ({ keyword, options: keywords })) : [],
  );
  const index = finish(createKeywordIndex(keys.map((each, key) => ({ ...each, key }))));
  const marks = createVisitedSet(keys.length);
  return (n) => {
    let hits = 0;
    marks.renew();
    const add = (key: number): void => {
      if (marks.mark(key)) hits += 1;
    };
    index(new MessageText(at(events, n).text), { add, has: marks.has });
    return hits;
  };
}

/** A straightforward implementation without an index: sets for the scope, one compiled matcher per keyword. */
function loop(rules: readonly Rule[], events: readonly InboundEvent[]): (event: number) => string | null {
  const compiled = rules.map(({ id, platforms, accounts, keywords }) => ({
    id,
    platforms: new Set<string>(platforms),
    accounts: new Set(accounts),
    matchers: keywords ? keywords.any.map((keyword) => compileKeyword(keyword, keywords)) : [],
  }));
  return (n) => {
    const { text, platform, account } = at(events, n);
    const message = new MessageText(text);
    for (const { id, platforms, accounts, matchers } of compiled) {
      if (platforms.size > 0 && !platforms.has(platform)) continue;
      if (accounts.size > 0 && !accounts.has(account ?? '')) continue;
      if (firstHit(matchers, message) !== null) return id;
    }
    return null;
  };
}

/** The library used as in its manual, with the text normalized once and without lists in the conditions. */
function naive(rules: readonly Rule[], events: readonly InboundEvent[]): (event: number) => Promise<unknown> {
  const matchers = rules.map(({ keywords }) =>
    keywords ? keywords.any.map((keyword) => compileKeyword(keyword, keywords)) : [],
  );
  const engine = new Engine();
  engine.addOperator(
    'says',
    (text: MessageText, place: number) => firstHit(matchers[place] ?? [], text) !== null,
  );
  for (const [place, { id, platforms, accounts }] of rules.entries()) {
    engine.addRule(
      new LibraryRule({
        name: id,
        conditions: {
          all: [
            ...(platforms.length > 0 ? [{ fact: 'platform', operator: 'in', value: platforms }] : []),
            ...(accounts.length > 0 ? [{ fact: 'account', operator: 'in', value: accounts }] : []),
            { fact: 'text', operator: 'says', value: place },
          ],
        },
        event: { type: 'acts' },
      }),
    );
  }
  return (n) => {
    const { text, platform, account } = at(events, n);
    const almanac = new Almanac();
    almanac.addFact('text', new MessageText(text) as never, { cache: false });
    almanac.addFact('platform', platform, { cache: false });
    almanac.addFact('account', account ?? '', { cache: false });
    return engine.run({}, { almanac });
  };
}

import type { Calendar } from '../domain/calendar.js';
import type { Rule } from '../domain/rule.js';
import { hasExamples, splitByExamples } from '../domain/rule-order.js';
import type { Instant } from '../domain/time.js';
import type { HolidayLookup } from './calendar/holidays.js';
import { type Hours, hoursAt } from './calendar/hours.js';
import { type CompiledRule, compileRules } from './compile.js';
import type { Host } from './evaluate.js';
import { createMeanings, type Meanings, type SentModels } from './meaning/scopes.js';
import { type IndexBase, indexAfter } from './index/layers.js';
import type { RuleIndex } from './index/rule-index.js';
import { packModel } from './meaning/transfer.js';
import { train } from './meaning/train.js';
import { createLanguages, type Languages, namesLanguages } from './language/languages.js';
import { filterInSteps, finish, type Steps } from '../domain/steps.js';

/** Compiled rules with the calendars that they use. Immutable; replaced as a whole. */
export interface CompiledSet {
  /**
   * Rules in evaluation order: priority, then file name, then position in the file, and examples behind
   * keywords. A rule with both is two.
   */
  readonly rules: readonly CompiledRule[];
  /** The enabled rules as written, each once. */
  readonly written: readonly Rule[];
  readonly host: Host;
  /** Index of the rules; returns indexes into `rules`. */
  readonly index: RuleIndex;
  /** The index that the one of a changed set builds on. */
  readonly base: IndexBase;
  /** The examples of the rules. */
  readonly meanings: Meanings;
  /** The languages that the rules name. */
  readonly languages: Languages;
  readonly calendars: ReadonlyMap<string, Calendar>;
  readonly hours: HoursLookup;
}

/** Opening hours of a calendar at a time; undefined for an unknown calendar. */
export type HoursLookup = (calendar: string, at: Instant) => Hours | undefined;

/** Compiles `rules`, given in evaluation order; disabled rules are left out. */
export function compileSet(
  rules: readonly Rule[],
  calendars: readonly Calendar[],
  holidays: HolidayLookup,
): CompiledSet {
  return finish(compile(rules, calendars, { holidays }));
}

export interface CompileParts {
  readonly holidays: HolidayLookup;
  /** Models that another thread trained. @default trained when needed */
  readonly sent?: SentModels;
  /** A set that has most of the rules, as the same objects: then only the others are indexed. @default none */
  readonly before?: CompiledSet | undefined;
}

/**
 * Like `compileSet`, but in steps, and trains the models of the examples in advance, unless another thread sent
 * them: ten thousand rules take half a second, and so do a few hundred examples.
 */
export function* compileSetInSteps(
  rules: readonly Rule[],
  calendars: readonly Calendar[],
  parts: CompileParts,
): Steps<CompiledSet> {
  const set = yield* compile(rules, calendars, parts);
  yield* set.meanings.prepare(parts.sent);
  return set;
}

/** Trains the models of rules, to be sent to the thread that compiles the rules. */
export function trainToSend(rules: readonly Rule[]): readonly ReturnType<typeof packModel>[] {
  const { corpora } = createMeanings(finish(splitByExamples(rules.filter((rule) => rule.enabled))));
  const byHash = new Map(corpora().map((corpus) => [corpus.hash, corpus]));
  return [...byHash].map(([hash, corpus]) => packModel(hash, finish(train(corpus))));
}

function* compile(
  rules: readonly Rule[],
  calendars: readonly Calendar[],
  { holidays, before }: CompileParts,
): Steps<CompiledSet> {
  const written = yield* filterInSteps(rules, (rule) => rule.enabled);
  const enabled = yield* splitByExamples(written);
  const { compiled, host } = yield* compileRules(enabled);
  const byName = new Map(calendars.map((each) => [each.name, each]));
  const { index, base } = yield* indexAfter(enabled, before?.base);
  yield;
  const languages = createLanguages(yield* filterInSteps(written, namesLanguages));
  yield;
  const meanings = createMeanings(yield* filterInSteps(enabled, hasExamples));
  yield;
  return {
    rules: compiled,
    written,
    host,
    index,
    base,
    meanings,
    languages,
    calendars: byName,
    hours: hoursLookup(byName, holidays),
  };
}

/**
 * Cached opening hours: a lookup takes about 75 microseconds, and hours change a few times a day. An entry is
 * valid from its time until the next opening or closing time.
 */
function hoursLookup(calendars: ReadonlyMap<string, Calendar>, holidays: HolidayLookup): HoursLookup {
  const kept = new Map<string, { readonly from: Instant; readonly until: Instant; readonly hours: Hours }>();
  return (name, at) => {
    const last = kept.get(name);
    if (last && at >= last.from && at < last.until) return last.hours;
    const calendar = calendars.get(name);
    if (!calendar) return undefined;
    const hours = hoursAt(calendar, at, holidays);
    // Without a next change the end of validity is unknown, so nothing is cached.
    const changes = [hours.nextOpen, hours.nextClose].filter((change) => change !== null);
    const until = changes.length === 0 ? at : Math.min(...changes);
    kept.set(name, { from: at, until, hours });
    return hours;
  };
}

import { type Language, UNKNOWN_LANGUAGE as UNKNOWN } from '../../domain/meaning.js';
import type { Step } from '../../domain/funnel.js';
import type { LanguageChoice, ReplySpec } from '../../domain/reply.js';
import type { Condition, Rule } from '../../domain/rule.js';
import { type Detector, loadDetector } from './detector.js';
import { type Evidence, guessLanguage } from './guess.js';

/** Texts with a language each, and the language in doubt. */
interface ByLanguage {
  readonly languages?: Readonly<Partial<Record<Language, unknown>>>;
  readonly fallback?: Language;
}

/** The languages of the contacts, for the rules of a set. */
export interface Languages {
  /** True if a rule replies by language or asks for it: then decisions need the earlier texts of the contact. */
  readonly isUsed: boolean;
  /**
   * Loads the detector if a rule uses it, or else if `isNeeded`: for texts of the configuration. Before that every language
   * is unclear.
   */
  prepare(isNeeded?: boolean): Promise<void>;
  /** The language of the contact among all that the rules name; `unknown` in doubt. Value of the fact `language`. */
  factOf(evidence: Evidence): string;
  /** The language of a reply that has several. */
  choose(texts: ByLanguage, evidence: Evidence): LanguageChoice | null;
}

/** The languages that rules name; `more` are those of other texts. */
export function createLanguages(rules: readonly Rule[], more: readonly string[] = []): Languages {
  const named = [...new Set([...rules.filter(namesLanguages).flatMap(namedBy), ...more])].sort();
  let detect: Detector | null = null;
  const guess = <L extends string>(evidence: Evidence, offered: readonly L[]) =>
    detect === null ? null : guessLanguage(evidence, offered, detect);

  return {
    isUsed: named.length > 0,
    prepare: async (isNeeded = false) => {
      if (named.length > 0 || isNeeded) detect ??= await loadDetector();
    },
    factOf: (evidence) => guess(evidence, named)?.language ?? UNKNOWN,
    choose({ languages, fallback }, evidence) {
      if (languages === undefined || fallback === undefined) return null;
      const found = guess(evidence, Object.keys(languages) as Language[]);
      if (found === null) return { language: fallback, why: 'the default' };
      const { language, why } = found;
      return language === null ? { language: fallback, why: `the default: ${why}` } : { language, why };
    },
  };
}

/** False for a rule that names no language: most rules of a large set, and listing nothing for each takes long. */
export function namesLanguages({ actions, funnel, when }: Rule): boolean {
  return funnel !== null || when !== null || actions.some(({ reply }) => reply.languages !== undefined);
}

function namedBy({ actions, funnel, when }: Rule): readonly string[] {
  const steps = [...(funnel?.steps ?? []), ...(funnel?.otherwise ?? [])];
  const replies = [...actions.map(({ reply }) => reply), ...steps.flatMap(repliesOf)];
  const conditions = [when, ...steps.map((step) => (step.type === 'if' ? step.when : null))];
  return [
    ...replies.flatMap(({ languages = {} }) => Object.keys(languages)),
    ...conditions.flatMap((each) => (each === null ? [] : askedBy(each))),
  ];
}

function repliesOf(step: Step): readonly Pick<ReplySpec, 'languages'>[] {
  if (step.type === 'reply') return [step.reply];
  if (step.type !== 'ask') return [];
  const { question, retryIn, reminders = [] } = step.ask;
  return [
    ...(question === null ? [] : [question]),
    ...(retryIn === undefined ? [] : [retryIn]),
    ...reminders.map(({ reply }) => reply),
  ];
}

/** The languages that a condition compares with. */
function askedBy(condition: Condition): readonly string[] {
  if ('all' in condition) return condition.all.flatMap(askedBy);
  if ('any' in condition) return condition.any.flatMap(askedBy);
  if ('not' in condition) return askedBy(condition.not);
  return condition.fact === 'language'
    ? [condition.value]
        .flat()
        .map(String)
        .filter((each) => each !== UNKNOWN)
    : [];
}

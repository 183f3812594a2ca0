import { languageOf } from '../meaning/languages.js';
import { fold } from '../text/normalise.js';
import { withoutLinks } from '../text/links.js';
import { words } from '../text/words.js';

/** Likelihoods of languages by ISO 639-1 code, 0 to about 1; languages that are not likely are absent. */
export type Scores = ReadonlyMap<string, number>;

/** Scores the languages of a text. The same text always has the same scores. */
export type Detector = (text: string) => Scores;

let loaded: Promise<Detector> | null = null;

/**
 * Loads the language detector once: its table takes some 200 ms of CPU and 85 MB, so only rules that ask for the language
 * load it. Smallest of the four tables of eld; docs/rules.md has the measurement.
 */
export function loadDetector(): Promise<Detector> {
  loaded ??= import('eld/extrasmall').then(
    ({ eld }) =>
      (text: string) =>
        scoresOf(text, eld.detect),
  );
  return loaded;
}

/** Added for a text in which the frequent words of one language are the most: n-grams of two words say little. */
const FREQUENT_WORDS = 0.1;
/** Score before that bonus of a language that the n-grams do not name. */
const UNNAMED = 0.5;
/** A text of fewer Latin letters is in no language: ok, xl. */
const FEWEST_LETTERS = 3;
/** The start of a longer text is enough. */
const LONGEST = 500;

function scoresOf(
  text: string,
  detect: (text: string) => { getScores: () => Record<string, number> },
): Scores {
  const said = withoutLinks(text.slice(0, LONGEST))
    .replace(/[^\p{L}\p{M}\s']/gu, ' ')
    .trim();
  const letters = said.match(/\p{L}/gu)?.length ?? 0;
  if (letters === 0 || (letters < FEWEST_LETTERS && /^[\p{Script=Latin}\s']*$/u.test(said))) return new Map();
  const scores = new Map(Object.entries(detect(said).getScores()));
  const folded = fold(said);
  const frequent = languageOf(folded, words(folded));
  if (frequent !== null) scores.set(frequent, (scores.get(frequent) ?? UNNAMED) + FREQUENT_WORDS);
  return scores;
}

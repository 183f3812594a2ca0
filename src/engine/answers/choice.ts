import { compileKeyword, type KeywordHit } from '../text/keywords.js';
import { fold } from '../text/normalise.js';
import { MessageText } from '../text/text.js';
import { hasWord } from '../text/words.js';
import { asciiDigits } from './signs.js';

/** Tolerates a typo in a choice, as for a keyword of four letters or more. */
const CHOICE = { match: 'word', typos: 1, caseSensitive: false, accents: false } as const;
/**
 * `2`, `2)`, `#2`, `no. 2`, `2 please`, `option 2`, `the 2nd`. A number with more than two words after it is
 * not a position.
 */
const PLACE =
  /^(?:\p{L}+ ){0,2}(?:\p{L}{1,12}[.:°]? ?)?[#(]?(?<number>\d{1,3})(?:st|nd|rd|th|er|ère|e|º|ª|°|番|号|번|个|個|つ目)?[).:!,]*(?: \p{L}+[.!,]?){0,2}$/u;
/** Words allowed before the number, so that "none of the 2" does not count. */
const LEADING =
  /^(?:the|o|el|la|le|die|der|das|il|option|opción|opcion|opção|opzione|choice|number|nummer|numero|número|numéro|no|nr|n|variante|antwort|answer|variant|вариант|номер|خيار|رقم|विकल्प|seçenek|pilihan|nomor|번호|第)[.:°]?$/u;

/**
 * The choice that a text names. First match wins: the choice itself; a choice contained in the text, an exact
 * one before one with a typo, and of several the one that contains all others; the only choice that contains
 * all words of the text; a position in the list.
 */
export function choiceIn(text: string, choices: readonly string[]): string | null {
  const said = fold(text);
  return exact(said, choices) ?? named(text, choices) ?? byPart(said, choices);
}

/** The number that a text consists of, apart from the usual words around it; null if the text says more. */
export function placeIn(folded: string): number | null {
  const said = asciiDigits(folded);
  const number = PLACE.exec(said)?.groups?.['number'];
  if (number === undefined) return null;
  const before = said.slice(0, said.indexOf(number)).replace(/[#(]/gu, '').trim();
  return before === '' || before.split(' ').every((word) => LEADING.test(word)) ? Number(number) : null;
}

/** The choices that contain the text at word borders. */
export function holding(said: string, choices: readonly string[]): readonly string[] {
  return choices.filter((choice) => hasWord(fold(choice), said));
}

function exact(said: string, choices: readonly string[]): string | null {
  const whole = choices.find((choice) => fold(choice) === said);
  if (whole !== undefined) return whole;
  const bare = bared(said);
  const alike = bare === '' ? [] : choices.filter((choice) => bared(fold(choice)) === bare);
  return alike.length === 1 ? (alike[0] ?? null) : null;
}

/** Keeps letters and digits only: `"plan a".` becomes `plan a`. */
function bared(folded: string): string {
  return folded.replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ').trim();
}

function named(text: string, choices: readonly string[]): string | null {
  const said = new MessageText(text);
  const hits = choices.flatMap((choice) => {
    const hit: KeywordHit | null = compileKeyword(choice, CHOICE)(said);
    return hit === null ? [] : [{ choice, typos: hit.typos ?? 0 }];
  });
  const fewest = Math.min(...hits.map(({ typos }) => typos));
  const best = hits.flatMap(({ choice, typos }) => (typos === fewest ? [choice] : []));
  const [longest, ...others] = best.sort((a, b) => b.length - a.length);
  if (longest === undefined) return null;
  const whole = fold(longest);
  return others.every((other) => whole.includes(fold(other))) ? longest : null;
}

function byPart(said: string, choices: readonly string[]): string | null {
  const place = placeIn(said);
  const part = place === null ? bared(said) : String(place);
  if (part === '') return null;
  const held = holding(part, choices);
  if (held.length > 0) return held.length === 1 ? (held[0] ?? null) : null;
  return place === null ? null : (choices[place - 1] ?? null);
}

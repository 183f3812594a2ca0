import { compileKeyword, type KeywordHit } from '../text/keywords.js';
import { fold } from '../text/normalise.js';
import { MessageText } from '../text/text.js';
import { hasWord } from '../text/words.js';
import { asciiDigits } from './signs.js';

/** A slip in a choice is forgiven, as in a keyword of four letters or more. */
const CHOICE = { match: 'word', typos: 1, caseSensitive: false, accents: false } as const;
/** `2`, `2)`, `#2`, `no. 2`, `2 please`, `option 2`, `the 2nd`. More words than two behind it say something else. */
const PLACE =
  /^(?:\p{L}+ ){0,2}(?:\p{L}{1,12}[.:°]? ?)?[#(]?(?<number>\d{1,3})(?:st|nd|rd|th|er|ère|e|º|ª|°|番|号|번|个|個|つ目)?[).:!,]*(?: \p{L}+[.!,]?){0,2}$/u;
/** Without a digit: what a place has to say, so that "none of the 2" is none. */
const LEADING =
  /^(?:the|o|el|la|le|die|der|das|il|option|opción|opcion|opção|opzione|choice|number|nummer|numero|número|numéro|no|nr|n|variante|antwort|answer|variant|вариант|номер|خيار|رقم|विकल्प|seçenek|pilihan|nomor|번호|第)[.:°]?$/u;

/**
 * The choice that a text names: the one that it is; or one that it has in it, without a slip before one with, and of
 * several the one that has all others in it; or the only one that has all its words; or its number in the list.
 */
export function choiceIn(text: string, choices: readonly string[]): string | null {
  const said = fold(text);
  return exact(said, choices) ?? named(text, choices) ?? byPart(said, choices);
}

/** The number that a text consists of, with what people write around one; null if there is more to it. */
export function placeIn(folded: string): number | null {
  const said = asciiDigits(folded);
  const number = PLACE.exec(said)?.groups?.['number'];
  if (number === undefined) return null;
  const before = said.slice(0, said.indexOf(number)).replace(/[#(]/gu, '').trim();
  return before === '' || before.split(' ').every((word) => LEADING.test(word)) ? Number(number) : null;
}

/** The choices that have a text in them, at the borders of words. */
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

/** Letters and digits alone: `"plan a".` is Plan A. */
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

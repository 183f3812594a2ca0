// What a contact wrote, read as the answer to a question.
import type { Expected } from '../domain/funnel.js';
import { compileKeyword } from './text/keywords.js';
import { compileRegex } from './text/regex.js';
import { MessageText } from './text/text.js';

const EMAIL = pattern(
  String.raw`(?P<answer>[\p{L}\p{N}][\p{L}\p{N}._%+'-]*@(?:[\p{L}\p{N}-]+\.)+\p{L}[\p{L}-]+)`,
);
const PHONE = pattern(String.raw`(?P<answer>\+?[\d(][\d\s().\-/]{5,}\d)`);
const NUMBER = pattern(String.raw`(?P<answer>[-+]?\d+(?:[.,]\d+)*)`);
/** E.164 has 15 digits at most; the shortest numbers with an area code have 7. */
const PHONE_DIGITS = { least: 7, most: 15 };
/** RFC 5321, 4.5.3.1.3: a path of 256 with its brackets. */
const LONGEST_EMAIL = 254;
const LONGEST_ANSWER = 1_000;
/** A slip in a choice is forgiven, as in a keyword of four letters or more. */
const CHOICE = { match: 'word', typos: 1, caseSensitive: false, accents: false } as const;

/** The answer that a text gives, as it is saved; null when it gives none. Linear in the text, whatever it is. */
export function answerIn(text: string, expected: Expected): string | null {
  const plain = text.normalize('NFKC').replace(/\p{Cf}/gu, '');
  switch (expected.kind) {
    case 'email': {
      const address = EMAIL(plain);
      return address !== null && address.length <= LONGEST_EMAIL ? address : null;
    }
    case 'phone':
      return phoneIn(asciiDigits(plain));
    case 'number':
      return NUMBER(asciiDigits(plain));
    case 'choice':
      return choiceIn(text, expected.choices);
    case 'regex':
      return found(text, expected.pattern);
    case 'any':
      return text.trim() === '' ? null : cut(text.trim());
  }
}

function phoneIn(text: string): string | null {
  const written = PHONE(text);
  if (written === null) return null;
  const digits = written.replace(/\D/gu, '');
  if (digits.length < PHONE_DIGITS.least || digits.length > PHONE_DIGITS.most) return null;
  return written.startsWith('+') ? `+${digits}` : digits;
}

/** One choice that is named; of several that are named, the one that has all others in it. Or its number in the list. */
function choiceIn(text: string, choices: readonly string[]): string | null {
  const said = new MessageText(text);
  const named = choices.filter((choice) => compileKeyword(choice, CHOICE)(said) !== null);
  const [longest, ...others] = [...named].sort((a, b) => b.length - a.length);
  if (longest === undefined) return choices[Number(asciiDigits(text.trim()) || NaN) - 1] ?? null;
  const whole = longest.toLowerCase();
  return others.every((other) => whole.includes(other.toLowerCase())) ? longest : null;
}

/** The group `answer`, or else the first that took part, or else the whole text. */
function found(text: string, written: string): string | null {
  const regex = compileRegex(written, { caseSensitive: false });
  const hit = regex.ok ? regex.find(text) : null;
  return hit && cut(hit.groups['answer'] ?? Object.values(hit.groups)[0] ?? text.trim());
}

function pattern(written: string): (text: string) => string | null {
  const regex = compileRegex(written, { caseSensitive: false });
  if (!regex.ok) throw new Error(regex.error);
  return (text) => regex.find(text)?.groups['answer'] ?? null;
}

function cut(answer: string): string {
  return Array.from(answer).slice(0, LONGEST_ANSWER).join('');
}

/** Digits of any script as those of ASCII: each script's ten stand in a row, and the first of them is zero. */
function asciiDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    let zero = code;
    while (code - zero < 9 && /^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
    return String(code - zero);
  });
}

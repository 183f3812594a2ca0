import type { CountryCode, PhoneNumber } from 'libphonenumber-js/min';
import { plainSigns } from './signs.js';

/** E.164 has at most 15 digits; the shortest numbers with an area code have 7. */
const DIGITS = { least: 7, most: 15 };
const DAY = '(?:0?[1-9]|[12]\\d|3[01])';
const MONTH = '(?:0?[1-9]|1[0-2])';
const YEAR = '(?:19|20)\\d{2}';
const CLOCK = '\\d{1,2}(?:[.:h]\\d{2})?';
const OF_THE_CLOCK =
  "(?:uhr|h|am|pm|a\\.m|p\\.m|o'clock|hrs?|hours|heures|horas?|ore|uur|час\\p{L}*|点|時|시)";

/**
 * Texts with digits that are not phone numbers. WARNING: libphonenumber accepts most of these as valid
 * numbers of some country: 27.11.2026 is one of Germany.
 */
const OTHERS: readonly RegExp[] = [
  // Pattern of dates.
  new RegExp(
    `(?<![\\d./-])(?:${DAY}([./-]) ?${MONTH}\\1 ?|${MONTH}([./-]) ?${DAY}\\2 ?)${YEAR}(?!\\d|[./-]\\d)`,
    'gu',
  ),
  new RegExp(`(?<![\\d./-])${YEAR}([./-])${MONTH}\\1${DAY}(?!\\d|[./-]\\d)`, 'gu'),
  new RegExp(`(?<![\\d./-])${DAY}([./-])${MONTH}\\1\\d{2}(?!\\d|[./ -]\\d)`, 'gu'),
  // Pattern of times of day.
  new RegExp(
    `(?<!\\d)${CLOCK} ?(?:-|to|till|until|bis|à|a|до|~) ?${CLOCK} ?${OF_THE_CLOCK}(?![\\p{L}\\d])`,
    'giu',
  ),
  new RegExp(`(?<![\\d:])\\d{1,2}:\\d{2}(?::\\d{2})?(?![\\d:])(?: ?${OF_THE_CLOCK}(?!\\p{L}))?`, 'giu'),
  new RegExp(`(?<![\\d./-])\\d{1,2} ?${OF_THE_CLOCK}(?![\\p{L}\\d])`, 'giu'),
  // Pattern of IP addresses.
  /(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d{1,2})\.){3}(?:25[0-5]|2[0-4]\d|1?\d{1,2})(?![\d.])/gu,
];
/** Maximum length of two numbers with separators; a longer run of digits is a list of something else. */
const LONGEST = 60;
/** Pattern that only occurs in e-mail and web addresses. */
const ADDRESS = /@|:\/\/|www\./iu;
const WHATSAPP = /(?:https?:\/\/)?wa\.me\/\+?(\d{7,15})(?!\d)/giu;
/** A run of digits with the usual separators, not attached to a word, as order numbers are. */
const WRITTEN =
  /(?<![\p{sc=Latin}\d#_])(?:\+ ?)?(?:\d{1,4} ?[-./]? ?)?(?:\(\d{1,5}\) ?[-./]? ?)?\d(?:[ ./-]{0,3}\d)*/gu;

/**
 * The phone number of a text: in E.164 if the country is given or the number starts with + or 00, otherwise
 * its digits as written. Of several, the most certain one, then the first.
 */
export async function phoneIn(text: string, country: string | undefined): Promise<string | null> {
  const found = candidates(text);
  if (found.length === 0) return null;
  // Loading libphonenumber takes 0.1 s and 2.4 MB, so it is imported only when a phone number is expected.
  const { isSupportedCountry, parsePhoneNumberFromString: parse } = await import('libphonenumber-js/min');
  const home = country !== undefined && isSupportedCountry(country) ? country : undefined;
  const read = found.map((written) => readNumber(written, home, parse));
  const best = Math.max(...read.map(({ certainty }) => certainty));
  return read.find(({ certainty }) => certainty === best)?.number ?? null;
}

interface Read {
  readonly number: string | null;
  readonly certainty: number;
}

type Parse = (text: string, country?: CountryCode) => PhoneNumber | undefined;

function readNumber(written: string, home: CountryCode | undefined, parse: Parse): Read {
  const digits = written.replace(/\D/gu, '');
  if (written.startsWith('+')) return readAbroad(written, parse(written));
  if (home !== undefined) return readAtHome(parse(written, home));
  const foreign = digits.startsWith('00') ? parse(`+${digits.slice(2)}`) : undefined;
  if (foreign?.isValid() === true) return { number: foreign.number, certainty: 4 };
  return { number: digits, certainty: digits.startsWith('0') ? 2 : 1 };
}

/**
 * A number unknown to the library may be from a range newer than the library's tables, so its digits are kept
 * as written.
 */
function readAbroad(written: string, known: PhoneNumber | undefined): Read {
  const digits = written.replace('(0)', '').replace(/\D/gu, '');
  const number = known?.isPossible() === true ? known.number : `+${digits}`;
  return { number, certainty: known?.isValid() === true ? 4 : 3 };
}

function readAtHome(known: PhoneNumber | undefined): Read {
  if (known?.isPossible() !== true) return { number: null, certainty: 0 };
  return { number: known.number, certainty: known.isValid() ? 4 : 1 };
}

function candidates(text: string): readonly string[] {
  let plain = plainSigns(text)
    .replace(WHATSAPP, ' +$1 ')
    .replace(/\S+/gu, (word) => (ADDRESS.test(word) ? '\n' : word));
  for (const other of OTHERS) plain = plain.replace(other, '\n');
  const runs = (plain.match(WRITTEN) ?? []).filter(({ length }) => length <= LONGEST);
  return runs.map(firstOfTwo).filter((written) => {
    const digits = written.replace(/\D/gu, '').length;
    return digits >= DIGITS.least && digits <= DIGITS.most;
  });
}

/** True for two numbers in one match, such as `5551234 - 5559876` and `5551234 5559876`. */
function firstOfTwo(written: string): string {
  for (const { index } of written.matchAll(/ ?[/-] |  ?[/-]| /gu)) {
    const before = written.slice(0, index);
    const counts = [before, written.slice(index)].map((part) => part.replace(/\D/gu, '').length);
    const isWide = /^ [/-] /u.test(written.slice(index)) || /(?:^|\D)\d{7,}$/u.test(before);
    if (isWide && counts.every((count) => count >= DIGITS.least)) return before;
  }
  return written;
}

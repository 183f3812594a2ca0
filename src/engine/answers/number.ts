import { asciiDigits, plainSigns } from './signs.js';

const VULGAR = /(\d*)\s?([\u00bc-\u00be\u2150-\u215e\u2189])/gu;
/** A number with everything attached to it, but no number attached to a word, such as COVID-19 and A4. */
const WRITTEN = /(?<![\p{sc=Latin}\p{N}_][-.,']?)[-+]?[.,]?\d(?:[\d.,'/:]|[ -](?=[-\d]))*/u;
/** Words that multiply a number. */
const MULTIPLE = new RegExp(
  '^ ?(?:' +
    ['k', 'thousand', 'tausend', 'tsd', 'mil', 'mille', 'mila', 'mln', 'mio', 'mi', 'milh(?:ão|ões)'].join(
      '|',
    ) +
    '|millio\\p{L}*|million\\p{L}*|millón|millones|bin|milyon|ribu|rb|juta|jt|nghìn|ngàn|triệu|lakh|crore|тыс\\p{L}*|млн' +
    '|ألف|الف|مليون|हज़ार|हजार|लाख|करोड़)(?![\\p{L}\\p{N}])|^ ?[十百千万萬億亿천만억]|^ ?(?:พัน|หมื่น|แสน|ล้าน)',
  'iu',
);

/** Unambiguous number formats: pattern, and the grouping characters to remove. */
const CERTAIN: readonly (readonly [form: RegExp, grouping: RegExp])[] = [
  [/^\d+$/u, /(?!)/u],
  [/^\d{1,3}(?: \d{3})+(?:[.,]\d+)?$/u, / /gu],
  [/^\d{1,3}(?:'\d{3})+(?:[.,]\d+)?$/u, /'/gu],
  [/^\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?$/u, /\./gu],
  [/^\d{1,3}(?:,\d{3}){2,}(?:\.\d+)?$/u, /,/gu],
  [/^\d{1,3}\.\d{3},\d+$/u, /\./gu],
  [/^\d{1,3},\d{3}\.\d+$/u, /,/gu],
  // Indian grouping: 1,00,000.
  [/^\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?$/u, /,/gu],
];

/**
 * The first number of a text as a plain decimal: `1 234,5` is 1234.5. Null if ambiguous: `1.000` means one or
 * a thousand, depending on the country; `2-3` is two numbers, `12:30` a time, and `5k` is not five.
 */
export function numberIn(text: string): string | null {
  const plain = plainSigns(withoutVulgar(text))
    .replaceAll('٬', "'")
    .replaceAll('٫', '.')
    .replaceAll('⁄', '/');
  const found = WRITTEN.exec(plain);
  if (found === null) return null;
  const behind = plain.slice(found.index + found[0].length, found.index + found[0].length + 20);
  if (MULTIPLE.test(behind)) return null;
  const written = found[0].replace(/[.,'/: -]+$/u, '');
  const value = valueOf(written.replace(/^[-+]/u, ''));
  return value !== null && written.startsWith('-') ? `-${value}` : value;
}

function valueOf(written: string): string | null {
  const certain = CERTAIN.find(([form]) => form.test(written));
  if (certain) return written.replace(certain[1], '').replace(',', '.');
  const [, whole = '', digits = ''] = /^(\d*)[.,](\d+)$/u.exec(written) ?? [];
  if (digits === '') return fractionOf(written);
  const isDoubtful = digits.length === 3 && /^[1-9]\d{0,2}$/u.test(whole);
  return isDoubtful ? null : `${whole === '' ? '0' : whole}.${digits}`;
}

/** Parses fractions, only such as `1/2` and `1 1/2`: `2/3` may mean two or three, and `1/12` a date. */
function fractionOf(written: string): string | null {
  const [, whole = '0', above = '', below = ''] = /^(?:(\d+) )?([1-7])\/([248])$/u.exec(written) ?? [];
  return above === '' || above >= below ? null : String(Number(whole) + Number(above) / Number(below));
}

/** Parses `1½` as 1.5; NFKC would turn it into 11⁄2. */
function withoutVulgar(text: string): string {
  return text.replace(VULGAR, (_, whole: string, sign: string) => {
    const [above = '', below = ''] = sign.normalize('NFKC').split('⁄');
    if (below === '') return `${whole}${sign}`;
    return String(Number(asciiDigits(whole) || '0') + Number(above) / Number(below));
  });
}

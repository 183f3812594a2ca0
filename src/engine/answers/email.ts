import { plainSigns } from './signs.js';

/** RFC 5321, 4.5.3.1: 64 octets before the at sign, and a path of 256 including its brackets. */
const LONGEST = { local: 64, label: 63, address: 254 };
/** Characters of the local part: `atext` of RFC 5322, with the letters of RFC 6531. */
const LOCAL = /^[\p{L}\p{M}\p{N}.!#$%&'*+/=?^_`{|}~-]$/u;
const DOMAIN = /^[\p{L}\p{M}\p{N}.-]$/u;
/** Characters that people and chat programs put before an address: *ana@…*, 'ana@…'. */
const DECORATION = /^[.'*`~!?/|=-]+/u;
/** Legal before the at sign, but nearly always the end of other text typed without a space. */
const DOUBTFUL = /[=/?!|^{}`*~]|^[+&#$%]|\.\.|\.$|^$/u;
/** Chinese, Japanese, Thai and Korean are written next to an address without a space. */
const ATTACHED =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}\p{scx=Hangul}]/u;
const LABEL = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?$/u;
const TOP = /^(?:\p{L}[\p{L}\p{M}]+|xn--[a-z0-9-]+)$/iu;

/**
 * The first complete e-mail address of a text. Returns null rather than a part of one, or of two that run
 * together.
 */
export function emailIn(text: string): string | null {
  const plain = plainSigns(text);
  for (let sign = plain.indexOf('@'); sign !== -1; sign = plain.indexOf('@', sign + 1)) {
    const address = addressAt(plain, sign);
    if (address !== null) return address;
  }
  return null;
}

function addressAt(text: string, sign: number): string | null {
  const start = reach(text, sign, -1, LOCAL);
  const end = reach(text, sign, 1, DOMAIN);
  if (text[start - 1] === '@' || text[start - 1] === '"' || runsOn(text, end)) return null;
  const local = localPart(text.slice(start, sign));
  const domain = domainOf(text.slice(sign + 1, end));
  if (local === null || domain === null) return null;
  const address = `${local}@${domain}`;
  return address.length <= LONGEST.address ? address : null;
}

/**
 * The domain is followed by characters of the same word that cannot belong to a domain, so the address is
 * incomplete.
 */
function runsOn(text: string, end: number): boolean {
  return text[end] === '@' || /^_[\p{L}\p{N}]/u.test(text.slice(end, end + 3));
}

function localPart(written: string): string | null {
  const own = /[A-Za-z0-9]$/u.test(written) ? afterLast(written, ATTACHED) : written;
  const local = own.replace(DECORATION, '');
  return DOUBTFUL.test(local) || local.length > LONGEST.local ? null : local;
}

function domainOf(written: string): string | null {
  const own = /^[A-Za-z0-9]/u.test(written) ? beforeFirst(written, ATTACHED) : written;
  const domain = own.replace(/[.-]+$/u, '');
  const labels = domain.split('.');
  const [before, top = ''] = labels.slice(-2);
  if (labels.length < 2 || !TOP.test(top)) return null;
  if (!labels.every((label) => LABEL.test(label) && label.length <= LONGEST.label)) return null;
  // `mail.example.Thanks`: a new sentence after a missing space.
  return labels.length > 2 && /^\p{Lu}\p{Ll}/u.test(top) && /^\p{Ll}+$/u.test(before ?? '') ? null : domain;
}

/** The index after (or of) the last character next to `from` that matches the pattern. */
function reach(text: string, from: number, step: 1 | -1, taken: RegExp): number {
  let at = from + step;
  while (at >= 0 && at < text.length && taken.test(characterAt(text, at))) at += step;
  return step === 1 ? at : at + 1;
}

/** The whole character that the code unit at this index belongs to. */
function characterAt(text: string, at: number): string {
  const unit = text.charCodeAt(at);
  const start = unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at;
  return String.fromCodePoint(text.codePointAt(start) ?? 0);
}

function afterLast(text: string, sign: RegExp): string {
  const all = Array.from(text);
  return all.slice(all.findLastIndex((each) => sign.test(each)) + 1).join('');
}

function beforeFirst(text: string, sign: RegExp): string {
  const all = Array.from(text);
  const first = all.findIndex((each) => sign.test(each));
  return first === -1 ? text : all.slice(0, first).join('');
}

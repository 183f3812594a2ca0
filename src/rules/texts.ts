import type { Path } from '../yaml/source.js';
import { type Language, LANGUAGES } from '../domain/meaning.js';
import type { ReplySpec } from '../domain/reply.js';
import type { Draft } from './draft.js';
import type { TextKind } from './context.js';
import { checkButtons } from './buttons.js';
import { parseDelay, type RawLanguages, type RawReply } from './reply-schema.js';
import { reportMisreadWord } from '../yaml/misread.js';

/** The source that collects findings, and the values that texts are checked against. */
type TextPlace = Pick<Draft, 'source' | 'context'>;

/** Reports problems of a template. */
export function checkText({ source, context }: TextPlace, path: Path, text: string, kind: TextKind): void {
  reportMisreadWord(source, path);
  if (/\\[nt](?![A-Za-z])|\\n(?=[A-Z])/u.test(text)) {
    const message = '`\\n` is sent literally here: it is a new line only in double quotes';
    const fix = 'Write "Line one\\nLine two", or a block with | and a line each.';
    source.report(path, { code: 'literal-escape', message, fix, severity: 'warning' });
  }
  for (const problem of context.checkTemplate(text, { kind, calendars: context.calendars })) {
    source.report(path, { code: 'template', ...problem });
  }
}

/** A reply whose templates were checked. */
export function toReply(draft: TextPlace, path: Path, raw: RawReply, kind: TextKind): ReplySpec {
  if (typeof raw === 'string') {
    checkText(draft, path, raw, kind);
    return { texts: [raw], delay: null };
  }
  const byLanguage = toLanguages(draft, path, raw, kind);
  if ([raw.text, raw.one_of, byLanguage].filter((each) => each !== undefined).length !== 1) {
    const message = 'a reply has exactly one of text, one_of and texts by language';
    draft.source.report(path, { code: 'wrong-value', message, fix: 'Keep one of them.' });
  }
  if (raw.text !== undefined) checkText(draft, [...path, 'text'], raw.text, kind);
  raw.one_of?.forEach((text, index) => checkText(draft, [...path, 'one_of', index], text, kind));
  const texts = raw.one_of ?? (raw.text === undefined ? [] : [raw.text]);
  const delay = raw.delay === undefined ? null : (parseDelay(raw.delay) ?? null);
  const { buttons } = raw;
  if (buttons !== undefined) {
    checkButtons(buttons, [...path, 'buttons'], {
      report: (at, problem) => draft.source.report(at, problem),
      checkText: (at, text) => checkText(draft, at, text, kind),
    });
  }
  const more = { ...(buttons && { buttons }), delay };
  return byLanguage === undefined ? { texts, ...more } : { ...byLanguage, ...more };
}

/** The texts of a reply by language; undefined if it names none. Reports a missing default. */
export function toLanguages(
  draft: TextPlace,
  path: Path,
  raw: RawLanguages,
  kind: TextKind,
): Omit<ReplySpec, 'delay'> | undefined {
  const given = LANGUAGES.flatMap((language): [Language, readonly string[]][] => {
    const text = raw[language];
    if (text === undefined) return [];
    if (typeof text === 'string') checkText(draft, [...path, language], text, kind);
    else
      text.one_of.forEach((each, index) =>
        checkText(draft, [...path, language, 'one_of', index], each, kind),
      );
    return [[language, typeof text === 'string' ? [text] : text.one_of]];
  });
  if (given.length === 0 && raw.default === undefined) return undefined;
  const languages = Object.fromEntries(given) as NonNullable<ReplySpec['languages']>;
  const names = given.map(([language]) => language);
  const fallback = raw.default;
  if (fallback === undefined || !names.includes(fallback)) {
    const message =
      fallback === undefined
        ? 'texts by language need a default, for a contact whose language is not clear'
        : `default: there is no text for "${fallback}"`;
    const lines = (names.length === 0 ? ['en'] : names).map((each) => `default: ${each}`);
    const fix = `Write ${lines.join(', or ')}.`;
    draft.source.report(fallback === undefined ? path : [...path, 'default'], {
      code: 'language',
      message,
      fix,
    });
  }
  return { texts: languages[fallback ?? 'en'] ?? [], languages, ...(fallback && { fallback }) };
}

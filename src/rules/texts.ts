import type { Path } from '../yaml/source.js';
import type { ReplySpec } from '../domain/reply.js';
import type { Draft } from './draft.js';
import type { TextKind } from './context.js';
import { parseDelay, type RawReply } from './reply-schema.js';
import { reportMisreadWord } from '../yaml/misread.js';

/** Reports problems of a template. */
export function checkText({ source, context }: Draft, path: Path, text: string, kind: TextKind): void {
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
export function toReply(draft: Draft, path: Path, raw: RawReply, kind: TextKind): ReplySpec {
  if (typeof raw === 'string') {
    checkText(draft, path, raw, kind);
    return { texts: [raw], delay: null };
  }
  if ((raw.text === undefined) === (raw.one_of === undefined)) {
    const message = 'a reply has either text or one_of';
    draft.source.report(path, { code: 'wrong-value', message, fix: 'Keep one of the two.' });
  }
  if (raw.text !== undefined) checkText(draft, [...path, 'text'], raw.text, kind);
  raw.one_of?.forEach((text, index) => checkText(draft, [...path, 'one_of', index], text, kind));
  const texts = raw.one_of ?? (raw.text === undefined ? [] : [raw.text]);
  return { texts, delay: raw.delay === undefined ? null : (parseDelay(raw.delay) ?? null) };
}

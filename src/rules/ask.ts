import type { Ask, Expected } from '../domain/funnel.js';
import { DAY } from '../domain/time.js';
import type { Path } from '../yaml/source.js';
import { millis } from '../yaml/values.js';
import type { TextKind } from './context.js';
import type { Draft } from './draft.js';
import type { RawAsk } from './step-schema.js';
import { toReminders } from './remind.js';
import { countryOf } from './step-schema.js';
import { checkText, toLanguages, toReply } from './texts.js';

const DEFAULT_WITHIN = DAY;

/** True if the question has a text of its own. */
export function speaks({ text, one_of: several, default: language }: RawAsk): boolean {
  return text !== undefined || several !== undefined || language !== undefined;
}

/** A checked question, without the steps of its cases. */
export function toAsk(draft: Draft, raw: RawAsk, path: Path, kind: TextKind): Ask {
  const isAsking = speaks(raw);
  if (!isAsking && raw.delay !== undefined) {
    const message = 'delay: this ask sends no text, so there is nothing to delay';
    const fix = 'Remove it, or add text: "…".';
    draft.source.report([...path, 'delay'], { code: 'funnel', message, fix, at: 'key' });
  }
  const { save = null, within, on_keyword: onKeyword = 'end', on_human: onHuman = 'end' } = raw;
  const limit = within === undefined ? DEFAULT_WITHIN : millis(within);
  return {
    question: isAsking ? toReply(draft, path, raw, kind) : null,
    expect: toExpected(draft, raw, path),
    save,
    ...toTries(draft, raw, path),
    within: limit,
    ...toReminders(draft, raw.remind, [...path, 'remind'], { within: limit, kind }),
    onKeyword,
    onHuman,
  };
}

function toTries(draft: Draft, raw: RawAsk, path: Path): Pick<Ask, 'retry' | 'retryIn' | 'tries'> {
  const { retry: again, tries = again === undefined ? 1 : 2 } = raw;
  const report = (key: string, code: string, message: string, fix: string): void =>
    draft.source.report([...path, key], { code, message, fix, at: 'key' });
  if (again === undefined && tries > 1) {
    const message = 'ask: without retry the contact does not learn that the answer was invalid';
    report('tries', 'funnel', message, 'Add retry: "…".');
  }
  if (again !== undefined && tries === 1) {
    const message = 'retry: with tries: 1 there is no second try, so this text is never sent';
    report('retry', 'unreachable-step', message, 'Write tries: 2.');
  }
  return { ...toRetry(draft, again, [...path, 'retry']), tries };
}

function toRetry(draft: Draft, raw: RawAsk['retry'], path: Path): Pick<Ask, 'retry' | 'retryIn'> {
  if (raw === undefined) return { retry: null };
  if (typeof raw === 'string') {
    checkText(draft, path, raw, 'message');
    return { retry: raw };
  }
  const retryIn = toLanguages(draft, path, raw, 'message');
  if (retryIn !== undefined) return { retry: retryIn.texts[0] ?? null, retryIn };
  draft.source.report(path, { code: 'language', message: 'retry: it has no text', fix: 'Write retry: "…".' });
  return { retry: null };
}

function toExpected(draft: Draft, { expect, country }: RawAsk, path: Path): Expected {
  if (expect === 'phone')
    return { kind: expect, ...(country ? { country: countryOf(country) ?? country } : {}) };
  if (country !== undefined) {
    const message = 'country: only applies to expect: phone';
    const fix = 'Remove it, or write expect: phone.';
    draft.source.report([...path, 'country'], { code: 'funnel', message, fix, at: 'key' });
  }
  return typeof expect === 'string' ? { kind: expect } : inBlock(draft, expect, [...path, 'expect']);
}

function inBlock(
  { source, context }: Draft,
  { choice, regex, meaning }: Exclude<RawAsk['expect'], string>,
  path: Path,
): Expected {
  if ([choice, regex, meaning].filter((each) => each !== undefined).length !== 1) {
    const message = 'expect: a block has exactly one of choice, regex and meaning';
    source.report(path, { code: 'wrong-value', message, fix: 'Write { choice: [small, large] }.' });
  }
  if (choice !== undefined) return { kind: 'choice', choices: choice };
  if (meaning !== undefined) return { kind: 'meaning', rules: meaning };
  const options = { match: 'regex', typos: 0, caseSensitive: false, accents: true } as const;
  const problem = regex === undefined ? null : context.checkKeyword(regex, options);
  if (problem !== null)
    source.report([...path, 'regex'], { code: 'bad-keyword', message: `regex: ${problem}` });
  return { kind: 'regex', pattern: regex ?? '' };
}

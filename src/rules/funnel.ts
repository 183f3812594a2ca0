import type { Ask, Expected, Funnel, Step } from '../domain/funnel.js';
import { DAY } from '../domain/time.js';
import type { Path } from '../yaml/source.js';
import { millis } from '../yaml/values.js';
import type { TextKind } from './context.js';
import type { Draft } from './draft.js';
import { toEffects } from './effects.js';
import type { RawAsk, RawStep } from './step-schema.js';
import { countryOf } from './step-schema.js';
import { checkText, toLanguages, toReply } from './texts.js';

const DEFAULT_WITHIN = DAY;

/** The funnel of a rule; null if it has none. Reports steps that can never run. */
export function toFunnel(draft: Draft): Funnel | null {
  const { raw, pathOf, source } = draft;
  if (raw.then === undefined) {
    if (raw.otherwise !== undefined && draft.isWhole) {
      const message = `otherwise: the rule "${raw.id}" asks no question, so otherwise can never run`;
      const fix = 'Add then: with an ask, or remove otherwise.';
      source.report(pathOf('otherwise'), { code: 'funnel', message, fix, at: 'key' });
    }
    return null;
  }
  checkFirstMessage(draft);
  const steps = toSteps(draft, raw.then);
  const last = raw.otherwise === undefined ? [] : [raw.otherwise].flat();
  const otherwise = last.flatMap((step, index) => {
    const path = Array.isArray(raw.otherwise) ? [...pathOf('otherwise'), index] : pathOf('otherwise');
    return toOthers(draft, step, path, 'neither');
  });
  if (raw.otherwise !== undefined && !steps.some(({ type }) => type === 'ask')) {
    const message = 'otherwise: no step asks a question, so this can never run';
    const fix = 'Add an ask to then, or remove otherwise.';
    source.report(pathOf('otherwise'), { code: 'unreachable-step', message, fix, at: 'key' });
  }
  return { steps, otherwise };
}

/** Commenting opens no conversation: only the private reply can reach the author. */
function checkFirstMessage({ source, on, raw, pathOf, isWhole }: Draft): void {
  const first = on === 'comment' ? 'private_reply' : 'reply';
  if (raw[first] !== undefined || !isWhole) return;
  const message =
    on === 'comment'
      ? `then: the first message of "${raw.id}" is not a private reply, and nothing else reaches the author of a comment`
      : `then: "${raw.id}" has no reply for the steps to follow`;
  source.report(pathOf('then'), { code: 'funnel', message, fix: `Add ${first}: "…".`, at: 'key' });
}

/** State while the steps are checked in order: which texts can still be sent. */
interface Progress {
  /**
   * True if a text was sent since the previous question was answered, so that the contact has something to
   * answer.
   */
  hasSpoken: boolean;
  hasAsked: boolean;
  /** The step (pause or handoff) after which nothing more is sent. */
  silencedBy: string | null;
}

function toSteps(draft: Draft, raw: readonly RawStep[]): readonly Step[] {
  const progress: Progress = { hasSpoken: true, hasAsked: false, silencedBy: null };
  return raw.flatMap((step, index) => {
    const path = [...draft.pathOf('then'), index];
    const keys = Object.entries(step).flatMap(([key, value]) => (value === undefined ? [] : [key]));
    if (keys.length !== 1) {
      const message = `then: a step needs exactly one of ask, reply, tag, untag, set, webhook, pause and handoff`;
      draft.source.report(path, { code: 'funnel', message, fix: 'Split it into one step per key, in order.' });
    }
    return toStep(draft, step, path, progress);
  });
}

function toStep(draft: Draft, step: RawStep, path: Path, progress: Progress): readonly Step[] {
  const kind = progress.hasAsked ? 'message' : draft.on;
  const says = step.reply !== undefined || (step.ask !== undefined && speaks(step.ask));
  checkReach(draft, { step, path, says }, progress);
  if (says) progress.hasSpoken = true;
  if (step.pause !== undefined) progress.silencedBy = 'pause';
  if (step.handoff !== undefined) progress.silencedBy = 'handoff';
  if (step.ask === undefined) return toOthers(draft, step, path, kind);
  if (!progress.hasSpoken) {
    const message = 'ask: no text was sent since the previous answer, so the contact does not know the question';
    const fix = 'Add text: "…".';
    draft.source.report([...path, 'ask'], { code: 'funnel', message, fix, at: 'key' });
  }
  progress.hasSpoken = false;
  progress.hasAsked = true;
  return [{ type: 'ask', ask: toAsk(draft, step.ask, [...path, 'ask'], kind) }];
}

/** Reports a step that can never run. */
function checkReach(
  { source, on }: Draft,
  { step, path, says }: { readonly step: RawStep; readonly path: Path; readonly says: boolean },
  { silencedBy, hasAsked }: Progress,
): void {
  if ((says || step.ask !== undefined) && silencedBy !== null) {
    const message = `then: this step is never reached, because the step ${silencedBy} before it silences the program`;
    source.report(path, { code: 'unreachable-step', message, fix: `Move ${silencedBy} behind it.` });
  }
  if (says && on === 'comment' && !hasAsked) {
    const message =
      'then: this message can never be sent: the author of the comment has to answer the private reply first';
    const fix = 'Put an ask without a text before it: it waits for their answer.';
    source.report(path, { code: 'outside-window', message, fix });
  }
}

function toOthers(draft: Draft, step: Omit<RawStep, 'ask'>, path: Path, kind: TextKind): readonly Step[] {
  const at = (key: string): Path => [...path, key];
  return [
    ...(step.reply === undefined
      ? []
      : [{ type: 'reply' as const, reply: toReply(draft, at('reply'), step.reply, kind) }]),
    ...toEffects(draft, step, at, kind),
  ];
}

/** True if the question has a text of its own. */
function speaks({ text, one_of: several, default: language }: RawAsk): boolean {
  return text !== undefined || several !== undefined || language !== undefined;
}

function toAsk(draft: Draft, raw: RawAsk, path: Path, kind: TextKind): Ask {
  const isAsking = speaks(raw);
  if (!isAsking && raw.delay !== undefined) {
    const message = 'delay: this ask sends no text, so there is nothing to delay';
    const fix = 'Remove it, or add text: "…".';
    draft.source.report([...path, 'delay'], { code: 'funnel', message, fix, at: 'key' });
  }
  const { save = null, within, on_keyword: onKeyword = 'end', on_human: onHuman = 'end' } = raw;
  return {
    question: isAsking ? toReply(draft, path, raw, kind) : null,
    expect: toExpected(draft, raw, path),
    save,
    ...toTries(draft, raw, path),
    within: within === undefined ? DEFAULT_WITHIN : millis(within),
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
  if (expect === 'phone') return { kind: expect, ...(country ? { country: countryOf(country) ?? country } : {}) };
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

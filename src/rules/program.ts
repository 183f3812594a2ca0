import {
  type AskCases,
  END_OF_FUNNEL,
  type Expected,
  type Funnel,
  type Step,
  type StepPath,
} from '../domain/funnel.js';
import type { Path } from '../yaml/source.js';
import { unknownName } from '../yaml/issues.js';
import { speaks, toAsk } from './ask.js';
import { checkCondition } from './conditions.js';
import type { TextKind } from './context.js';
import type { Draft } from './draft.js';
import { toEffects } from './effects.js';
import { afterAny, checkReach, type Progress } from './progress.js';
import type { RawAsk, RawIf, RawStep } from './step-schema.js';
import type { CodeStep, FetchStep } from '../domain/work.js';
import { type RawSplit, readSplit } from './split.js';
import { toReply } from './texts.js';
import { toWait } from './wait.js';
import type { RawWait } from './wait-schema.js';
import { toCode, toFetch } from './work.js';
import type { RawCode, RawFetch } from './work-schema.js';

const MOST_LEVELS = 10;
/** Maximum number of steps of a funnel, all branches together. */
const MOST_IN_ALL = 500;

/** Name of the case for every answer without steps of its own. */
const OTHER_CASE = 'else';

/** The list of steps under construction. */
interface Emitter {
  readonly draft: Draft;
  readonly steps: Step[];
  readonly paths: StepPath[];
  /** Names of the splits so far. */
  readonly splits: Set<string>;
}

interface Branch {
  readonly steps: readonly RawStep[];
  readonly path: Path;
}

/**
 * Compiles the nested steps of `then` into one list, in which branches are jumps to later positions. A funnel
 * without branches compiles to its steps as written.
 */
export function toProgram(
  draft: Draft,
  written: readonly RawStep[],
): { readonly steps: readonly Step[]; readonly paths: Pick<Funnel, 'paths'> } {
  const emitter: Emitter = { draft, steps: [], paths: [], splits: new Set() };
  const progress: Progress = { hasSpoken: true, asked: 'no', hasWaited: false, silencedBy: null };
  emitList(emitter, { steps: written, path: draft.pathOf('then') }, progress);
  const { steps, paths } = emitter;
  if (steps.length > MOST_IN_ALL) {
    const message = `then: ${steps.length} steps, and ${MOST_IN_ALL} is the maximum, all branches together`;
    const fix = 'Make several rules of it.';
    draft.source.report(draft.pathOf('then'), { code: 'funnel', message, fix, at: 'key' });
  }
  const isStraight = paths.every((path, index) => path.length === 1 && path[0] === index);
  return { steps, paths: isStraight ? {} : { paths } };
}

function emitList(emitter: Emitter, { steps, path }: Branch, progress: Progress): void {
  const { draft } = emitter;
  if (path.length - draft.pathOf('then').length > 3 * MOST_LEVELS) {
    const message = `then: steps are nested more than ${MOST_LEVELS} deep`;
    draft.source.report(path, { code: 'funnel', message, fix: 'Make two rules of it.' });
    return;
  }
  for (const [index, step] of steps.entries()) emitStep(emitter, step, [...path, index], progress);
}

function emitStep(emitter: Emitter, step: RawStep, path: Path, progress: Progress): void {
  const { draft } = emitter;
  const keys = Object.values(step).filter((value) => value !== undefined);
  if (keys.length !== 1) {
    const message =
      'then: a step needs exactly one of ask, reply, if, split, wait, code, fetch, tag, untag, set, webhook, pause and handoff';
    draft.source.report(path, { code: 'funnel', message, fix: 'Split it into one step per key, in order.' });
  }
  const kind = kindOfTexts(draft, progress);
  const says = step.reply !== undefined || (step.ask !== undefined && speaks(step.ask));
  checkReach(draft, { step, path, says }, progress);
  if (says) progress.hasSpoken = true;
  if (step.pause !== undefined) progress.silencedBy = 'pause';
  if (step.handoff !== undefined) progress.silencedBy = 'handoff';
  if (emitNested(emitter, step, path, progress)) return;
  for (const each of inOrder(draft, step, path, kind)) emit(emitter, each, path);
}

/** Adds a step that contains others, or waits. Returns false for any other step. */
function emitNested(emitter: Emitter, step: RawStep, path: Path, progress: Progress): boolean {
  const at = (key: keyof RawStep): Path => [...path, key];
  if (step.ask !== undefined) emitAsk(emitter, step.ask, at('ask'), progress);
  else if (step.split !== undefined) emitSplit(emitter, step.split, at('split'), progress);
  else if (step.wait !== undefined) emitWait(emitter, step.wait, path, progress);
  else if (step.code !== undefined) emitCode(emitter, step.code, at('code'), progress);
  else if (step.fetch !== undefined) emitFetch(emitter, step.fetch, at('fetch'), progress);
  else if (step.if !== undefined) emitIf(emitter, step.if, at('if'), progress);
  else return false;
  return true;
}

/** Adds a step and returns its position. */
function emit({ draft, steps, paths }: Emitter, step: Step, path: Path): number {
  paths.push(path.slice(draft.pathOf('then').length) as StepPath);
  return steps.push(step) - 1;
}

/** The event that texts are about: the comment until the contact has answered, then a message. */
function kindOfTexts({ on }: Draft, { asked, hasWaited }: Progress): TextKind {
  // After a wait no event is being decided.
  if (asked === 'no' && hasWaited && on === 'comment') return 'neither';
  if (asked === 'maybe') return on === 'message' ? on : 'neither';
  return asked === 'yes' ? 'message' : on;
}

function emitWait(emitter: Emitter, raw: RawWait, path: Path, progress: Progress): void {
  progress.hasWaited = true;
  emit(emitter, toWait(emitter.draft, raw, [...path, 'wait']), path);
}

function emitAsk(emitter: Emitter, raw: RawAsk, path: Path, progress: Progress): void {
  const { draft } = emitter;
  const kind = kindOfTexts(draft, progress);
  if (!progress.hasSpoken) {
    const message =
      'ask: no text was sent since the previous answer, so the contact does not know the question';
    const fix = 'Add text: "…".';
    draft.source.report(path, { code: 'funnel', message, fix, at: 'key' });
  }
  progress.hasSpoken = false;
  progress.asked = 'yes';
  const ask = toAsk(draft, raw, path, kind);
  const at = emit(emitter, { type: 'ask', ask }, path.slice(0, -1));
  const cases = Object.entries(raw.cases ?? {});
  if (cases.length === 0) return;
  checkCases(draft, ask.expect, raw, path);
  const branches = cases.map(([name, steps]) => ({ steps, path: [...path, 'cases', name] }));
  const isWhole = raw.cases?.[OTHER_CASE] !== undefined;
  const { starts, end } = emitBranches(emitter, branches, { progress, isWhole });
  const named = cases.map(([name], index) => [name, starts[index] ?? end] as const);
  const of = Object.fromEntries(named.filter(([name]) => name !== OTHER_CASE));
  const other = named.find(([name]) => name === OTHER_CASE)?.[1] ?? null;
  const whole: AskCases = { of, other, end };
  emitter.steps[at] = { type: 'ask', ask: { ...ask, cases: whole } };
}

/** Reports cases that no answer can have. */
function checkCases({ source }: Draft, expect: Expected, raw: RawAsk, path: Path): void {
  const answers = answersOf(expect);
  const report = (at: Path, message: string, fix: string): void =>
    source.report(at, { code: 'unreachable-step', message, fix, at: 'key' });
  if (answers === null) {
    const message = 'cases: only the answers of choice and meaning are known in advance';
    report([...path, 'cases'], message, 'Write expect: { choice: [ … ] }, or use if with the fact field.');
    return;
  }
  for (const name of Object.keys(raw.cases ?? {})) {
    if (name === OTHER_CASE || answers.includes(name)) continue;
    const at = [...path, 'cases', name];
    source.report(at, {
      ...unknownName(`cases: "${name}"`, name, answers),
      code: 'unreachable-step',
      at: 'key',
    });
  }
}

function answersOf(expect: Expected): readonly string[] | null {
  if (expect.kind === 'choice') return expect.choices;
  return expect.kind === 'meaning' ? expect.rules : null;
}

function emitIf(emitter: Emitter, raw: RawIf, path: Path, progress: Progress): void {
  const { source, context } = emitter.draft;
  const when = checkCondition(raw.when, { source, context, path: [...path, 'when'] });
  // An invalid condition is already reported, and its rule is not used.
  const condition = when ?? { all: [] };
  const at = emit(emitter, { type: 'if', when: condition, else: 0 }, path.slice(0, -1));
  const branches = [
    { steps: raw.then, path: [...path, 'then'] },
    ...(raw.else === undefined ? [] : [{ steps: raw.else, path: [...path, 'else'] }]),
  ];
  const { starts, end } = emitBranches(emitter, branches, { progress, isWhole: raw.else !== undefined });
  emitter.steps[at] = { type: 'if', when: condition, else: starts[1] ?? end };
}

/** The contacts held out take no further step, so they concern nothing behind it. */
function emitSplit(emitter: Emitter, raw: RawSplit<RawStep>, path: Path, progress: Progress): void {
  const { name, branches, holdOut } = readSplit(emitter.draft.source, raw, path, emitter.splits);
  const at = emit(emitter, { type: 'split', name, branches: [], holdOut }, path.slice(0, -1));
  const { starts, end } = emitBranches(emitter, branches, { progress, isWhole: branches.length > 0 });
  const placed = branches.map((branch, index) => ({
    ...{ name: branch.name, weight: branch.weight },
    to: starts[index] ?? end,
  }));
  emitter.steps[at] = { type: 'split', name, branches: placed, holdOut };
}

function emitCode(emitter: Emitter, raw: RawCode<RawStep>, path: Path, progress: Progress): void {
  emitWork(
    emitter,
    toCode(emitter.draft, raw, path),
    { steps: raw.empty, path: [...path, 'empty'] },
    progress,
  );
}

function emitFetch(emitter: Emitter, raw: RawFetch<RawStep>, path: Path, progress: Progress): void {
  const step = toFetch(emitter.draft, raw, path, kindOfTexts(emitter.draft, progress));
  emitWork(emitter, step, { steps: raw.on_error, path: [...path, 'on_error'] }, progress);
}

/** The steps after a failure take the place of all further ones, which may need what was not had. */
function emitWork(
  emitter: Emitter,
  step: Omit<CodeStep, 'next' | 'otherwise'> | Omit<FetchStep, 'next' | 'otherwise'>,
  { steps: fallback, path }: { readonly steps: readonly RawStep[] | undefined; readonly path: Path },
  progress: Progress,
): void {
  progress.hasWaited = true;
  const at = emit(emitter, { ...step, next: 0, otherwise: null }, path.slice(0, -2));
  const otherwise = fallback === undefined ? null : emitter.steps.length;
  if (fallback !== undefined) {
    emitList(emitter, { steps: fallback, path }, { ...progress });
    emit(emitter, { type: 'goto', to: END_OF_FUNNEL }, path);
  }
  emitter.steps[at] = { ...step, next: emitter.steps.length, otherwise };
}

/**
 * Adds branches one after another, each with a jump to the end. Returns where each starts. `isWhole` is true if
 * one of them is always taken.
 */
function emitBranches(
  emitter: Emitter,
  branches: readonly Branch[],
  { progress, isWhole }: { readonly progress: Progress; readonly isWhole: boolean },
): { readonly starts: readonly number[]; readonly end: number } {
  const jumps: number[] = [];
  const ends: Progress[] = isWhole ? [] : [{ ...progress }];
  const starts = branches.map((branch, index) => {
    const start = emitter.steps.length;
    const own = { ...progress };
    emitList(emitter, branch, own);
    ends.push(own);
    if (index < branches.length - 1) jumps.push(emit(emitter, { type: 'goto', to: 0 }, branch.path));
    return start;
  });
  const end = emitter.steps.length;
  for (const at of jumps) emitter.steps[at] = { type: 'goto', to: end };
  Object.assign(progress, afterAny(ends));
  return { starts, end };
}

/** The steps without branches of one block: its message, and its effects in their order. */
export function inOrder(
  draft: Draft,
  step: Omit<RawStep, 'ask' | 'if' | 'split' | 'wait' | 'code' | 'fetch'>,
  path: Path,
  kind: TextKind,
): readonly Step[] {
  const at = (key: string): Path => [...path, key];
  return [
    ...(step.reply === undefined
      ? []
      : [{ type: 'reply' as const, reply: toReply(draft, at('reply'), step.reply, kind) }]),
    ...toEffects(draft, step, at, kind),
  ];
}

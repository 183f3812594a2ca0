import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { rehearse } from '../actions/rehearse.js';
import type { Decision } from '../domain/decision.js';
import { EVENT_KINDS, PLATFORMS } from '../domain/event.js';
import { createHistory } from '../engine/history.js';
import { Exit } from './exit.js';
import { count, print, printJson, say } from './output.js';
import { type CommonOptions, projectOf } from './project.js';

export interface ReplayOptions extends CommonOptions {
  readonly input: string;
}

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined);
const lineSchema = z.object({
  id: z
    .union([z.string(), z.number()])
    .nullish()
    .transform((id) => (id === undefined || id === null ? undefined : String(id))),
  kind: z
    .enum(EVENT_KINDS, { error: `it is one of: ${EVENT_KINDS.join(', ')}` })
    .nullish()
    .transform((kind) => kind ?? undefined),
  platform: z
    .enum(PLATFORMS, { error: `it is one of: ${PLATFORMS.join(', ')}` })
    .nullish()
    .transform((platform) => platform ?? undefined),
  account: text,
  text: z.string({ error: 'what the contact wrote is missing, a text' }),
  at: z.iso
    .datetime({ offset: true, local: true, error: 'write a time such as 2026-11-24T10:00:00+01:00' })
    .nullish(),
  contact: z
    .object({ id: text, name: text, username: text })
    .nullish()
    .transform((contact) => contact ?? undefined),
  post: text,
  is_reply: z
    .boolean()
    .nullish()
    .transform((isReply) => isReply ?? undefined),
});

/** How often the progress is shown on a terminal, in events. */
const PROGRESS_EVERY = 2_000;

/** `replay --input`: decides over the events of a file, a JSON line each, as one history in the file's order. */
export async function replay(options: ReplayOptions): Promise<void> {
  const { config, set } = await projectOf(options);
  const parts = { config, set, history: createHistory() };
  const tallies = { reasons: new Map<string, number>(), rules: new Map<string, number>() };
  const name = options.input === '-' ? 'stdin' : options.input;
  let line = 0;
  // A line without a time happens when the one before did; the first, now.
  let at = Date.now();

  for await (const raw of linesOf(options.input)) {
    line += 1;
    if (raw.trim() === '') continue;
    const input = parseLine(raw, line, name);
    at = input.at ?? at;
    const { event, decision } = await rehearse({ ...input, at }, line, parts).catch((error: unknown) => {
      throw error instanceof RangeError ? new Exit(1, `${name}:${line}: ${error.message}`) : error;
    });
    tally(tallies.reasons, decision.reason);
    for (const rule of new Set(decision.actions.map((action) => action.rule))) tally(tallies.rules, rule);
    if (options.json) printJson(toLine(input.id ?? event.sourceId, decision));
    showProgress(line);
  }
  if (!options.json) summary(tallies.reasons, tallies.rules);
}

function showProgress(line: number): void {
  if (process.stderr.isTTY && line % PROGRESS_EVERY === 0) process.stderr.write(`\r${line} events\r`);
}

function toLine(id: string, { rule, reason, actions }: Decision) {
  return { id, rule, actions: actions.map(({ type, text: body }) => ({ type, text: body })), reason };
}

function tally(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function summary(reasons: ReadonlyMap<string, number>, rules: ReadonlyMap<string, number>): void {
  const rows = (counts: ReadonlyMap<string, number>) =>
    [...counts].sort((a, b) => b[1] - a[1]).map(([name, n]) => `  ${String(n).padStart(7)}  ${name}`);
  const total = [...reasons.values()].reduce((sum, n) => sum + n, 0);
  if (total === 0) say('no events: the input is empty');
  print(
    [`${count(total, 'event')} by reason`, ...rows(reasons), 'answers by rule', ...rows(rules)].join('\n'),
  );
}

function parseLine(raw: string, line: number, file: string) {
  let json: unknown;
  try {
    json = JSON.parse(raw);
  } catch {
    throw new Exit(
      1,
      `${file}:${line}: this line is no JSON; each line is one object such as {"text": "how much?"}`,
    );
  }
  const parsed = lineSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const key = issue?.path.join('.') ?? '';
    const problem = issue?.message ?? 'not understood';
    throw new Exit(
      1,
      `${file}:${line}: ${key === '' ? 'this line is no object such as {"text": "how much?"}' : `${key}: ${problem}`}`,
    );
  }
  const { at, is_reply: isReply, ...rest } = parsed.data;
  return { ...rest, isReply, at: at === undefined || at === null ? undefined : Date.parse(at) };
}

async function* linesOf(input: string): AsyncIterable<string> {
  if (input === '-') {
    yield* createInterface({ input: process.stdin, crlfDelay: Infinity });
    return;
  }
  const file = await open(input).catch((error: unknown) => {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw isMissing ? new Exit(1, `${input}: there is no such file`) : error;
  });
  yield* file.readLines();
}

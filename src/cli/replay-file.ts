import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { Config } from '../domain/config.js';
import { hypothetical } from '../rehearsal/rehearse.js';
import { Exit } from './exit.js';
import type { Instant } from '../domain/time.js';
import type { ReplayedEvent } from './replayed-event.js';
import { type Line, lineOf, lineSchema, usualLine } from './replay-line.js';

/**
 * The events of a file, one JSON object per line. A line without a time has the time of the previous line;
 * the first one happens now.
 */
export async function* eventsOfFile(input: string, config: Config): AsyncGenerator<Iterable<ReplayedEvent>> {
  const name = input === '-' ? 'stdin' : input;
  let line = 0;
  let at = Date.now();
  function* eventsIn(lines: readonly string[]): Generator<ReplayedEvent> {
    for (const raw of lines) {
      line += 1;
      if (raw.trim() === '') continue;
      const parsed = parseLine(raw, { file: name, line }, at);
      at = parsed.at;
      yield toReplayed(parsed, { file: name, line }, config);
    }
  }
  for await (const lines of linesOf(input)) yield eventsIn(lines);
}

interface Place {
  readonly file: string;
  readonly line: number;
}

function toReplayed(parsed: Line, { file, line }: Place, config: Config): ReplayedEvent {
  try {
    const { event, accounts } = hypothetical(parsed, line, config);
    return { id: parsed.id ?? String(line), event, accounts };
  } catch (error) {
    throw error instanceof RangeError ? new Exit(1, `${file}:${line}: ${error.message}`) : error;
  }
}

function parseLine(raw: string, { file, line }: Place, before: Instant): Line {
  let json: unknown;
  try {
    json = JSON.parse(raw);
  } catch {
    throw new Exit(
      1,
      `${file}:${line}: this line is not JSON; fix: write one object on each line, such as {"text": "how much?"}`,
    );
  }
  const usual = usualLine(json, before);
  if (usual) return usual;
  const parsed = lineSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const key = issue?.path.join('.') ?? '';
    const problem = issue?.message ?? 'not understood';
    throw new Exit(
      1,
      `${file}:${line}: ${key === '' ? 'this line is not an object; fix: write one such as {"text": "how much?"}' : `${key}: ${problem}; fix: correct it, as in {"text": "how much?", "at": "2026-11-24T10:00:00+01:00"}`}`,
    );
  }
  return lineOf(parsed.data, before);
}

/** The lines of a file, as many together as are read at once: one by one, reading took as long as parsing. */
async function* linesOf(input: string): AsyncGenerator<readonly string[]> {
  const stream = (await streamOf(input)).setEncoding('utf8');
  let rest = '';
  let half = '';
  for await (const chunk of stream as AsyncIterable<string>) {
    // Only the chunk is searched: a file may be a single line. A carriage return at its end may be half of a line end.
    const lines = `${half}${chunk}`.split(/\r\n|\n|\r(?!$|\n)/u);
    const last = lines.pop() ?? '';
    half = last.endsWith('\r') ? '\r' : '';
    lines.push(last.slice(0, last.length - half.length));
    lines[0] = rest + (lines[0] ?? '');
    rest = lines.pop() ?? '';
    if (lines.length > 0) yield lines;
  }
  yield [rest];
}

async function streamOf(input: string): Promise<Readable> {
  if (input === '-') return process.stdin;
  const file = await open(input).catch((error: unknown) => {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw isMissing
      ? new Exit(
          1,
          `--input is "${input}", which does not exist; fix: name a file with one JSON object on each line`,
        )
      : error;
  });
  return file.createReadStream();
}

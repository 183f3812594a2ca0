import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { rehearse } from '../rehearsal/rehearse.js';
import { Exit } from './exit.js';
import type { ReplayedEvent } from './replayed-event.js';
import { type Line, lineOf, lineSchema, usualLine } from './replay-line.js';

/**
 * The events of a file, one JSON object per line. A line without a time has the time of the previous line;
 * the first one happens now.
 */
export async function* eventsOfFile(input: string): AsyncGenerator<ReplayedEvent> {
  const name = input === '-' ? 'stdin' : input;
  let line = 0;
  let at = Date.now();
  for await (const raw of linesOf(input)) {
    line += 1;
    if (raw.trim() === '') continue;
    const parsed = parseLine(raw, line, name);
    at = parsed.at ?? at;
    const place = `${name}:${line}`;
    const [event, index] = [{ ...parsed, at }, line];
    yield {
      id: parsed.id ?? String(line),
      text: parsed.text,
      decide: (parts) =>
        rehearse(event, index, parts).catch((error: unknown) => {
          throw error instanceof RangeError ? new Exit(1, `${place}: ${error.message}`) : error;
        }),
    };
  }
}

function parseLine(raw: string, line: number, file: string): Line {
  let json: unknown;
  try {
    json = JSON.parse(raw);
  } catch {
    throw new Exit(
      1,
      `${file}:${line}: this line is not JSON; fix: write one object on each line, such as {"text": "how much?"}`,
    );
  }
  const usual = usualLine(json);
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
  return lineOf(parsed.data);
}

async function* linesOf(input: string): AsyncIterable<string> {
  if (input === '-') {
    yield* createInterface({ input: process.stdin, crlfDelay: Infinity });
    return;
  }
  const file = await open(input).catch((error: unknown) => {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw isMissing
      ? new Exit(
          1,
          `--input is "${input}", which does not exist; fix: name a file with one JSON object on each line`,
        )
      : error;
  });
  yield* file.readLines();
}

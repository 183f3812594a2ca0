import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { rehearse } from '../rehearsal/rehearse.js';
import { EVENT_KINDS, PLATFORMS } from '../domain/event.js';
import { Exit } from './exit.js';
import type { ReplayedEvent } from './replayed-event.js';

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
    .enum(EVENT_KINDS, { error: `must be one of: ${EVENT_KINDS.join(', ')}` })
    .nullish()
    .transform((kind) => kind ?? undefined),
  platform: z
    .enum(PLATFORMS, { error: `must be one of: ${PLATFORMS.join(', ')}` })
    .nullish()
    .transform((platform) => platform ?? undefined),
  account: text,
  text: z.string({ error: 'the text of the contact is missing' }),
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

function parseLine(raw: string, line: number, file: string) {
  let json: unknown;
  try {
    json = JSON.parse(raw);
  } catch {
    throw new Exit(
      1,
      `${file}:${line}: this line is not JSON; fix: write one object on each line, such as {"text": "how much?"}`,
    );
  }
  const parsed = lineSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const key = issue?.path.join('.') ?? '';
    const problem = issue?.message ?? 'not understood';
    throw new Exit(
      1,
      `${file}:${line}: ${key === '' ? 'this line is not an object; fix: write one such as {"text": "how much?"}' : `${key}: ${problem}`}`,
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
    throw isMissing
      ? new Exit(
          1,
          `--input is "${input}", which does not exist; fix: name a file with one JSON object on each line`,
        )
      : error;
  });
  yield* file.readLines();
}

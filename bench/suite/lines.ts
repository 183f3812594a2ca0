import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const PORTION = 1_000;

/** Writes a file with a JSON object per line, a portion at a time. */
export async function writeLines(file: string, lines: number, lineOf: (n: number) => object): Promise<void> {
  function* portions(): Generator<string> {
    for (let from = 0; from < lines; from += PORTION) {
      const size = Math.min(PORTION, lines - from);
      yield Array.from({ length: size }, (_, n) => `${JSON.stringify(lineOf(from + n))}\n`).join('');
    }
  }
  await pipeline(Readable.from(portions()), createWriteStream(file));
}

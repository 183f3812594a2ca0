import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { eventsOfFile } from '../../src/cli/replay-file.js';
import { aConfig } from '../builders.js';

const folder = mkdtempSync(join(tmpdir(), 'replay-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

const line = (text: string): string => JSON.stringify({ text });

describe('the events of a file', () => {
  it.each<[what: string, written: string, texts: readonly string[]]>([
    ['line feeds', `${line('a')}\n${line('b')}\n`, ['a', 'b']],
    ['carriage returns and line feeds', `${line('a')}\r\n${line('b')}\r\n`, ['a', 'b']],
    ['carriage returns', `${line('a')}\r${line('b')}\r`, ['a', 'b']],
    ['empty lines', `\n\r\n${line('a')}\n \n${line('b')}`, ['a', 'b']],
    ['a line separator of Unicode within a text', `${line('a\u2028b')}\n${line('c')}`, ['a\u2028b', 'c']],
    [
      'lines longer than what is read at once',
      `${line('a'.repeat(70_000))}\n${line('b')}`,
      ['a'.repeat(70_000), 'b'],
    ],
    [
      'a line end between what is read at once',
      `${line('é'.repeat(32_762))}\r\n${line('b')}`,
      ['é'.repeat(32_762), 'b'],
    ],
    [
      'a carriage return where what is read at once ends',
      `${line('é'.repeat(32_762))}\r${line('b')}\r`,
      ['é'.repeat(32_762), 'b'],
    ],
    ['nothing', '', []],
  ])('may have %s', async (what, written, texts) => {
    const file = join(folder, `${what}.jsonl`);
    writeFileSync(file, written);
    const found = [];
    for await (const portion of eventsOfFile(file, aConfig())) found.push(...portion);
    expect(found.map(({ event }) => event.text)).toEqual(texts);
    const lines = written.split(/\r\n|\r|\n/u);
    expect(found.map(({ id }) => id)).toEqual(texts.map((text) => String(lines.indexOf(line(text)) + 1)));
  });
});

import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, type TestContext } from 'vitest';
import { changes } from '../../src/project/watch.js';

const EVERY = 15;

function aFolder({ onTestFinished }: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'watch-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Changes to files that the watcher reports as one change each. */
const DEEDS: readonly [string, (folder: string) => void][] = [
  ['a file is written', (folder) => writeFileSync(join(folder, 'a.yaml'), 'longer than before')],
  [
    'an editor replaces a file by renaming another one',
    (folder) => {
      writeFileSync(join(folder, 'a.yaml~'), 'b');
      renameSync(join(folder, 'a.yaml~'), join(folder, 'a.yaml'));
    },
  ],
  ['a file is added', (folder) => writeFileSync(join(folder, 'b.yml'), 'b')],
  ['a file is deleted', (folder) => rmSync(join(folder, 'a.yaml'))],
  ['the folder is deleted', (folder) => rmSync(folder, { recursive: true })],
];

it.each(DEEDS)('the file watcher notices that %s', async (_, deed) => {
  const folder = mkdtempSync(join(tmpdir(), 'watch-'));
  writeFileSync(join(folder, 'a.yaml'), 'a');
  const watching = new AbortController();
  const seen = changes(() => [folder], { signal: watching.signal, every: EVERY });
  const change = seen.next();
  deed(folder);
  expect(await change).toEqual({ done: false, value: undefined });
  watching.abort();
  expect(await seen.next()).toMatchObject({ done: true });
  rmSync(folder, { recursive: true, force: true });
});

it('the file watcher ignores files that are not rules, and stops on request', async (test) => {
  const folder = aFolder(test);
  mkdirSync(join(folder, 'drafts'));
  const watching = new AbortController();
  let looks = 0;
  const paths = () => {
    looks += 1;
    if (looks === 6) watching.abort();
    return [folder];
  };
  const next = changes(paths, { signal: watching.signal, every: EVERY }).next();
  writeFileSync(join(folder, 'notes.txt'), 'x');
  expect(await next).toMatchObject({ done: true });
});

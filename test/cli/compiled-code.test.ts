import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import { loadCompiled } from '../../src/cli/compiled-code.js';
import { aProject, PROCESSES, start } from '../e2e/cli.js';

type Places = Map<string, { source: string; digest: string; at: number; length: number }>;

const ENTRY = `globalThis.compiledCode = require('./part.js').named(1) + require('node:path').sep;\n`;
const PART = `exports.named = (n) => 'part one ' + n;\n`;
const VALUE = 'part one 1/';

function aProgram() {
  const folder = mkdtempSync(join(tmpdir(), 'compiled-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [entry, cache] = [join(folder, 'entry.js'), join(folder, 'cache/check.bin')];
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  write('entry.js', ENTRY);
  write('part.js', PART);
  /** Runs the program; returns its value, and whether the cache had all code. */
  const run = (file = cache): { value: unknown; hadAll: boolean } => {
    const before = idOf(file);
    loadCompiled(entry, file)();
    const { compiledCode: value } = globalThis as { compiledCode?: unknown };
    return { value, hadAll: before !== null && idOf(file) === before };
  };
  return { folder, cache, run, write };
}

function idOf(file: string): number | null {
  return existsSync(file) ? statSync(file).ino : null;
}

/** Changes the list of places and the code after it, and signs both again. */
function signed(bytes: Buffer, change: (places: Places, code: Buffer) => void): Buffer {
  const end = 36 + bytes.readUInt32LE(32);
  const places = deserialize(bytes.subarray(36, end)) as Places;
  const code = Buffer.from(bytes.subarray(end));
  change(places, code);
  for (const each of places.values())
    each.digest = sha256(code.subarray(each.at, each.at + each.length)).toString('hex');
  const list = serialize(places);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(list.length);
  return Buffer.concat([sha256(list), length, list, code]);
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

const WRONG: readonly (readonly [what: string, change: (bytes: Buffer) => Buffer])[] = [
  ['is empty', () => Buffer.alloc(0)],
  ['is of another program', () => Buffer.from('#!/bin/sh\nexit 1\n')],
  ['ends in its digest', (bytes) => bytes.subarray(0, 20)],
  ['ends after half', (bytes) => bytes.subarray(0, bytes.length / 2)],
  ...[0, 0.1, 0.25, 0.5, 0.75, 0.9].map((share): (typeof WRONG)[number] => [
    `has a wrong bit at ${share}`,
    (bytes) => flipped(bytes, Math.floor(bytes.length * share)),
  ]),
  [
    'has code under the names of other files',
    (bytes) =>
      signed(bytes, (places) => {
        const [[a, first], [b, second]] = [...places] as [[string, never], [string, never]];
        places.set(a, second).set(b, first);
      }),
  ],
  ['has no file', (bytes) => signed(bytes, (places) => places.clear())],
];

describe('compiled code', () => {
  it('is kept by the first call, and used by the next', () => {
    const { cache, run } = aProgram();
    expect(run()).toEqual({ value: VALUE, hadAll: false });
    expect(run()).toEqual({ value: VALUE, hadAll: true });
    expect(statSync(cache).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(cache, '..'))).toEqual(['check.bin']);
  });

  it.each(WRONG)('is made anew if the cache %s', (_, change) => {
    const { cache, run } = aProgram();
    run();
    writeFileSync(cache, change(readFileSync(cache)));
    expect(run()).toEqual({ value: VALUE, hadAll: false });
    expect(run()).toEqual({ value: VALUE, hadAll: true });
  });

  it('is made anew for a changed file of the same length', () => {
    const { run, write } = aProgram();
    run();
    write('part.js', PART.replace('one', 'two'));
    expect(run()).toEqual({ value: VALUE.replace('one', 'two'), hadAll: false });
  });

  it('is made anew if another user could have written it', () => {
    const { cache, run } = aProgram();
    run();
    chmodSync(cache, 0o622);
    expect(run()).toEqual({ value: VALUE, hadAll: false });
    expect(run()).toEqual({ value: VALUE, hadAll: true });
  });

  it('is compiled for a file that is loaded after the code was saved', () => {
    const { folder, cache, write } = aProgram();
    const late = (): unknown => (globalThis as { compiledCode?: () => unknown }).compiledCode?.();
    const start = (): (() => void) => loadCompiled(join(folder, 'entry.js'), cache);
    write('late.js', 'exports.late = 1;\n');
    write('entry.js', "globalThis.compiledCode = () => require('./late.js').late;\n");
    const save = start();
    late();
    save();
    write('entry.js', "globalThis.compiledCode = () => 1 + require('./late.js').late;\n");
    start()();
    expect(late()).toBe(2);
  });

  it('is not kept where nothing can be written', () => {
    const { folder, run, write } = aProgram();
    write('file', '');
    expect(run(join(folder, 'file/check.bin')).value).toBe(VALUE);
    mkdirSync(join(folder, 'check.bin'));
    expect(run(join(folder, 'check.bin')).value).toBe(VALUE);
    expect(readdirSync(folder).sort()).toEqual(['check.bin', 'entry.js', 'file', 'part.js']);
  });

  it(
    'serves commands that run at the same time, and is made anew for another engine',
    PROCESSES,
    async (test: TestContext) => {
      const project = await aProject(test);
      const options = { ...project.options, env: { ...project.options.env, XDG_CACHE_HOME: project.folder } };
      const check = () => start(test, ['check'], options).ended;
      const ended = [...(await Promise.all([check(), check(), check()])), await check()];
      for (const each of ended) expect(each).toEqual({ ...ended[0], code: 0 });
      const folder = join(project.folder, 'blotato-autoresponder');
      expect(readdirSync(folder)).toEqual([expect.stringMatching(/^check-\d+\.bin$/u)]);
      const file = join(folder, readdirSync(folder)[0] ?? '');
      const first = idOf(file);
      expect(await check()).toEqual(ended[0]);
      expect(idOf(file)).toBe(first);
      const ofAnotherEngine = signed(readFileSync(file), (places, code) => {
        for (const { at } of places.values()) code[at + 5] = (code[at + 5] ?? 0) ^ 1;
      });
      writeFileSync(file, ofAnotherEngine);
      expect(await check()).toEqual(ended[0]);
      expect(idOf(file)).not.toBe(first);
    },
  );
});

it('imports a module of ESM in each call', async () => {
  const { run, write } = aProgram();
  write('entry.js', `globalThis.compiledCode = import('node:path').then(({ sep }) => sep);\n`);
  await expect(run().value).resolves.toBe('/');
  const second = run();
  await expect(second.value).resolves.toBe('/');
  expect(second.hadAll).toBe(true);
});

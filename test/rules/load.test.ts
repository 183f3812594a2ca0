import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/domain/limits.js';
import { loadRules } from '../../src/rules/load.js';
import { CONTEXT } from './context.js';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rules-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write(name: string, ids: readonly string[], more = ''): void {
  const rules = ids.map((id) => `  - { id: ${id}, on: message, reply: Hi }\n`).join('');
  writeFileSync(join(folder, name), `version: 1\nrules:\n${rules}${more}`);
}

function ids(path = folder): string[] {
  const checked = loadRules(path, CONTEXT);
  if (!checked.ok) throw new Error(checked.findings.map(({ message }) => message).join('\n'));
  return checked.value.rules.map(({ id }) => id);
}

function messages(path = folder): string[] {
  const checked = loadRules(path, CONTEXT);
  return checked.ok ? [] : checked.findings.map(({ message }) => message);
}

describe('a folder of rules', () => {
  it('is read in the order of the file names', () => {
    write('20-b.yaml', ['c']);
    write('10-a.yml', ['b', 'a']);
    write('B.yaml', ['d']);
    expect(ids()).toEqual(['b', 'a', 'c', 'd']);
  });

  it('is read without other files, hidden files and subfolders', () => {
    write('a.yaml', ['a']);
    write('.a.yaml', ['hidden']);
    write('notes.txt', ['notes']);
    mkdirSync(join(folder, 'old.yaml'));
    expect(ids()).toEqual(['a']);
  });

  it('may be a single file', () => {
    write('a.yaml', ['a']);
    expect(ids(join(folder, 'a.yaml'))).toEqual(['a']);
  });

  it('is refused when it is empty or missing', () => {
    expect(messages()).toEqual(['the folder has no .yaml or .yml file']);
    expect(messages(join(folder, 'nowhere'))).toEqual(['there is no such file or folder']);
  });

  it('reports both places of a duplicate id', () => {
    write('a.yaml', ['same']);
    write('b.yaml', ['other', 'same']);
    expect(messages()).toEqual([
      `id: "same" is already the id of another rule, in ${join(folder, 'a.yaml')}:3`,
    ]);
  });

  it('gives no rules at all when one file is broken, and reports the errors of every file', () => {
    write('a.yaml', ['a'], '  - { id: b, on: message }\n');
    write('b.yaml', ['c']);
    writeFileSync(join(folder, 'c.yaml'), '');
    expect(messages()).toEqual(['the rule "b" does nothing: it has no reply', 'the file is empty']);
  });

  it('accepts a test that expects a rule of another file', () => {
    write('a.yaml', ['a'], 'tests:\n  - { name: t, event: { text: x }, expect: { rule: b } }\n');
    write('b.yaml', ['b']);
    expect(ids()).toEqual(['a', 'b']);
  });

  it('accepts a test that names a rule of an unreadable file', () => {
    const tests = 'tests:\n  - { name: t, event: { text: a }, expect: { rule: other } }\n';
    write('1.yaml', ['a'], tests);
    write('2.yaml', ['other'], 'tests: [');
    expect(messages()).toHaveLength(1);
    writeFileSync(join(folder, '2.yaml'), Buffer.from([0xff, 0xfe, 0x41]));
    expect(messages()).toHaveLength(1);
  });

  it('refuses a file that is too large', () => {
    writeFileSync(join(folder, 'a.yaml'), Buffer.alloc(LIMITS.ruleFileBytes + 1, '#'));
    expect(messages()).toEqual(['the file is larger than 16 MiB, the maximum size']);
  });
});

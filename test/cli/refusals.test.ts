import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../../src/cli/failure.js';
import { REASONS, type Reason } from '../../src/domain/reason.js';
import { refusalText } from '../../src/domain/refusal-text.js';
import { StoreError } from '../../src/store/ports/store-error.js';

/** Expressions in a text that bring a fix of their own; tests of their own hold them. */
const WITH_FIX = /NOT_IN_SHADOW|refusalText\(|causeOf\(|error\.message|trouble\[1\]/u;
/** Errors of the program itself, which no user can fix. */
const OWN_ERRORS = new Set([
  "1, 'the example rules have errors'",
  "1, 'the example configuration has errors'",
]);

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file));
}

/** The arguments of each error that a command ends with, if they contain a text. */
function textsIn(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/new (?:Exit|StoreError)\(/gu)].flatMap(({ 0: start, index }) => {
    const from = index + start.length;
    let depth = 1;
    let to = from;
    for (; depth > 0; to += 1) depth += { '(': 1, ')': -1 }[text[to] ?? ''] ?? 0;
    const body = text
      .slice(from, to - 1)
      .replace(/\s+/gu, ' ')
      .trim()
      .replace(/,$/u, '');
    return /['`]/u.test(body) ? [body] : [];
  });
}

describe('an error that ends a command', () => {
  it.each(['src/cli', 'src/store'])('has its fix, in %s', (folder) => {
    const texts = sources(folder).flatMap((file) => textsIn(file).map((body) => ({ file, body })));
    expect(texts.length).toBeGreaterThan(10);
    const without = texts.filter(
      ({ body }) => !body.includes('fix: ') && !WITH_FIX.test(body) && !OWN_ERRORS.has(body),
    );
    expect(without).toEqual([]);
  });

  it.each(Object.keys(REASONS) as Reason[])('has its fix for the reason %s', (reason) => {
    expect(refusalText(reason, 'a detail')).toMatch(/\(a detail\); fix: .{10}/u);
    expect(refusalText(reason, 'a detail; fix: this').match(/fix: /gu)).toHaveLength(1);
  });

  const system = (code: string) =>
    Object.assign(new Error(`${code}: it failed, open 'x'`), { code, syscall: 'open' });
  it.each([
    system('EACCES'),
    system('EISDIR'),
    system('ENOENT'),
    system('ENOSPC'),
    system('EADDRINUSE'),
    system('EIO'),
    new StoreError('unreadable', 'without a fix'),
    new StoreError('full', 'with one; fix: this'),
  ])('has one fix: %s', (error) => {
    let printed = '';
    const out = { write: (text: string) => (printed += text) !== '' } as unknown as NodeJS.WritableStream;
    expect(codeOf(error, out)).toBe(1);
    expect(printed.match(/; fix: /gu)).toHaveLength(1);
  });

  const lost = Object.assign(new Error('the database system is starting up'), { code: '57P03' });
  it.each([
    new StoreError('away', 'the database cannot be reached; fix: start it'),
    new StoreError('locked', 'another autoresponder is using the store; fix: stop it'),
    new StoreError('clock', 'the clock is 3 min behind; fix: synchronize it'),
    lost,
    system('EADDRNOTAVAIL'),
    system('ECONNREFUSED'),
  ])('has exit code 75, so that a supervisor starts the program again: %s', (error) => {
    let printed = '';
    const out = { write: (text: string) => (printed += text) !== '' } as unknown as NodeJS.WritableStream;
    expect(codeOf(error, out)).toBe(75);
    expect(printed).toMatch(/^autoresponder: .*; fix: /u);
  });

  it.each([
    ...(['linked', 'newer', 'unreadable', 'damaged', 'missing', 'full', 'moved'] as const),
    ...(['refused', 'other_customer'] as const),
  ])('has exit code 1, since it needs a person: store error `%s`', (code) => {
    const out = { write: () => true } as unknown as NodeJS.WritableStream;
    expect(codeOf(new StoreError(code, 'this'), out)).toBe(1);
  });
});

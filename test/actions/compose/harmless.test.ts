import fc from 'fast-check';
import { expect, it } from 'vitest';
import { harmlessName } from '../../../src/actions/compose/harmless.js';
import { printable } from '../../../src/actions/compose/printable.js';

const ascii = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  maxLength: 120,
});

it('a name of plain characters is the same as with an invisible one, which is removed', () => {
  fc.assert(
    fc.property(ascii, (name) => {
      expect(harmlessName(name)).toBe(harmlessName(`\u200b${name}`));
    }),
  );
});

it.each([
  ['  Ana   Bell ', 'Ana Bell'],
  ['@everyone', 'everyone'],
  ['Ana\u202eBell', 'AnaBell'],
  ['Ana\nBell', 'Ana Bell'],
  ['x'.repeat(90), 'x'.repeat(80)],
  [' ', ''],
])('makes of the name %j: %j', (name, wanted) => {
  expect(harmlessName(name)).toBe(wanted);
});

it.each([
  ['  one\ntwo ', 'one\ntwo'],
  ['one\r\ntwo\rthree', 'one\ntwo\nthree'],
  ['one\ttwo', 'one two'],
  ['one\u0007two\u0085', 'onetwo'],
  ['one \ud800two', 'one two'],
  ['\u0000', ''],
])('sends %j as %j', (raw, wanted) => {
  expect(printable(raw)).toBe(wanted);
});

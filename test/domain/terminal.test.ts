import { expect, it } from 'vitest';
import { plain } from '../../src/domain/terminal.js';

it.each([
  ['La boulangerie.\n\nMerci', 'La boulangerie. Merci'],
  ['one\r\ntwo\tthree', 'one two three'],
  ['clear\u001b[2J', 'clear\uFFFD[2J'],
  ['re\u202eversed\u2028line', 're\uFFFDversed\uFFFDline'],
])('one line of output shows %j as %j', (text, shown) => {
  expect(plain(text)).toBe(shown);
});

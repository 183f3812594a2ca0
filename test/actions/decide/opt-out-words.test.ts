import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { optOutOf } from '../../../src/actions/decide/opt-out.js';
import { COURTESIES, OPT_OUT_WORDS } from '../../../src/domain/opt-out.js';
import { anEvent, facts } from '../../builders.js';

const CONFIG = { keywords: OPT_OUT_WORDS, reply: 'Done.' };

function stops(text: string): boolean {
  return optOutOf(anEvent({ text }), facts(), CONFIG) === 'stop';
}

describe('an opt-out', () => {
  it.each(CONFIG.keywords)('is %s, also with polite words and signs around it', (keyword) => {
    const missed = COURTESIES.flatMap((words) => [
      keyword,
      `${keyword.toUpperCase()}!!`,
      `  «${keyword}»  `,
      `${keyword}, ${words}.`,
      `${words} ${keyword}`,
      `${words}: ${keyword} ${words}`,
    ]).filter((text) => !stops(text));
    expect(missed).toEqual([]);
  });

  it('is no text with another word, wherever it stands', () => {
    const known = fc.constantFrom(...OPT_OUT_WORDS, ...COURTESIES);
    fc.assert(
      fc.property(fc.array(known, { maxLength: 3 }), fc.array(known, { maxLength: 3 }), (before, after) => {
        expect(stops([...before, 'parcel', ...after].join(' '))).toBe(false);
      }),
    );
  });

  it('may be a sign, which stands alone', () => {
    const config = { ...CONFIG, keywords: ['🛑'] };
    const will = (text: string) => optOutOf(anEvent({ text }), facts(), config);
    expect(['🛑', ' 🛑 ', '🛑 the bus'].map(will)).toEqual(['stop', 'stop', null]);
  });

  it('is started again by "start" alone', () => {
    const optedOut = facts({ optedOutAt: 1 });
    const will = (text: string) => optOutOf(anEvent({ text }), optedOut, CONFIG);
    expect(['START', 'start, please', '¡start!'].map(will)).toEqual(['start', 'start', 'start']);
    expect(['start the car', 'restart', ''].map(will)).toEqual([null, null, null]);
  });
});

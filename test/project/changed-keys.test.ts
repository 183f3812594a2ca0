import { expect, it } from 'vitest';
import { changedKeys, withReloaded } from '../../src/project/changed-keys.js';
import { aConfig } from '../builders.js';

const own = aConfig({ rulesPath: '/rules/own' });
const shared = aConfig({ rulesPath: '/rules/all', sharesRules: true });
const alone = aConfig({ rulesPath: '/rules/all' });

it('the mark of shared rules is no key that waits for the next start', () => {
  expect(changedKeys(shared, alone)).toEqual([]);
  expect(changedKeys(shared, { ...alone, mode: 'shadow' })).toEqual(['mode']);
});

it('rules that a reload begins to share are marked, so that no workspace changes those of all', () => {
  expect(withReloaded(own, shared)).toMatchObject({ rulesPath: '/rules/all', sharesRules: true });
});

it('rules stay marked while the other workspace cannot be read, and not after a change to own rules', () => {
  expect(withReloaded(shared, alone)).toMatchObject({ rulesPath: '/rules/all', sharesRules: true });
  expect(withReloaded(shared, own)).toMatchObject({ rulesPath: '/rules/own', sharesRules: false });
});

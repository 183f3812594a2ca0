import type { RuleContext } from '../../src/rules/parse.js';

/** Two accounts, two calendars, and checks that find nothing. */
export const CONTEXT: RuleContext = {
  accounts: [
    { name: 'shop-ig', platform: 'instagram' },
    { name: 'shop-fb', platform: 'facebook' },
  ],
  calendars: ['shop', 'support'],
  checkTemplate: () => [],
  checkKeyword: () => null,
};

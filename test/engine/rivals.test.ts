import { describe, expect, it } from 'vitest';
import type { Automation, AutomationTrigger } from '../../src/domain/automation.js';
import type { Rule } from '../../src/domain/rule.js';
import { rivalsOf } from '../../src/engine/rivals.js';
import { anAccount, aRule, keywords } from '../builders.js';

const ACCOUNTS = [anAccount(), anAccount({ name: 'other', id: '7' })];

function anAutomation(trigger: Partial<AutomationTrigger> = {}, more: Partial<Automation> = {}): Automation {
  return {
    ...{
      id: 'a1',
      name: null,
      accountId: '98434',
      isActive: true,
      publishedVersionId: null,
      updatedAt: null,
    },
    triggers: [{ on: 'comment', keywords: ['GUIDE'], postId: null, ...trigger }],
    ...more,
  };
}

/** The keywords that a comment rule with the keyword `guide`, with the given changes, shares with an automation. */
function shared(rule: Partial<Rule>, automation: Automation): string {
  const ours = aRule({
    on: 'comment',
    keywords: keywords({ any: ['guide'] }),
    when: null,
    posts: [],
    ...rule,
  });
  const [rival] = rivalsOf([automation], [ours], ACCOUNTS);
  const [found] = rival?.rules ?? [];
  return found ? `${found.shares} ${found.what ?? ''}`.trim() : 'nothing';
}

describe('keywords shared by a rule and an automation of Blotato', () => {
  it.each<[string, Partial<Rule>, Automation, string]>([
    ['the same keyword in capitals', {}, anAutomation(), 'keyword GUIDE'],
    ['a part of our keyword', {}, anAutomation({ keywords: ['gui'] }), 'keyword gui'],
    [
      "our keyword as a word of the automation's keyword",
      {},
      anAutomation({ keywords: ['the guide'] }),
      'keyword the guide',
    ],
    [
      "our keyword within a word of the automation's keyword",
      {},
      anAutomation({ keywords: ['guidelines'] }),
      'account shop-ig',
    ],
    [
      'a keyword that our pattern matches',
      { keywords: keywords({ any: ['gui?de'], match: 'regex' }) },
      anAutomation(),
      'keyword GUIDE',
    ],
    ['an automation for any text', {}, anAutomation({ keywords: [] }), 'text'],
    ['a rule for any text', { keywords: null }, anAutomation(), 'text'],
    [
      'a rule whose condition may require words',
      { keywords: null, when: { all: [] } },
      anAutomation(),
      'account shop-ig',
    ],
    [
      'the post, without a common keyword',
      { posts: ['501'] },
      anAutomation({ keywords: ['no'], postId: '501' }),
      'post 501',
    ],
    ['another post', { posts: ['502'] }, anAutomation({ postId: '501' }), 'account shop-ig'],
    ['the other kind of trigger', { on: 'message' }, anAutomation(), 'nothing'],
    ['another account', { accounts: ['other'] }, anAutomation(), 'nothing'],
    ['an account that is not configured', {}, anAutomation({}, { accountId: '1' }), 'nothing'],
    ['an automation without an account', {}, anAutomation({}, { accountId: null }), 'keyword GUIDE'],
    ['an automation that is switched off', {}, anAutomation({}, { isActive: false }), 'nothing'],
    ['a rule that is switched off', { enabled: false }, anAutomation(), 'nothing'],
  ])('%s', (_what, rule, automation, expected) => {
    expect(shared(rule, automation)).toBe(expected);
  });
});

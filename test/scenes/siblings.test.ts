import { expect, it } from 'vitest';
import { aStage } from '../stage.js';

const RULES = `
version: 1
rules:
  - { id: guide, on: comment, keywords: [guide], private_reply: "Here it is.", comment_reply: "Sent!" }
  - { id: hello, on: message, keywords: [hello], reply: "Hello!" }
`;

it('two accounts of one configuration never reply to each other', { timeout: 150_000 }, async () => {
  const ig = { name: 'ig', id: '11', platform: 'instagram', username: 'ig', nativeId: '1781' } as const;
  const ig2 = { name: 'ig2', id: '12', platform: 'instagram', username: 'ig2', nativeId: '1782' } as const;
  const fb = {
    name: 'fb',
    id: '13',
    platform: 'facebook',
    username: 'fb',
    pageId: '1782',
    nativeId: '1783',
  } as const;
  const stage = await aStage({ rules: RULES, sandbox: { accounts: [ig, ig2, fb] } });
  await stage.once();
  const other = { id: '1782', name: 'Second shop', username: 'ig2' };
  stage.sandbox.comment({ account: 'ig', contact: other, text: 'guide of ig2', post: '501' });
  stage.sandbox.receive({ account: 'ig', contact: other, text: 'hello from ig2' });
  stage.sandbox.comment({ account: 'ig', contact: 'ana', text: 'guide of ana', post: '501' });
  await stage.once();
  expect(await stage.reasons()).toMatchObject({
    'guide of ig2': 'own_message',
    'hello from ig2': 'own_message',
  });
  expect((await stage.reasons())['guide of ana']).not.toBe('own_message');
  expect(stage.sandbox.sends().map(({ text }) => text)).toContain('Here it is.');
  expect(stage.sandbox.sends().filter(({ recipientId }) => recipientId === '1782')).toEqual([]);
});

import { expect, it, vi } from 'vitest';
import { demoPrinter } from '../../src/cli/demo-printer.js';
import type { Send } from '../../src/domain/send.js';
import { startSandbox } from '../../src/sandbox/server.js';
import { aDecision, anAction, anEvent, TUESDAY } from '../builders.js';

const SEND: Send = {
  ...{ id: 1, rule: 'guide', action: 'comment_reply', route: 'comments', platform: 'instagram' },
  ...{ account: 'shop-ig', contactId: 'ana', conversationId: null, postId: '501', commentId: '7' },
  ...{ threadId: null, platformCommentId: null, state: 'sending', reason: null, detail: null },
  ...{ eventAt: TUESDAY, createdAt: TUESDAY, notBefore: TUESDAY, messageId: null, attempts: 1 },
  ...{ attemptedAt: TUESDAY, resends: 0, checkAt: null, holdsFor: null },
  ...{ eventId: '', text: '' },
} as unknown as Send;

it('prints the text of a send that no decision showed, such as that of `otherwise`, and no text twice', async (test) => {
  const sandbox = await startSandbox();
  test.onTestFinished(() => sandbox.close());
  const written: string[] = [];
  const spy = vi
    .spyOn(process.stdout, 'write')
    .mockImplementation((chunk) => written.push(String(chunk)) > 0);
  test.onTestFinished(() => spy.mockRestore());
  const printer = demoPrinter({ json: false, sandbox, rules: 1, length: null });
  const event = anEvent();
  const action = anAction({ type: 'comment_reply', rule: 'guide', text: 'Sent, see your inbox!' });
  const end = {
    state: 'accepted',
    messageId: 'm',
    status: 'queued',
    conversationId: null,
    checkAt: 0,
  } as const;
  printer.onDecision(event, aDecision({ actions: [action] }));
  printer.onAttempt({ ...SEND, eventId: event.id, text: 'Sent, see your inbox!' }, { end, holdRoute: null });
  printer.onAttempt({ ...SEND, eventId: event.id, text: 'It is on our site.' }, { end, holdRoute: null });
  const lines = written
    .join('')
    .split('\n')
    .filter((line) => line.includes('comment_reply'));
  expect(lines.map((line) => line.trim())).toEqual([
    'comment_reply  Sent, see your inbox!',
    '✓ comment_reply of guide to ana: accepted by the API',
    'comment_reply  It is on our site.',
    '✓ comment_reply of guide to ana: accepted by the API',
  ]);
});

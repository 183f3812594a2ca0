import { join } from 'node:path';
import { expect, it, type TestContext, vi } from 'vitest';
import { type DemoPrinter, demoPrinter } from '../../src/cli/demo-printer.js';
import type { Send } from '../../src/domain/send.js';
import { startSandbox } from '../../src/sandbox/server.js';
import type { Summary } from '../../src/store/ports/owner.js';
import { aDecision, anAction, anEvent, TUESDAY } from '../builders.js';

const SEND: Send = {
  ...{ id: 1, rule: 'guide', action: 'comment_reply', route: 'comments', platform: 'instagram' },
  ...{ account: 'shop-ig', contactId: 'ana', conversationId: null, postId: '501', commentId: '7' },
  ...{ threadId: null, platformCommentId: null, state: 'sending', reason: null, detail: null },
  ...{ eventAt: TUESDAY, createdAt: TUESDAY, notBefore: TUESDAY, messageId: null, attempts: 1 },
  ...{ attemptedAt: TUESDAY, resends: 0, checkAt: null, holdsFor: null },
  ...{ eventId: '', text: '' },
} as unknown as Send;

/** The folder of the rules, as in an installed package. */
const RULES = join(process.cwd(), 'node_modules/blotato-autoresponder/rules');

/** The lines of the demo, without those of its begin and end. */
async function printed(test: TestContext, play: (printer: DemoPrinter) => void): Promise<readonly string[]> {
  const sandbox = await startSandbox();
  test.onTestFinished(() => sandbox.close());
  const written: string[] = [];
  const spy = vi
    .spyOn(process.stdout, 'write')
    .mockImplementation((chunk) => written.push(String(chunk)) > 0);
  test.onTestFinished(() => spy.mockRestore());
  play(demoPrinter({ json: false, sandbox, rules: 1, folder: RULES, length: null }));
  return written.join('').split('\n');
}

it('prints the text of a send that no decision showed, such as that of `otherwise`, and no text twice', async (test) => {
  const event = anEvent();
  const action = anAction({ type: 'comment_reply', rule: 'guide', text: 'Sent, see your inbox!' });
  const end = {
    state: 'accepted',
    messageId: 'm',
    status: 'queued',
    conversationId: null,
    checkAt: 0,
  } as const;
  const all = await printed(test, (printer) => {
    printer.onDecision(event, aDecision({ actions: [action] }));
    printer.onAttempt(
      { ...SEND, eventId: event.id, text: 'Sent, see your inbox!' },
      { end, holdRoute: null },
    );
    printer.onAttempt({ ...SEND, eventId: event.id, text: 'It is on our site.' }, { end, holdRoute: null });
  });
  const lines = all.filter((line) => line.includes('comment_reply'));
  expect(lines.map((line) => line.trim())).toEqual([
    'comment_reply  Sent, see your inbox!',
    '✓ comment_reply of guide to ana: accepted by the API',
    'comment_reply  It is on our site.',
    '✓ comment_reply of guide to ana: accepted by the API',
  ]);
});

it('names the account as author of its own messages and comments, and to whom they went', async (test) => {
  const lines = await printed(test, (printer) => {
    const contact = { id: 'ana', name: 'Lilia', username: null };
    const own = { direction: 'outgoing', account: 'shop-x', contact, text: 'De nada' } as const;
    printer.onDecision(anEvent({ ...own, sourceId: '1' }), aDecision({ reason: 'own_message' }));
    const place = { postId: '501', platformPostId: null, platformCommentId: null, parentId: null };
    const comment = anEvent({ ...own, sourceId: '2', kind: 'comment', comment: place });
    printer.onDecision(comment, aDecision({ reason: 'own_message' }));
    printer.onDecision(anEvent({ contact, text: 'Obrigada' }), aDecision({ reason: 'no_match' }));
  });
  const said = lines.filter((line) => /De nada|Obrigada/u.test(line)).map((line) => line.slice(9));
  expect(said).toEqual([
    expect.stringMatching(/ shop-x to Lilia: De nada$/u),
    expect.stringMatching(/ comment by shop-x on post 501: De nada$/u),
    expect.stringMatching(/ Lilia: Obrigada$/u),
  ]);
});

it('names the folder of its rules, which is not `rules/` of the project in which it runs', async (test) => {
  const lines = await printed(test, (printer) => {
    printer.begin('http://127.0.0.1:8787');
    printer.end({ reasons: {} } as Summary);
  });
  const named = lines.filter((line) => line.includes('rules/'));
  expect(named).toEqual([
    expect.stringMatching(/^1 rules from node_modules\/blotato-autoresponder\/rules\/, /u),
    expect.stringMatching(/^Next: edit a rule in node_modules\/blotato-autoresponder\/rules\/ and /u),
  ]);
});

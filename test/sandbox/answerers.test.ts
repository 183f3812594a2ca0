import { afterEach, expect, it, vi } from 'vitest';
import { MINUTE } from '../../src/domain/time.js';
import { createAnswerers } from '../../src/sandbox/answerers.js';
import { createDice } from '../../src/sandbox/people.js';
import { personOf } from '../../src/sandbox/say.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.js';
import { callerOf } from './caller.js';

let sandbox: Sandbox | undefined;

afterEach(async () => {
  vi.useRealTimers();
  await sandbox?.close();
});

it('generated contacts answer when they are asked for their e-mail address, people played by hand do not', async () => {
  sandbox = await startSandbox({ limits: null });
  const { world } = sandbox;
  const account = world.account('shop-ig');
  const generated = Array.from({ length: 10 }, (_, n) => ({ id: `17${n}`, name: null, username: null }));
  const ana = personOf('Ana');
  const answerers = createAnswerers(sandbox, createDice(1));
  for (const contact of [ana, ...generated]) {
    sandbox.receive({ account: 'shop-ig', contact, text: 'guide please' });
    const sent = await callerOf(sandbox).post('/v2/messages', {
      accountId: account.id,
      recipientId: contact.id,
      text: 'Reply with your e-mail.',
      target: { targetType: 'instagram' },
    });
    expect(sent.status).toBe(201);
  }
  const before = world.messages.length;
  answerers.react();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + MINUTE });
  answerers.react();
  const answered = world.messages.slice(before).map(({ conversation }) => conversation.person.id);
  expect(answered.length).toBeGreaterThan(4);
  expect(answered).not.toContain(ana.id);
});

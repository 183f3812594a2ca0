import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOUR } from '../../src/domain/time.js';
import type { Store } from '../../src/store/ports/store.js';
import { aComment, aDecision, anAction, anEvent, TUESDAY } from '../builders.js';
import { openCopied } from './template.js';

const WIDE = { perMinute: 1_000, perHourPerAccount: 1_000 };
const ROUTE = 'POST /v2/messages';
const PERSON = { id: 'person-4711', name: 'Zora Quibble', username: 'zora.q' };
const TEXT = 'my parcel to Umbrella Lane, price?';

let folder: string;
let store: Store;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'forget-'));
  store = openCopied(join(folder, 'test.db'), () => TUESDAY);
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function queued(event: ReturnType<typeof anEvent>, text = `Dear Zora, ${event.sourceId}`) {
  const resource = event.kind === 'message' ? 'messages' : 'comments';
  await store.recordPage(resource, [{ event, beforeStart: false }], null);
  const type = event.kind === 'message' ? 'reply' : 'private_reply';
  await store.recordDecision(event, aDecision({ actions: [anAction({ type, text })] }), TUESDAY);
}

const zora = (sourceId: string) =>
  anEvent({ sourceId, contact: PERSON, text: TEXT, conversationId: 'talk-with-zora' });

/** The content of all files of the store. */
const onDisk = () =>
  readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'latin1'))
    .join('\n');

describe('a contact who is forgotten', () => {
  it('is in no file of the store, except the id of their opt-out', async () => {
    await store.saveConversations([{ id: 'talk-with-zora', accountId: '98434', participants: [PERSON] }]);
    await queued(zora('m1'));
    await queued(aComment({ contact: PERSON, text: TEXT }));
    const send = (await store.claimSend(ROUTE, TUESDAY, WIDE)).send!;
    const taken = { state: 'accepted', messageId: 'a1', status: 'sent', checkAt: TUESDAY } as const;
    await store.endAttempt(send, { ...taken, conversationId: 'talk-with-zora' }, TUESDAY);
    await store.setPause({ scope: 'conversation:talk-with-zora', until: Infinity });
    const typed = { by: 'Mia', page: 'p1', text: 'Dear Zora, no' };
    await store.saveTyping({ account: 'shop-ig', contactId: 'person-4711' }, typed, TUESDAY);
    expect(onDisk()).toContain('Zora Quibble');
    expect(onDisk()).toContain('Dear Zora, no');

    expect(await store.forgetContact('person-4711', TUESDAY)).toMatchObject({
      accounts: ['shop-ig'],
      events: 2,
    });
    for (const trace of ['Zora', 'zora.q', 'Umbrella Lane', 'talk-with-zora'])
      expect(onDisk().includes(trace), trace).toBe(false);
    expect((await store.factsFor(zora('m9'), TUESDAY, { answers: HOUR, mode: 'live' })).optedOutAt).toBe(
      TUESDAY,
    );
  });

  it('gets no pending sends, with the reason in the journal', async () => {
    await queued(zora('m1'));
    await queued(zora('m2'));
    const sending = (await store.claimSend(ROUTE, TUESDAY, WIDE)).send!;
    await store.recordPage('messages', [{ event: zora('m3'), beforeStart: false }], null);
    await store.endPoll([{ resource: 'messages', watermarks: new Map(), at: TUESDAY }], TUESDAY);
    await store.forgetContact('person-4711', TUESDAY);

    // The attempt in flight ends without changing anything; above all, the send is not sent again.
    await store.endAttempt(sending, { state: 'ambiguous', checkAt: TUESDAY, detail: 'reset' }, TUESDAY);
    expect(await store.dueForCheck(TUESDAY + HOUR, 10)).toEqual([]);
    expect((await store.claimSend(ROUTE, TUESDAY + HOUR, WIDE)).send).toBeNull();
    const rows = await store.journal({ limit: 10 });
    expect(rows.map((row) => row.reason)).toEqual(['opted_out', 'opted_out', 'opted_out']);
    expect(await store.undecided(10)).toEqual([]);
  });

  it('is not journalled a second time, and data of others stays', async () => {
    await queued(zora('m1'));
    await queued(anEvent({ sourceId: 'm2', conversationId: 'c2' }), 'for Ana');
    await store.forgetContact('person-4711', TUESDAY);
    expect(await store.recordPage('messages', [{ event: zora('m1'), beforeStart: false }], null)).toBe(0);
    const [ana] = await store.journal({ limit: 1 });
    expect(ana).toMatchObject({ reason: 'queued', event: { contact: { name: 'Ana Lima' }, text: 'price?' } });
    expect((await store.claimSend(ROUTE, TUESDAY, WIDE)).send?.text).toBe('for Ana');
  });

  it('must be a known contact', async () => {
    await queued(anEvent());
    expect(await store.forgetContact('nobody', TUESDAY)).toBeNull();
  });
});

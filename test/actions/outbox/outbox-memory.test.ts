import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InboundEvent } from '../../../src/domain/event.js';
import type { Send } from '../../../src/domain/send.js';
import { HOUR, MINUTE, SECOND } from '../../../src/domain/time.js';
import type { Store } from '../../../src/store/ports/store.js';
import { aDecision, anEvent, TUESDAY } from '../../builders.js';
import type { AttemptEnd } from '../../../src/domain/attempt.js';
import type { SendBudget } from '../../../src/store/ports/outbox.js';
import { openCopied } from '../../store/template.js';

const ROUTE = 'POST /v2/messages';
const WIDE: SendBudget = { perMinute: 1_000, perHourPerAccount: 1_000 };

let folder: string;
let store: Store;
let now: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'memory-'));
  now = TUESDAY;
  store = openCopied(join(folder, 'test.db'), () => now);
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const from = (person: string, more: Partial<InboundEvent> = {}) =>
  anEvent({ sourceId: `m-${person}`, contact: { id: person, name: null, username: null }, at: now, ...more });

async function read(event: InboundEvent): Promise<void> {
  await store.recordPage('messages', [{ event, beforeStart: false }], null);
  await store.endPoll([{ resource: 'messages', watermarks: new Map([[event.platform, now]]), at: now }], now);
}

async function queued(event: InboundEvent): Promise<void> {
  await read(event);
  await store.recordDecision(event, aDecision(), now);
}

async function claim(budget = WIDE): Promise<Send | null> {
  return (await store.claimSend(ROUTE, now, budget)).send;
}

async function taken(person = 'ana'): Promise<Send> {
  await queued(from(person));
  return (await claim())!;
}

const waits = (more: object = {}): AttemptEnd => ({
  state: 'pending',
  notBefore: now,
  detail: 'later',
  ...more,
});
const accepted = (messageId = 'a1'): AttemptEnd => {
  return { state: 'accepted', messageId, status: 'queued', conversationId: 'c1', checkAt: now };
};
const listed = (status: string) =>
  [{ route: ROUTE, messageId: 'a1', status, refusal: null, conversationId: 'c1' }] as const;

describe('the send budgets', () => {
  it('are not charged for sends that never left: no connection, or stopped by a guard', async () => {
    const budget = { perMinute: 1, perHourPerAccount: 1 };
    await store.endAttempt(await taken(), waits({ isUncounted: true }), now);
    const again = await claim(budget);
    expect(again?.attempts).toBe(2);
    await store.endAttempt(again!, { state: 'stopped', reason: 'paused', detail: 'x' }, now);
    await queued(from('bo'));
    expect(await claim(budget)).not.toBeNull();
  });

  it('are charged for sends that the API refused with 429', async () => {
    await store.endAttempt(await taken(), waits(), now);
    expect(await claim({ perMinute: 1, perHourPerAccount: 100 })).toBeNull();
  });

  it('may count a minute as slightly longer than 60 s', async () => {
    await taken();
    await queued(from('bo'));
    now += MINUTE;
    const budget = { perMinute: 1, perHourPerAccount: 100, margin: SECOND };
    expect(await store.claimSend(ROUTE, now, budget)).toEqual({ send: null, retryAt: now + SECOND });
    now += SECOND;
    expect(await claim(budget)).not.toBeNull();
  });
});

describe('an account that Blotato refuses', () => {
  const block = (account: string, wait = MINUTE) => ({
    ...waits({ reason: 'blocked_account' }),
    block: { account, cause: '20101' as const, detail: 'limit', probeAt: now + wait },
  });

  it('sends nothing while other accounts send', async () => {
    await store.endAttempt(await taken(), block('shop-ig'), now);
    expect(await store.claimSend(ROUTE, now, WIDE)).toEqual({ send: null, retryAt: now + MINUTE });
    await queued(from('bo', { account: 'shop-x', platform: 'twitter' }));
    expect((await claim())?.account).toBe('shop-x');
  });

  it('is probed with one send, also after a restart', async () => {
    await store.endAttempt(await taken(), block('shop-ig'), now);
    await queued(from('bo', { at: now + 1 }));
    await store.close();
    store = openCopied(join(folder, 'test.db'), () => now);
    expect(await claim()).toBeNull();
    now += MINUTE;
    const probe = await claim();
    expect(probe?.contactId).toBe('bo');
    expect(await claim()).toBeNull();
    await store.endAttempt(probe!, accepted(), now);
    expect(await store.blocks()).toEqual([]);
    expect((await claim())?.contactId).toBe('ana');
  });

  it('counts concurrent refusals as one', async () => {
    const [first, second] = [await taken('ana'), await taken('bo')];
    now += SECOND;
    await store.endAttempt(first, block('shop-ig'), now);
    await store.endAttempt(second, block('shop-ig'), now);
    expect(await store.blocks()).toMatchObject([{ account: 'shop-ig', refusals: 1, since: now }]);
  });

  it('does not wait longer when our clock is set back', async () => {
    await store.endAttempt(await taken(), block('shop-ig'), now);
    now -= HOUR;
    await queued(from('bo', { at: now }));
    expect(await claim()).not.toBeNull();
  });

  it('means every account when the key is refused', async () => {
    await store.endAttempt(await taken(), block('*'), now);
    await queued(from('bo', { account: 'shop-x', platform: 'twitter' }));
    expect(await store.claimSend(ROUTE, now, WIDE)).toEqual({ send: null, retryAt: now + MINUTE });
    expect(await store.unblock('*')).toBe(true);
    expect(await claim()).not.toBeNull();
  });

  it('is the reason of its events only while they wait', async () => {
    const reasonOf = async () => (await store.journal({ limit: 1 }))[0]?.reason;
    await store.endAttempt(await taken(), waits({ reason: 'blocked_account' }), now);
    expect(await reasonOf()).toBe('blocked_account');
    await store.endAttempt((await claim())!, accepted(), now);
    expect(await reasonOf()).toBe('queued');
  });
});

describe('the status of a send in a list', () => {
  it('never downgrades a known state, since lists lag', async () => {
    await store.endAttempt(await taken(), accepted(), now);
    await store.recordDeliveries(listed('sent'), now);
    expect(await store.recordDeliveries(listed('processing'), now)).toEqual([]);
    expect(await store.sends({ limit: 1 })).toMatchObject([{ state: 'sent' }]);
    expect((await store.journal({ limit: 1 }))[0]?.reason).toBe('replied');
  });

  it('settles a send even after it ended as unknown_outcome', async () => {
    const send = await taken();
    await store.endAttempt(send, accepted(), now);
    await store.endAttempt(send, { state: 'unknown_outcome', reason: 'unknown_outcome', detail: 'x' }, now);
    expect(await store.recordDeliveries(listed('delivered'), now)).toMatchObject([{ state: 'delivered' }]);
    expect((await store.journal({ limit: 1 }))[0]?.reason).toBe('replied');
  });
});

describe('the read-back of an ambiguous send', () => {
  it('considers what the account wrote to the contact since the attempt', async () => {
    const own = (sourceId: string, more: Partial<InboundEvent> = {}) =>
      from('ana', { sourceId, direction: 'outgoing', text: sourceId, ...more });
    await read(own('before'));
    now += SECOND;
    const send = await taken();
    await read(own('after'));
    await read(own('of another', { contact: { id: 'bo', name: null, username: null } }));
    await read(from('ana', { sourceId: 'theirs' }));
    expect(await store.ownRowsSince(send, now)).toEqual([{ id: 'after', text: 'after', at: now }]);
  });

  it('considers an earlier send of the same text to the contact that ended without an id', async () => {
    await store.endAttempt(await taken(), { state: 'sent', detail: 'it has one' }, now);
    const ended = now;
    now += HOUR;
    await queued(from('ana', { sourceId: 'again' }));
    const second = (await claim())!;
    expect(await store.latestUnidentifiedSend(second)).toBe(ended);
    await store.endAttempt(second, accepted(), now);
    await queued(from('bo'));
    expect(await store.latestUnidentifiedSend((await claim())!)).toBeNull();
  });
});

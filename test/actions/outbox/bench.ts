import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import { createOutbox, type Outbox, type OutboxParts } from '../../../src/actions/outbox/outbox.js';
import { blotatoClient } from '../../../src/blotato/client.js';
import { type Clock, HOUR, type Instant, SECOND } from '../../../src/domain/time.js';
import { type Sandbox, startSandbox } from '../../../src/sandbox/server.js';
import { openCopied } from '../../store/template.js';
import type { Store } from '../../../src/store/ports/store.js';
import { aComment, aDecision, anAccount, anAction, anEvent } from '../../builders.js';
import { PATIENCE } from '../../patience.js';
import { aProxy, type Proxy } from './proxy.js';

const OPEN = { take: async () => undefined, holdUntil: () => undefined };
const BUDGET = { perMinute: 1_000, perHourPerAccount: 1_000 };

/** The outbox alone, over its own store, with a clock that only the test moves. */
export interface Bench {
  readonly store: Store;
  readonly sandbox: Sandbox;
  readonly proxy: Proxy;
  readonly outbox: Outbox;
  readonly troubles: string[];
  /** A person writes, and the reply is decided. */
  queue(account: string, person: string, text?: string): Promise<void>;
  /** A person comments, and the private reply is decided. */
  queueComment(account: string, person: string): Promise<void>;
  /** Moves the clock and wakes the outbox. */
  pass(length: number): void;
  /** Sets our clock back; the API's clock is not changed. */
  setBack(length: number): void;
  now(): Instant;
  /** The state of each send, by person. */
  states(): Promise<Readonly<Record<string, string>>>;
  becomes(expected: Readonly<Record<string, string>>): Promise<void>;
  reasons(): Promise<readonly (string | null)[]>;
}

export async function aBench(
  more: Partial<OutboxParts> = {},
  open: (path: string, clock: Clock) => Store = openCopied,
): Promise<Bench> {
  let now = Date.now();
  let behind = 0;
  const clock = (): Instant => now;
  const apiClock = (): Instant => now + behind;
  const sandbox = await startSandbox({ limits: null, queuedFor: 1, clock: apiClock });
  const proxy = await aProxy();
  proxy.target = sandbox.url;
  proxy.clock = apiClock;
  const folder = mkdtempSync(join(tmpdir(), 'outbox-'));
  const store = open(join(folder, 'test.db'), clock);
  const client = blotatoClient({
    baseUrl: proxy.url,
    apiKey: 'sandbox-key',
    clock,
    throttle: OPEN,
    timeout: 5_000,
  });
  const accounts = [anAccount(), anAccount({ name: 'shop-x', id: '51207', platform: 'twitter' })];
  const troubles: string[] = [];
  const outbox = createOutbox({
    store,
    client,
    clock,
    accounts: new Map(accounts.map((each) => [each.name, each])),
    guards: {
      humanPause: HOUR,
      automationPause: 5 * 60_000,
      perContact: { replies: 5, per: HOUR },
      loopBreaker: null,
    },
    visibleWithin: SECOND,
    requestTimeout: SECOND,
    confirmAfter: SECOND,
    ambiguous: 'resend_once',
    mode: 'live',
    concurrency: 2,
    budget: BUDGET,
    onAttempt: () => undefined,
    onEnded: () => undefined,
    onTrouble: (what, error) => troubles.push(`${what}: ${String(error)}`),
    ...more,
  });
  onTestFinished(async () => {
    await outbox.stop(1_000);
    await client.close();
    await store.close();
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const states = async () =>
    Object.fromEntries((await store.sends({ limit: 100 })).map((send) => [send.contactId, send.state]));
  return {
    store,
    sandbox,
    proxy,
    outbox,
    troubles,
    states,
    now: clock,
    async queue(account, person, text = `for ${person}`) {
      const {
        id: sourceId,
        conversationId,
        platform,
      } = sandbox.receive({ account, contact: person, text: 'price?' });
      const contact = { id: person, name: null, username: null };
      const event = anEvent({ sourceId, conversationId, platform, account, contact, at: now });
      await store.recordPage('messages', [{ event, beforeStart: false }], null);
      await store.endPoll([{ resource: 'messages', watermarks: new Map([[platform, now]]), at: now }], now);
      await store.recordDecision(event, aDecision({ actions: [anAction({ text })] }), now);
    },
    async queueComment(account, person) {
      const {
        id: sourceId,
        platform,
        ...made
      } = sandbox.comment({ account, contact: person, text: 'guide' });
      const contact = { id: person, name: null, username: null };
      const { postId, platformPostId, platformCommentId } = made;
      const comment = { postId, platformPostId, platformCommentId, parentId: null };
      const event = aComment({ sourceId, platform, account, contact, at: now, comment });
      await store.recordPage('comments', [{ event, beforeStart: false }], null);
      await store.endPoll([{ resource: 'comments', watermarks: new Map([[platform, now]]), at: now }], now);
      const actions = [anAction({ type: 'private_reply', text: `for ${person}` })];
      await store.recordDecision(event, aDecision({ actions }), now);
    },
    pass(length) {
      now += length;
      outbox.nudge();
    },
    setBack(length) {
      now -= length;
      behind += length;
    },
    becomes: (expected) => vi.waitFor(async () => expect(await states()).toMatchObject(expected), PATIENCE),
    reasons: async () => (await store.journal({ limit: 100 })).map((row) => row.reason),
  };
}

import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { AttemptEnd } from '../../src/domain/attempt.js';
import type { Decision } from '../../src/domain/decision.js';
import {
  type Funnel,
  RUN_STATES,
  RUN_STEPS,
  type RunChange,
  type RunOutcome,
  type RunState,
  type RunStep,
} from '../../src/domain/funnel.js';
import { type Send, SEND_STATES, SEND_STEPS, type SendState, type SendStep } from '../../src/domain/send.js';
import { DAY, SECOND } from '../../src/domain/time.js';
import { sqliteStore } from '../../src/store/sqlite/store.js';
import {
  type Webhook,
  WEBHOOK_STATES,
  WEBHOOK_STEPS,
  type WebhookEnd,
  type WebhookState,
  type WebhookStep,
} from '../../src/domain/webhook.js';
import { funnelShapes } from '../../src/store/sql/funnel-shapes.js';
import { embedded } from '../../src/store/sqlite/embedded.js';
import { openWriter } from '../../src/store/sqlite/open.js';
import { funnelsOf } from './known.js';
import { aDecision, anAction, anEvent, TUESDAY } from '../builders.js';

const WIDE = { perMinute: 1_000, perHourPerAccount: 1_000 };
const CHANGE = { version: null, edits: [], by: 'cli' };
const FAILED = { state: 'failed', reason: 'failed', detail: 'no' } as const;

/** An empty store that each walk copies, because creating its tables takes most of the time of a short walk. */
const template = mkdtempSync(join(tmpdir(), 'steps-'));
beforeAll(() => {
  const { db, close } = openWriter(join(template, 'store.db'));
  db.exec('pragma wal_checkpoint(truncate)');
  close();
});
afterAll(() => rmSync(template, { recursive: true }));

async function aStore() {
  const folder = mkdtempSync(join(tmpdir(), 'steps-'));
  copyFileSync(join(template, 'store.db'), join(folder, 'store.db'));
  const open = openWriter(join(folder, 'store.db'));
  const store = sqliteStore(open, () => TUESDAY);
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  return { store, db: open.db };
}

const WEBHOOK = {
  type: 'webhook',
  rule: 'pricing',
  url: 'https://crm.example/lead',
  secret: null,
  body: '{}',
} as const;

/** A store with one send, put into a state directly: the test needs states that no single call leads to. */
async function aSendIn(state: SendState) {
  const { store, db } = await aStore();
  const event = anEvent();
  await store.recordPage('messages', [{ event, beforeStart: false }], null);
  await store.recordDecision(event, aDecision({ actions: [anAction()] }), TUESDAY);
  const hasId = ['accepted', 'sent', 'delivered', 'unknown_outcome'].includes(state);
  db.prepare('update sends set state = ?, message_id = ?, attempts = ?, attempted_at = ?').run(
    state,
    hasId ? 'a1' : null,
    state === 'pending' ? 0 : 1,
    state === 'pending' ? null : TUESDAY,
  );
  const [send] = await store.sends({ limit: 1 });
  return { store, send: send!, now: async () => (await store.sends({ limit: 1 }))[0]!.state };
}

type Store = Awaited<ReturnType<typeof aSendIn>>['store'];
type Act = (store: Store, send: Send) => Promise<unknown>;

const ends: readonly AttemptEnd[] = [
  { state: 'pending', notBefore: TUESDAY, detail: 'wait' },
  { state: 'ambiguous', checkAt: TUESDAY + SECOND, detail: 'no response' },
  ...['queued', 'sent', 'delivered', 'failed'].map((status) => ({
    ...{ state: 'accepted' as const, messageId: 'a1', status, conversationId: null },
    checkAt: TUESDAY + SECOND,
  })),
  { state: 'sent', detail: 'it has its reply' },
  FAILED,
  { state: 'unknown_outcome', reason: 'unknown_outcome', detail: 'nobody knows' },
  { state: 'stopped', reason: 'paused', detail: 'paused' },
];

/** All calls of the store that may change a send's state. */
const ACTS: Readonly<Record<SendStep, readonly Act[]>> = {
  approve: [(store, { id }) => store.changeDraft({ ...CHANGE, do: 'approve', id }, TUESDAY)],
  drop: [(store, { id }) => store.changeDraft({ ...CHANGE, do: 'drop', id }, TUESDAY)],
  lapse: [
    (store, send) => store.endDraft(send, { reason: 'approval_expired', detail: 'over' }, TUESDAY + DAY),
  ],
  claim: [(store) => store.claimSend('POST /v2/messages', TUESDAY, WIDE)],
  recover: [(store) => store.recoverSends(TUESDAY)],
  end: ends.map((end) => (store, send) => store.endAttempt(send, end, TUESDAY)),
  list: ['queued', 'sent', 'delivered', 'failed'].map(
    (status) => (store) =>
      store.recordDeliveries(
        [{ route: 'POST /v2/messages', messageId: 'a1', status, refusal: null, conversationId: null }],
        TUESDAY,
      ),
  ),
  expire: [
    (store, send) => store.stopWaiting(send, { reason: 'window_closed', detail: 'over' }, TUESDAY + DAY),
  ],
  retry: [(store, send) => store.retrySend(send.id, TUESDAY)],
  discard: [(store, send) => store.discardSend(send.id, TUESDAY)],
  forget: [(store) => store.forgetContact('ana', TUESDAY)],
};

describe.each(Object.keys(ACTS) as SendStep[])('the transition `%s` of a send', (step) => {
  it.each(SEND_STATES)('from `%s` leads where the table allows, and nowhere else', async (state) => {
    const allowed: readonly SendState[] = SEND_STEPS[step][state] ?? [];
    const reached = new Set<SendState>();
    for (const act of ACTS[step]) {
      const { store, send, now } = await aSendIn(state);
      await act(store, send);
      reached.add(await now());
    }
    reached.delete(state);
    expect([...allowed, ...reached].filter((each) => !allowed.includes(each))).toEqual([]);
    // A late failure that holds the account, and one that our own earlier attempt explains, have their own tests.
    const elsewhere: Partial<Record<SendStep, readonly SendState[]>> = {
      list: ['pending', 'unknown_outcome', 'failed', 'sent'],
      end: ['delivered'],
    };
    const missing = allowed.filter((each) => each !== state && !reached.has(each));
    expect(missing.filter((each) => !elsewhere[step]?.includes(each))).toEqual([]);
  });
});

/** All calls of the store that may change a webhook's state. */
async function aWebhookIn(state: WebhookState) {
  const { store, db } = await aStore();
  const event = anEvent();
  await store.recordPage('messages', [{ event, beforeStart: false }], null);
  await store.recordDecision(event, aDecision({ actions: [], effects: [WEBHOOK] }), TUESDAY);
  db.prepare('update webhooks set state = ?').run(state);
  const [webhook] = await store.webhooks({ limit: 1 });
  const now = () => (db.prepare('select state from webhooks').get() as { state: WebhookState }).state;
  return { store, webhook: webhook!, now };
}

const WEBHOOK_ENDS: readonly WebhookEnd[] = [
  { state: 'delivered', detail: '200' },
  { state: 'pending', detail: '503', notBefore: TUESDAY + DAY },
  { state: 'dead', detail: '410' },
];

const WEBHOOK_ACTS: Readonly<
  Record<WebhookStep, readonly ((store: Store, webhook: Webhook) => Promise<unknown>)[]>
> = {
  end: WEBHOOK_ENDS.map((end) => (store, webhook) => store.endWebhook(webhook, end, TUESDAY)),
  retry: [(store, webhook) => store.retryWebhook(webhook.id, TUESDAY)],
  discard: [(store, webhook) => store.discardWebhook(webhook.id, TUESDAY)],
  forget: [(store) => store.forgetContact('ana', TUESDAY)],
};

describe.each(Object.keys(WEBHOOK_ACTS) as WebhookStep[])('the transition `%s` of a webhook', (step) => {
  it.each(WEBHOOK_STATES)('from `%s` leads where the table allows, and nowhere else', async (state) => {
    const reached = new Set<WebhookState>();
    for (const act of WEBHOOK_ACTS[step]) {
      const { store, webhook, now } = await aWebhookIn(state);
      await act(store, webhook);
      reached.add(now());
    }
    const allowed = WEBHOOK_STEPS[step][state] ?? [];
    expect([...reached].filter((each) => each !== state).sort()).toEqual(
      allowed.filter((each) => each !== state).sort(),
    );
  });
});

const QUESTION: Funnel = { steps: [], otherwise: [] };
const START = {
  ...{ kind: 'start', rule: 'pricing', funnel: QUESTION, step: 0, within: DAY },
  match: { keyword: null, groups: {} },
} as const satisfies RunChange;

/** The variants of a run in a state: with a question or without, and its outcome. */
const RUNS: Readonly<
  Record<RunState, readonly (readonly [step: number | null, outcome: RunOutcome | null])[]>
> = {
  asking: [[0, null]],
  waiting: [[0, null]],
  sending: [[null, null]],
  ended: [
    [0, 'refused'],
    [0, 'timed_out'],
    [null, 'refused'],
    [null, 'completed'],
  ],
};

/** A store with a funnel run and the send of its message, both put into a state directly. */
async function aRunIn(
  state: RunState,
  [step, outcome]: (typeof RUNS)[RunState][number],
  sendState: SendState,
) {
  const { store, db } = await aStore();
  await store.recordPage('messages', [{ event: anEvent(), beforeStart: false }], null);
  await store.recordDecision(anEvent(), aDecision({ actions: [anAction()], runs: [START] }), TUESDAY);
  db.prepare('update sends set state = ?, message_id = ?, attempts = 1, attempted_at = ?').run(
    sendState,
    sendState === 'accepted' ? 'a1' : null,
    TUESDAY,
  );
  db.prepare(
    'update runs set state = ?, step = ?, outcome = ?, asked_at = ?, deadline = ?, ended_at = ?',
  ).run(
    ...[state, step, outcome],
    ...(state === 'waiting' ? [TUESDAY, TUESDAY + DAY] : [null, null]),
    state === 'ended' ? TUESDAY : null,
  );
  const [send] = await store.sends({ limit: 1 });
  const now = () => (db.prepare('select state from runs where id = 1').get() as { state: RunState }).state;
  return { store, send: send!, now, db };
}

/** The contact's next message, and the decision about it. */
const decided =
  (decision: Partial<Decision>): Act =>
  async (store) => {
    const event = anEvent({ sourceId: 'next', at: TUESDAY + SECOND });
    await store.recordPage('messages', [{ event, beforeStart: false }], null);
    await store.recordDecision(event, aDecision({ actions: [], ...decision }), TUESDAY + SECOND);
  };
const moved = { run: 1, rule: 'pricing' } as const;
const waitsOn = { ...moved, kind: 'wait', step: 1, within: DAY } as const;
const HOLD = {
  ...{ code: '20101', detail: 'limit' },
  meaning: { kind: 'hold', scope: 'account', cause: '20101' },
} as const;

/** All calls of the store that may change a run's state, by the state of its send before. */
const RUN_ACTS: Readonly<Record<RunStep, readonly [SendState, ...Act[]]>> = {
  asked: [
    'sending',
    (store, send) =>
      store.endAttempt(
        send,
        { state: 'accepted', messageId: 'a1', status: 'queued', conversationId: null, checkAt: TUESDAY },
        TUESDAY,
      ),
  ],
  answer: [
    'sent',
    decided({ runs: [{ ...waitsOn, wrong: 0 }], actions: [anAction()] }),
    decided({ runs: [{ ...waitsOn, wrong: 1 }] }),
  ],
  end: ['sent', decided({ runs: [{ ...moved, kind: 'end', outcome: 'completed', detail: null }] })],
  stop: ['sent', decided({ optOut: 'stop' }), decided({ runs: [{ ...START, rule: 'other' }] })],
  refuse: ['sending', (store, send) => store.endAttempt(send, FAILED, TUESDAY)],
  put_back: [
    'accepted',
    (store) =>
      store.recordDeliveries(
        [
          {
            ...{ route: 'POST /v2/messages', messageId: 'a1', status: 'failed' },
            ...{ refusal: HOLD, conversationId: null },
          },
        ],
        TUESDAY,
      ),
  ],
  revive: ['failed', (store, send) => store.retrySend(send.id, TUESDAY)],
  forget: ['sent', (store) => store.forgetContact('ana', TUESDAY)],
};

describe.each(Object.keys(RUN_ACTS) as RunStep[])('the transition `%s` of a funnel run', (step) => {
  it.each(RUN_STATES)('from `%s` leads where the table allows, and nowhere else', async (state) => {
    const [sendState, ...acts] = RUN_ACTS[step];
    const reached = new Set<RunState>();
    // A run ends as refused only when the send of its message fails.
    const possible = RUNS[state].filter(([, outcome]) => outcome !== 'refused' || sendState === 'failed');
    for (const how of possible) {
      for (const act of acts) {
        const { store, send, now, db } = await aRunIn(state, how, sendState);
        await act(store, send);
        reached.add(now());
        const { counted, fromRuns } = await funnelsOf(TUESDAY, {
          funnels: store.funnelFigures,
          ...funnelShapes(embedded(db, 'test.db')),
        });
        expect(counted).toEqual(fromRuns);
      }
    }
    const allowed = RUN_STEPS[step][state] ?? [];
    expect([...reached].filter((each) => each !== state).sort()).toEqual(
      allowed.filter((each) => each !== state).sort(),
    );
  });
});

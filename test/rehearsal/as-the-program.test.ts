import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decideEvent } from '../../src/actions/decide/decide-event.js';
import { expireRuns } from '../../src/actions/funnel/expire-runs.js';
import type { Decision } from '../../src/domain/decision.js';
import type { InboundEvent } from '../../src/domain/event.js';
import type { SendRoute } from '../../src/domain/send.js';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/domain/time.js';
import { createHistory } from '../../src/rehearsal/history.js';
import { rehearseEvent } from '../../src/rehearsal/rehearse.js';
import type { Store } from '../../src/store/ports/store.js';
import { aComment, aConfig, anAccount, anEvent, TUESDAY } from '../builders.js';
import { aRuleSet } from '../scenes/rule-set.js';
import { draws } from '../draws.js';
import { openCopied } from '../store/template.js';

const CONFIG = aConfig({
  accounts: [anAccount({ disclosure: 'I am a program.' }), anAccount({ name: 'shop-b', id: '2' })],
  guards: {
    humanPause: 3 * MINUTE,
    automationPause: 5 * 60_000,
    perContact: { replies: 4, per: HOUR },
    loopBreaker: { rounds: 3, within: 2 * MINUTE, wait: 10 * MINUTE },
    optOut: { keywords: ['stop'], reply: 'stopped' },
  },
});
/** Interval between polls. Sends and time limits take effect at a poll, so the program may act one interval late. */
const POLL = 10 * SECOND;
// The time limits and pauses are chosen so that none ends at the exact minute of an event.
const SET = aRuleSet(
  `
version: 1
rules:
  - id: guide
    on: comment
    keywords: [guide]
    private_reply: "your e-mail?"
    comment_reply: "see your messages"
    then:
      - ask: { expect: email, save: email, retry: "once more", tries: 2, within: 150s }
      - tag: lead
      - reply: "thanks {{ contact.fields.email }}"
    otherwise: [{ reply: "too late" }, { tag: lost }]
    once_per: { contact: 10m }
  - { id: price, on: message, keywords: [price], reply: { one_of: [a, b, c] }, once_per: { contact: 2m } }
  - id: order
    on: message
    keywords: [order]
    reply: { text: "which number?", delay: 30s }
    then:
      - ask: { expect: number, save: number, tries: 1, within: 200s, on_keyword: keep, on_human: keep }
      - wait: 100s
      - ask: { text: "and how many?", expect: number, within: 90s, remind: [{ after: 20s, text: "hm?" }, { after: 80s, text: "hm??" }] }
      - if:
          when: { fact: answered_by, params: { rule: price, within: 5m }, operator: equal, value: true }
          then: [{ wait: { for: 70s, on_message: keep } }, { reply: "noted {{ contact.fields.number }}" }]
          else: [{ tag: no-price }]
      - reply: "done"
    otherwise: { tag: gone }
    once_per: false
  - { id: human, on: message, keywords: [person], reply: "somebody comes", handoff: { for: 100s } }
  - { id: mark, on: message, keywords: [mark], set: { seen: "yes" }, tag: marked, once_per: { contact: 5m } }
  - { id: marked, on: message, keywords: [know], when: { all: [{ fact: tags, operator: contains, value: marked }] }, reply: "I know you", once_per: false }
  - { id: stood, on: message, keywords: [hello], when: { fact: funnel, params: { rule: order }, operator: in, value: [active, timed_out, human, completed] }, reply: "you ordered", once_per: false }
  - { id: often, on: message, keywords: [hello], when: { fact: count, params: { rule: price }, operator: greaterThan, value: 1 }, reply: "you asked often", once_per: false }
  - { id: tried, on: message, keywords: [hello], reply: "in shadow", mode: shadow, once_per: { contact: 4m } }
  - { id: price-2, on: message, keywords: [hola, info], reply: { es: sí, en: sure, default: en }, once_per: false }
  - { id: first, on: message, when: { all: [{ fact: first_contact, operator: equal, value: true }] }, reply: "welcome" }
`,
  CONFIG,
);
const ACCOUNTS = new Map(CONFIG.accounts.map((each) => [each.name, each]));
const WORDS = ['price', 'order', 'person', 'mark', 'know', 'hello', 'a@b.example', '7', 'stop', 'start', '?'];
const IN_LANGUAGES = ['hola, cuánto cuesta el envío?', 'how much is the info?', 'info'];

interface Said {
  readonly who: 'ana' | 'bo';
  readonly account: 'shop-ig' | 'shop-b';
  readonly what: string;
  readonly after: number;
}

const said: fc.Arbitrary<Said> = fc.record({
  who: fc.constantFrom('ana', 'bo'),
  account: fc.constantFrom('shop-ig', 'shop-ig', 'shop-b'),
  what: fc.oneof(
    fc.constantFrom(...WORDS, ...IN_LANGUAGES),
    fc.constantFrom('comment guide', 'human', 'nobody'),
  ),
  // Minutes after the previous event, at least 1, because the store orders events with equal times by their
  // ids.
  after: fc.integer({ min: 1, max: 4 }),
});

function toEvents(script: readonly Said[]): readonly InboundEvent[] {
  let at = TUESDAY;
  return script.map(({ who, account, what, after }, index) => {
    at += after * MINUTE;
    const contact = { id: what === 'nobody' ? '' : who, name: null, username: null };
    const sourceId = String(index).padStart(4, '0');
    const common = { sourceId, at, account, contact };
    if (what === 'comment guide' || what === 'nobody') return aComment({ ...common, text: 'guide' });
    const direction = what === 'human' ? 'outgoing' : 'incoming';
    const text = what === 'human' ? 'a human writes' : what;
    return anEvent({ ...common, direction, text, conversationId: `c-${who}` });
  });
}

/** Decides by the store and poller of the running program, with every send leaving on time. */
async function asTheProgram(events: readonly InboundEvent[], store: Store, time: { now: number }) {
  const decided: unknown[] = [];
  const settings = {
    mode: 'live',
    accounts: ACCOUNTS,
    guards: CONFIG.guards,
    optOut: CONFIG.guards.optOut,
  } as const;
  const clock = (): number => time.now;
  const logger = { info: () => undefined };
  const poll = async (read: readonly InboundEvent[]): Promise<void> => {
    const { now } = time;
    await sendAll(store, now);
    for (const event of read) {
      const list = event.kind === 'message' ? 'messages' : 'comments';
      await store.recordPage(list, [{ event, beforeStart: false }], null);
    }
    await store.endPoll([{ resource: 'messages', watermarks: new Map([['instagram', now]]), at: now }], now);
    await expireRuns({ store, clock, logger, set: () => SET, settings, onQueued: () => undefined });
  };
  for (const event of events) {
    for (; time.now < event.at; time.now += POLL) await poll([]);
    await poll([event]);
    const facts = await store.factsFor(event, time.now, { answers: 30 * DAY, mode: 'live', said: true });
    const decision = await decideEvent(event, facts, SET, settings);
    await store.recordDecision(event, decision, time.now);
    decided.push(essence(event, decision, facts));
  }
  return decided;
}

async function sendAll(store: Store, now: number): Promise<void> {
  for (const route of ['POST /v2/messages', 'POST /v2/comments'] as SendRoute[]) {
    for (;;) {
      const { send } = await store.claimSend(route, now, { perMinute: 10_000, perHourPerAccount: 10_000 });
      if (send === null) break;
      await store.endAttempt(send, { state: 'sent', detail: '' }, now);
    }
  }
}

async function asRehearsed(events: readonly InboundEvent[]) {
  const history = createHistory({}, true);
  const decided: unknown[] = [];
  for (const event of events) {
    const parts = { config: CONFIG, set: SET, history, accounts: ACCOUNTS };
    const { decision, facts } = await rehearseEvent(event, event.at, parts);
    decided.push(essence(event, decision, facts));
  }
  return decided;
}

/** A decision and the state that it was based on, without ids and formats in which the two sides differ. */
function essence(
  event: InboundEvent,
  { rule, reason, detail, actions, effects, optOut, runs }: Decision,
  { tags, fields, firstContact, optedOutAt, run, said: texts }: Awaited<ReturnType<Store['factsFor']>>,
) {
  const changes = runs?.map((change) => [change.kind, change.rule, 'step' in change ? change.step : null]);
  const waits = run && [run.rule, run.step, run.wrong];
  return {
    ...{ id: event.id, text: event.text, at: event.at, rule, detail, actions, effects, optOut, changes },
    reason: reason === 'queued' ? 'replied' : reason,
    facts: { tags, fields, firstContact, optedOutAt, waits, texts },
  };
}

it(
  'a rehearsal decides like the program with its store, for random messages',
  { timeout: 150_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(said, { minLength: 1, maxLength: 14 }), async (script) => {
        const events = toEvents(script);
        const folder = mkdtempSync(join(tmpdir(), 'rehearsal-'));
        const time = { now: TUESDAY };
        const store = openCopied(join(folder, 'model.db'), () => time.now);
        try {
          expect(await asRehearsed(events)).toEqual(await asTheProgram(events, store, time));
        } finally {
          await store.close();
          rmSync(folder, { recursive: true });
        }
      }),
      { numRuns: draws(40) },
    );
  },
);

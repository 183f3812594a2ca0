import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/domain/limits.js';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/domain/time.js';
import type { InboundEvent } from '../../src/domain/event.js';
import type { Ask, Funnel } from '../../src/domain/funnel.js';
import type { AfterPrivate } from '../../src/domain/rule.js';
import type { Send } from '../../src/domain/send.js';
import { lateRefusalOf } from '../../src/blotato/refusals.js';
import type { Store } from '../../src/store/ports/store.js';
import { aComment, aDecision, anAction, anEvent, TUESDAY } from '../builders.js';
import { callsOf, funnelsOf, knownTo, marksOf } from './known.js';
import type { AttemptEnd } from '../../src/domain/attempt.js';

/** A store of one adapter, with a clock that the test controls. */
export interface StoreUnderTest {
  readonly store: Store;
  /** Opens the same data again, as after a crash. */
  reopen(): Promise<Store>;
  dispose(): Promise<void>;
}

const WIDE = { perMinute: 1_000, perHourPerAccount: 1_000 };
const WINDOW = { answers: HOUR, mode: 'live' as const };
const ROUTE = 'POST /v2/messages';
const NO_MATCH = { keyword: null, groups: {} };
const CODE = { type: 'code', pool: 'p', file: 'p', save: 'x', low: 1, otherwise: null } as const;
/** A funnel that hands out two codes. */
const CODES: Funnel = {
  steps: [
    { ...CODE, next: 1 },
    { ...CODE, next: 2 },
  ],
  otherwise: [],
};

/** The behaviour that every adapter of the store must have. */
export function storeContract(name: string, open: (clock: () => number) => Promise<StoreUnderTest>): void {
  describe(`store: ${name}`, () => {
    let now = TUESDAY;
    let tested: StoreUnderTest;
    let store: Store;
    beforeEach(async () => {
      now = TUESDAY;
      tested = await open(() => now);
      store = tested.store;
    });
    afterEach(async () => {
      const { counted, fromRuns } = await funnelsOf(TUESDAY, {
        funnels: (await tested.reopen()).funnelFigures,
      });
      await tested.dispose();
      expect(counted, 'the counts of funnel runs').toEqual(fromRuns);
    });

    const read = (...events: ReturnType<typeof anEvent>[]) =>
      store.recordPage(
        'messages',
        events.map((event) => ({ event, beforeStart: false })),
        null,
      );
    const readComments = (...events: ReturnType<typeof anEvent>[]) =>
      store.recordPage(
        'comments',
        events.map((event) => ({ event, beforeStart: false })),
        null,
      );
    const decideQueued = async (event: ReturnType<typeof anEvent>, more = {}) => {
      await read(event);
      await store.recordDecision(event, aDecision(more), now);
    };
    const claim = async (route: Send['route'] = ROUTE) => (await store.claimSend(route, now, WIDE)).send;
    const accepted = (messageId: string, status = 'queued'): AttemptEnd => ({
      state: 'accepted',
      messageId,
      status,
      conversationId: 'c1',
      checkAt: now + SECOND,
    });
    const reasonOf = async (id: string) =>
      (await store.journal({ limit: 100 })).find((row) => row.event.id === id)?.reason;

    describe('events in the store', () => {
      it('stores an event once, however often it is read', async () => {
        expect(await read(anEvent(), anEvent())).toBe(1);
        expect(await read(anEvent({ text: 'edited' }))).toBe(0);
        const rows = await store.journal({ limit: 10 });
        expect(await store.journal({ limit: 1, events: [rows.at(-1)!.event.id] })).toEqual(rows.slice(-1));
        expect(await store.journal({ limit: 1, events: ['message:nobody'] })).toEqual([]);
        expect(rows.map((row) => row.event.text)).toEqual(['price?']);
      });

      it('returns decided texts of contacts, and keeps judgements about them until they are forgotten', async () => {
        const own = anEvent({ sourceId: 'm2', direction: 'outgoing' });
        await read(anEvent(), own, anEvent({ sourceId: 'm3', at: now - HOUR }));
        for (const event of [anEvent(), own]) await store.recordDecision(event, aDecision(), now);
        const query = { limit: 10, since: 0, after: 0 };
        expect(await store.decidedTexts(query)).toMatchObject([{ event: anEvent(), reason: 'queued' }]);
        expect(await store.decidedTexts({ ...query, since: now + 1 })).toEqual([]);
        expect(await store.latestTexts({ limit: 10, since: 0 })).toMatchObject([{ event: anEvent() }]);
        expect(await store.latestTexts({ limit: 10, since: now + 1 })).toEqual([]);
        const label = { eventId: anEvent().id, rule: 'pricing', isRight: true };
        expect(await store.saveLabel({ ...label, eventId: 'message:nobody' }, now)).toBe(false);
        expect(await store.saveLabel(label, now)).toBe(true);
        expect(await store.saveLabel({ ...label, isRight: false }, now)).toBe(true);
        expect(await store.labels()).toEqual([{ ...label, isRight: false, text: 'price?' }]);
        await store.forgetBefore(now + 1);
        expect(await store.labels()).toEqual([]);
        await store.recordDecision(anEvent({ sourceId: 'm3' }), aDecision(), now);
        await store.saveLabel({ ...label, eventId: 'message:m3' }, now);
        await store.forgetContact('ana', now);
        expect(await store.labels()).toEqual([]);
      });

      it('returns the latest decided texts, newest first, of a reason too', async () => {
        const events = ['a', 'b', 'c', 'd'].map((id, n) => anEvent({ sourceId: id, at: now - n * HOUR }));
        await read(...events);
        for (const [n, event] of events.entries()) {
          const decision = n % 2 === 0 ? aDecision() : aDecision({ reason: 'no_match', rule: null });
          await store.recordDecision(event, decision, now);
        }
        const latest = async (query: Partial<Parameters<typeof store.latestTexts>[0]>) =>
          (await store.latestTexts({ limit: 10, since: 0, ...query })).map(({ event }) => event.sourceId);
        expect(await latest({})).toEqual(['d', 'c', 'b', 'a']);
        expect(await latest({ limit: 3 })).toEqual(['d', 'c', 'b']);
        expect(await latest({ since: now - HOUR })).toEqual(['b', 'a']);
        expect(await latest({ reason: 'no_match' })).toEqual(['d', 'b']);
        expect(await latest({ reason: 'no_match', since: now - 2 * HOUR, limit: 1 })).toEqual(['b']);
        expect(await latest({ reason: 'unsure' })).toEqual([]);
      });

      it('claims each kind of check of links once, and keeps the times of dead links', async () => {
        const claim = (check: 'all' | 'again', before: number) => store.claimLinkCheck(check, now, before);
        const claims = await Promise.all([claim('all', now - DAY), claim('all', now - DAY)]);
        expect(claims.sort()).toEqual([false, true]);
        expect(await claim('again', now - HOUR)).toBe(true);
        now += DAY - 1;
        expect(await claim('all', now - DAY)).toBe(false);
        now += 1;
        expect(await claim('all', now - DAY)).toBe(true);
        now -= HOUR;
        expect(await claim('all', now - DAY)).toBe(true);

        const [a, b] = ['https://a.example/%20', 'https://b.example/'];
        await store.saveLinkNews({ dead: [a, b], noted: [], over: [] }, now);
        await store.saveLinkNews({ dead: [a, b], noted: [a], over: [b] }, now + HOUR);
        await store.saveLinkNews({ dead: [a], noted: [a, b], over: [] }, now + 2 * HOUR);
        expect(await store.deadLinks()).toEqual([{ url: a, since: now, notedAt: now + HOUR }]);
        expect(await (await tested.reopen()).deadLinks()).toHaveLength(1);
      });

      it('shows a text that is typed to others for a minute after its last key, and nowhere else', async () => {
        const talk = { account: 'shop-ig', contactId: 'ana' };
        const comment = { eventId: aComment().id };
        const mia = { by: 'Mia', page: 'p1', text: 'We open \\u0000 at <b>9</b>' };
        const ben = { by: 'Ben', page: 'p1', text: 'Hello Ana' };
        expect(await store.saveTyping(talk, mia, now)).toBe(false);
        await decideQueued(anEvent());
        await readComments(aComment());
        expect(await store.saveTyping(comment, ben, now)).toBe(false);
        await store.recordDecision(aComment(), aDecision({ actions: [] }), now);
        expect(await store.saveTyping(talk, mia, now)).toBe(true);
        expect(await store.saveTyping(talk, ben, now + SECOND)).toBe(true);
        expect(await store.saveTyping(comment, { ...ben, text: 'Thanks\0' }, now)).toBe(true);
        expect(await store.saveTyping({ ...talk, account: 'other' }, mia, now)).toBe(false);
        expect(await store.saveTyping({ eventId: anEvent().id }, mia, now)).toBe(false);
        expect(await store.typing(talk, now)).toEqual([ben, mia]);
        expect(await store.typing(comment, now)).toMatchObject([{ by: 'Ben' }]);
        expect(await store.typing({ ...talk, contactId: 'bo' }, now)).toEqual([]);
        expect(JSON.stringify(await store.journal({ limit: 9 }))).not.toContain('We open');

        expect(await store.typing(talk, now + MINUTE - 1)).toHaveLength(2);
        expect(await store.typing(talk, now + MINUTE)).toEqual([ben]);
        await store.saveTyping(talk, { ...mia, text: 'We open' }, now + 2 * SECOND);
        expect(await store.typing(talk, now + MINUTE)).toEqual([ben, { ...mia, text: 'We open' }]);
        await store.saveTyping(talk, { ...mia, page: 'p2', text: '' }, now + 2 * SECOND);
        await store.saveTyping(talk, { ...ben, text: '' }, now + 2 * SECOND);
        expect(await store.typing(talk, now + 2 * SECOND)).toEqual([{ ...mia, text: 'We open' }]);
        for (let page = 0; page < 9; page += 1)
          await store.saveTyping(talk, { ...ben, page: `${page}` }, now);
        expect(await store.typing(talk, now)).toHaveLength(LIMITS.typingShown);
      });

      it('deletes a text that is typed with its contact, whose open page cannot store it again, and daily', async () => {
        const talk = { account: 'shop-ig', contactId: 'ana' };
        const comment = { eventId: aComment().id };
        const mia = { by: 'Mia', page: 'p1', text: 'Hello Ana' };
        await decideQueued(anEvent());
        await readComments(aComment());
        await store.recordDecision(aComment(), aDecision({ actions: [] }), now);
        for (const about of [talk, comment]) await store.saveTyping(about, mia, now);
        await store.forgetBefore(now - DAY);
        for (const about of [talk, comment]) expect(await store.typing(about, now)).toEqual([]);
        for (const about of [talk, comment]) expect(await store.saveTyping(about, mia, now)).toBe(true);
        await store.forgetContact('ana', now);
        for (const about of [talk, comment]) {
          expect(await store.typing(about, now)).toEqual([]);
          expect(await store.saveTyping(about, mia, now)).toBe(false);
        }
      });

      it('returns an event as it was read', async () => {
        const comment = aComment({ contact: { id: 'bo', name: null, username: null } });
        await readComments(comment);
        expect(await store.undecided(10)).toEqual([comment]);
      });

      it('lists events after a time and an id, oldest first, with the reasons of their decisions', async () => {
        await decideQueued(anEvent({ sourceId: 'b', at: now + 2 }), { reason: 'no_match', actions: [] });
        await read(
          anEvent({ sourceId: 'c', at: now + 2 }),
          anEvent({ sourceId: 'Z', at: now + 2 }),
          anEvent({ sourceId: 'early', at: now - 1 }),
          anEvent({ sourceId: 'read-late', at: now + 1 }),
        );
        const after = async (at: number, id: string, limit = 9) =>
          (await store.eventsAfter({ at, id }, limit)).map(({ event, reason }) => [event.sourceId, reason]);
        expect(await after(now, '')).toEqual([
          ['read-late', null],
          ['Z', null],
          ['b', 'no_match'],
          ['c', null],
        ]);
        expect(await after(now + 2, 'message:Z', 1)).toEqual([['b', 'no_match']]);
        expect(await after(now + 2, 'message:c')).toEqual([]);
      });

      it('stores a text with any characters; those that PostgreSQL cannot store are replaced', async () => {
        const kept = 'a "b" \\u0000 \\ \n\t\u0001\u2028 {"c":[1]} \'; -- 😀 مرحبا';
        const row = {
          conversationId: 'x"\\\ud800',
          senderId: null,
          recipientId: '',
          status: '',
          stated: null,
        };
        const held = { for: 'account', detail: 'later', row } as const;
        const event = anEvent({ text: `${kept}\u0000\ud83d` });
        await store.recordPage('messages', [{ event, beforeStart: false, held }], null);
        const [found] = await store.journal({ limit: 1 });
        expect(found?.event.text.startsWith(kept)).toBe(true);
        expect(found?.event.text.slice(kept.length)).toBe('\uFFFD\uFFFD');
        expect(await store.held(1)).toMatchObject([{ held }]);
      });

      it('returns undecided events of the latest writer, oldest first, ties by id', async () => {
        const at = (sourceId: string, time: number, more = {}) => anEvent({ sourceId, at: time, ...more });
        const by = (id: string) => ({ contact: { id, name: null, username: null } });
        await read(at('c', 30), at('b', 10), at('a', 10), at('d', 20));
        await read(at('new', 40, by('ben')), at('old', 5, by('cy')), at('first', 1, by('ben')));
        await read(at('nobody', 35, { account: null, ...by('') }));
        const ids = async (limit: number) => (await store.undecided(limit)).map(({ sourceId }) => sourceId);
        expect(await ids(10)).toEqual(['first', 'new', 'nobody', 'a', 'b', 'd', 'c', 'old']);
        // A page never contains a message of a person without that person's earlier messages.
        expect(await ids(1)).toEqual(['first']);
        expect(await ids(4)).toEqual(['first', 'new', 'nobody', 'a']);
        expect((await knownTo(store)).hasUndecided).toBe(true);
      });

      it('stores the due time of messages that settle', async () => {
        const from = (sourceId: string, at: number, conversationId = 'c1') =>
          anEvent({ sourceId, at, conversationId });
        const [first, second] = [from('a', 10), from('b', 20)];
        await read(second, first, from('c', 5, 'c2'), anEvent({ sourceId: 'd', direction: 'outgoing' }));
        expect(await store.undecidedWith(second, 10)).toEqual([first, second]);
        expect(await store.undecidedWith(second, 1)).toEqual([first]);
        expect((await knownTo(store)).settlesAt).toBeNull();
        await store.settle([first.id, second.id], now + 20);
        expect((await knownTo(store)).settlesAt).toBe(now + 20);
        const ids = async (at: number) => (await store.undecided(10, at)).map(({ sourceId }) => sourceId);
        expect(await ids(now + 19)).toEqual(expect.not.arrayContaining(['a', 'b']));
        expect(await ids(now + 20)).toEqual(expect.arrayContaining(['a', 'b', 'c']));
        await store.recordDecisions(
          [first, second].map((event) => ({ event, decision: aDecision({ actions: [] }), now })),
        );
        expect((await knownTo(store)).settlesAt).toBeNull();
        expect(await store.undecidedWith(second, 10)).toEqual([]);
      });

      it('lists for a rule also the events on which it acted in shadow beside another', async () => {
        const traced = (rule: string, outcome: 'acts' | 'would_act_shadow') => ({
          ...{ rule, outcome, failed: null, keyword: null, note: null },
        });
        const decided = async (sourceId: string, ...rules: ReturnType<typeof traced>[]) => {
          const text = '"rule":"spied","outcome":"would_act_shadow"';
          const trace = { text, words: [], rules, rulesOmitted: 0, guards: [] };
          await decideQueued(anEvent({ sourceId }), { trace, actions: [] });
        };
        await decided('m1', traced('nuts', 'would_act_shadow'), traced('pricing', 'acts'));
        await decided('m2', traced('nuts-2', 'would_act_shadow'), traced('pricing', 'acts'));
        await decided('m3', traced('pricing', 'acts'));
        const listed = async (rule: string) =>
          (await store.journal({ limit: 9, rule })).map(({ event }) => event.sourceId);
        expect(await listed('nuts')).toEqual(['m1']);
        expect(await listed('Nuts')).toEqual([]);
        expect(await listed('spied')).toEqual([]);
        expect(await listed('pricing')).toEqual(['m3', 'm2', 'm1']);
        expect(await store.journal({ limit: 9, rule: 'nuts', account: 'other' })).toEqual([]);
      });

      it('stores each row of a large page once, and counts those that are new', async () => {
        const page = Array.from({ length: 120 }, (_, n) =>
          anEvent({ sourceId: `m${n}`, at: n, text: `${n}` }),
        );
        expect(await read(...page.slice(0, 60))).toBe(60);
        expect(await read(...page)).toBe(60);
        expect(await read(...page, ...page.slice(0, 1), anEvent({ sourceId: 'late' }))).toBe(1);
        const rows = await store.journal({ limit: 200 });
        expect(rows).toHaveLength(121);
        expect(await store.journal({ limit: 2, before: rows[4]!.seq })).toEqual(rows.slice(5, 7));
        expect(await store.journal({ limit: 200, before: rows[118]!.seq })).toEqual(rows.slice(119));
        expect(
          rows
            .filter(({ event }) => event.sourceId !== 'late')
            .map(({ event }) => event.text)
            .sort(),
        ).toEqual(page.map(({ text }) => text).sort());
        const many = page.map(({ text }) => ({ id: text, accountId: '1', participants: [] }));
        await store.saveConversations(many);
        await store.saveConversations(many.map((each) => ({ ...each, accountId: '2' })));
        const known = await store.conversations(many.map(({ id }) => id));
        expect([...known.values()].map(({ accountId }) => accountId)).toEqual(many.map(() => '2'));
      });

      it('returns no undecided events of an incomplete walk', async () => {
        const walk = { platforms: ['instagram'] as const, resumeToken: 't', newestAt: 5 };
        await store.recordPage('messages', [{ event: anEvent(), beforeStart: false }], walk);
        expect(await store.undecided(10)).toEqual([]);
        expect((await knownTo(store)).walks.messages).toEqual(walk);

        await store.endPoll(
          [{ resource: 'messages', watermarks: new Map([['instagram', 5]]), at: now }],
          now,
        );
        expect(await store.undecided(10)).toHaveLength(1);
        expect((await knownTo(store)).walks).toEqual({});
        expect(await marksOf(store, 'messages')).toEqual(new Map([['instagram', 5]]));
      });

      it('returns the freshest contacts of an incomplete walk, and their events once their conversation is read', async () => {
        const by = (id: string, at: number, more: Partial<InboundEvent> = {}) =>
          anEvent({
            sourceId: `${id}-${at}`,
            at,
            conversationId: `with-${id}`,
            contact: { id, name: null, username: null },
            ...more,
          });
        const walk = { platforms: ['instagram'] as const, resumeToken: 't', newestAt: 90 };
        const out = { direction: 'outgoing' } as const;
        const page = async (...events: InboundEvent[]) =>
          store.recordPage(
            'messages',
            events.map((event) => ({ event, beforeStart: false })),
            walk,
          );
        await page(by('ana', 80), by('ana', 70, out), by('ana', 60), by('ben', 75), by('cy', 50, out));
        await page(
          by('nobody', 95, { account: null }),
          by('', 96),
          by('unknown', 97, { conversationId: null }),
        );
        // Each depends on more than one conversation, or is not to be decided now.
        await page(by('two', 94), by('two', 10, { conversationId: 'another' }), by('held', 93));
        await page(by('settling', 92), by('funnel', 91), by('draft', 90));
        const row = {
          conversationId: 'with-held',
          senderId: null,
          recipientId: 'held',
          status: 's',
          stated: null,
        };
        const held = { for: 'account', detail: 'later', row } as const;
        await store.recordPage('messages', [{ event: by('held', 92, out), beforeStart: false, held }], walk);
        await store.recordPage('messages', [{ event: by('early', 99), beforeStart: true }], walk);
        await store.settle([by('settling', 92).id], now + 1);
        const [asked, drafted] = [by('funnel', 20), by('draft', 20)];
        await page(asked, drafted);
        const funnel: Funnel = { steps: [], otherwise: [] };
        const match = { keyword: null, groups: {} };
        const start = { kind: 'start', rule: 'pricing', funnel, step: 0, within: HOUR, match } as const;
        await store.recordDecision(asked, aDecision({ runs: [start] }), now);
        const reply = { reason: 'awaiting_approval', actions: [anAction({ awaits: true })] } as const;
        await store.recordDecision(drafted, aDecision(reply), now);

        const waiting = async (limit: number, except: string[] = []) =>
          (await store.waitingContacts(limit, now, except)).map(({ conversationId }) => conversationId);
        expect(await store.waitingContacts(1, now, [])).toEqual([
          { account: 'shop-ig', contactId: 'ana', conversationId: 'with-ana' },
        ]);
        expect(await waiting(10)).toEqual(['with-ana', 'with-ben']);
        expect(await waiting(1, ['with-ana'])).toEqual(['with-ben']);

        expect(await store.undecided(100, now)).toEqual([]);
        const ids = async (...read: string[]) =>
          (await store.undecidedIn(read, now)).map(({ sourceId }) => sourceId);
        expect(await ids('with-ana', 'with-ben')).toEqual(['ana-60', 'ana-70', 'ana-80', 'ben-75']);
        // Comments of the contact are decided in their order with the messages, unless their own list is incomplete.
        const comment = aComment({
          sourceId: 'k',
          at: 65,
          contact: { id: 'ana', name: null, username: null },
        });
        await store.recordPage('comments', [{ event: comment, beforeStart: false }], null);
        expect(await ids('with-ana')).toEqual(['ana-60', 'k', 'ana-70', 'ana-80']);
        await store.recordPage('comments', [], walk);
        expect(await ids('with-ana')).toEqual(['ana-60', 'ana-70', 'ana-80']);
        await store.endPoll([{ resource: 'messages', watermarks: new Map(), at: now }], now);
        expect(await waiting(10)).toEqual([]);
      });

      it('returns the poll state at the start of a poll, and counts its calls in advance', async () => {
        const READ = 'GET /v2/messages';
        const OTHER = 'GET /v2/comments';
        const ASK = { routes: [READ, OTHER], since: now - MINUTE };
        expect(await store.beginPoll(ASK, now, () => [])).toEqual({
          watermarks: {},
          walks: {},
          calls: new Map([
            [READ, 0],
            [OTHER, 0],
          ]),
          ambiguous: new Set(),
          hasHeld: false,
          hasUndecided: false,
          settlesAt: null,
          hasOpenWork: false,
          failures: [],
        });
        await store.beginPoll(ASK, now, () => [READ]);
        now += SECOND;
        expect(await store.countCall(READ, { since: 0, most: 2 }, now)).toBeNull();
        await store.endPoll(
          [
            { resource: 'messages', watermarks: new Map([['instagram', 7]]), at: now },
            { resource: 'comments', watermarks: new Map([['instagram', 8]]), at: now },
          ],
          now,
        );
        await decideQueued(anEvent());
        await store.endAttempt((await claim())!, { state: 'ambiguous', checkAt: now, detail: '' }, now);
        expect(await store.beginPoll(ASK, now, () => [])).toEqual({
          watermarks: { messages: new Map([['instagram', 7]]), comments: new Map([['instagram', 8]]) },
          walks: {},
          calls: new Map([
            [READ, 2],
            [OTHER, 0],
          ]),
          ambiguous: new Set([ROUTE]),
          hasHeld: false,
          hasUndecided: false,
          settlesAt: null,
          hasOpenWork: true,
          failures: [],
        });
        const later = { ...ASK, since: now - SECOND };
        expect((await store.beginPoll(later, now, () => [])).calls.get(READ)).toBe(1);
        // A used-up budget counts nothing, and names the request that leaves it first.
        expect(await store.countCall(READ, { since: 0, most: 2 }, now)).toBe(now - SECOND);
        expect(await callsOf(store, READ)).toBe(2);
        expect(await store.countCall(READ, { since: now - SECOND, most: 2 }, now)).toBeNull();
        expect(await callsOf(store, READ)).toBe(3);
        expect(await store.countCall(READ, { since: now, most: 0 }, now)).toBe(now);
      });

      it('stores the last poll and the read failures of each list', async () => {
        expect(await store.readState()).toEqual({ polls: [], failures: [] });
        const read = { resource: 'messages' as const, watermarks: new Map([['instagram', 7] as const]) };
        await store.endPoll([{ ...read, at: now }], now, now + MINUTE);
        const poll = { resource: 'messages', platform: 'instagram' };
        const refused = { resource: 'comments' as const, since: now, error: 'no key', isKeyRefused: true };
        await store.saveReadFailures([refused]);
        const state = { polls: [{ ...poll, at: now, dueAt: now + MINUTE }], failures: [refused] };
        expect(await store.readState()).toEqual(state);
        expect((await knownTo(store)).failures).toEqual([refused]);

        const both = [
          { ...refused, resource: 'messages' as const },
          { ...refused, isKeyRefused: false },
        ];
        await store.saveReadFailures(both);
        expect((await store.readState()).failures).toEqual(both);
        await store.saveReadFailures([]);
        // Ending a poll without a due time of the next poll clears the stored due time.
        await store.endPoll([{ ...read, at: now + SECOND }], now + SECOND);
        expect(await store.readState()).toEqual({
          polls: [{ ...poll, at: now + SECOND, dueAt: null }],
          failures: [],
        });
      });

      it('deletes counted calls that no budget needs any more', async () => {
        await store.countCall('POST /v2/comments', { since: 0, most: 9 }, now);
        now += HOUR;
        await store.beginPoll({ routes: [], since: now }, now, () => []);
        expect(await callsOf(store, 'POST /v2/comments')).toBe(0);
      });

      it('returns the remaining work at the end of a poll', async () => {
        const nothing = { undecided: false, expired: false };
        expect(await store.endPoll([], now)).toEqual(nothing);
        await read(anEvent());
        expect(await store.endPoll([], now)).toEqual({ ...nothing, undecided: true });
        await store.recordDecision(anEvent(), aDecision(), now);
        expect(await store.endPoll([], now)).toEqual(nothing);
        expect((await knownTo(store)).hasOpenWork).toBe(true);
      });

      it('ends a walk of one list and keeps that of another', async () => {
        const walk = { platforms: ['instagram'] as const, resumeToken: 't', newestAt: 5 };
        await store.recordPage('messages', [], walk);
        await store.recordPage('comments', [], walk);
        await store.endPoll([{ resource: 'comments', watermarks: new Map(), at: now }], now);
        expect((await knownTo(store)).walks).toEqual({ messages: walk });
      });

      it('returns which ids the journal holds, messages and comments separately', async () => {
        await read(anEvent({ sourceId: 'x' }));
        expect(await store.journalled('messages', ['x', 'y'])).toEqual(new Set(['x']));
        expect(await store.journalled('comments', ['x'])).toEqual(new Set());
      });
    });

    describe('decisions in the store', () => {
      it('records one decision for an event, and one send for each of its actions', async () => {
        await decideQueued(anEvent());
        expect(await store.recordDecision(anEvent(), aDecision({ reason: 'no_match' }), now)).toBe(false);
        expect(await store.undecided(10)).toEqual([]);
        const [send, ...others] = await store.sends({ limit: 10 });
        expect(others).toEqual([]);
        expect(await store.sends({ limit: 10, before: send!.id + 1 })).toEqual([send]);
        expect(await store.sends({ limit: 10, before: send!.id })).toEqual([]);
        expect(await reasonOf('message:m1')).toBe('queued');
      });

      it('records several decisions at once, or none of them', async () => {
        const events = ['m1', 'm2', 'm3'].map((sourceId) => anEvent({ sourceId }));
        await read(...events);
        const decided = events.map((event) => ({
          event,
          decision: aDecision({ reason: 'no_match', actions: [] }),
          now,
        }));
        await store.recordDecision(events[0]!, aDecision(), now);
        const broken = { ...decided[2]!, event: { ...events[2]!, account: null }, decision: aDecision() };
        await expect(store.recordDecisions([decided[1]!, broken])).rejects.toThrow();
        expect((await store.undecided(10)).map(({ sourceId }) => sourceId)).toEqual(['m2', 'm3']);
        expect([...(await store.recordDecisions(decided))]).toEqual(['message:m2', 'message:m3']);
      });

      it('queues nothing in shadow, and stores what would have been sent', async () => {
        await decideQueued(anEvent(), { reason: 'shadow' });
        expect(await store.sends({ limit: 10 })).toEqual([]);
        const [row] = await store.journal({ limit: 1 });
        expect(row).toMatchObject({ reason: 'shadow', trace: { actions: [{ text: 'From 20 EUR.' }] } });
      });

      it('stores the reply history for cooldowns, shadow mode separately', async () => {
        await decideQueued(anEvent());
        const later = anEvent({ sourceId: 'm2', at: now + 1 });
        const live = await store.factsFor(later, now, WINDOW);
        const answer = {
          rule: 'pricing',
          conversationId: 'c1',
          postId: null,
          at: now,
          times: 1,
          isShadow: false,
        };
        expect(live.replies).toEqual([answer]);
        expect(live.recentAnswers).toEqual([now]);
        // In shadow, real replies to the contact count as well.
        const shadow = await store.factsFor(later, now, { ...WINDOW, mode: 'shadow' });
        expect(shadow.replies).toEqual([answer]);
        expect(shadow.recentAnswers).toEqual([now]);

        await decideQueued(anEvent({ sourceId: 'm3' }), {
          reason: 'shadow',
          rule: 'away',
          actions: [anAction({ rule: 'away' })],
        });
        const both = await store.factsFor(later, now, WINDOW);
        expect(both.replies).toContainEqual({ ...answer, rule: 'away', isShadow: true });
        expect(both.recentAnswers).toEqual([now]);
      });

      it('counts the replies of a rule to a contact, with the time of the newest', async () => {
        await decideQueued(anEvent());
        await decideQueued(anEvent({ sourceId: 'm2', id: 'message:m2' }));
        const { replies } = await store.factsFor(anEvent({ sourceId: 'm3' }), now, WINDOW);
        expect(replies).toMatchObject([{ rule: 'pricing', times: 2, at: now }]);
      });

      it('distinguishes a first contact from a known one', async () => {
        await read(anEvent(), anEvent({ sourceId: 'm2', at: now + 1 }));
        expect((await store.factsFor(anEvent(), now, WINDOW)).firstContact).toBe(true);
        expect(
          (await store.factsFor(anEvent({ sourceId: 'm2', at: now + 1 }), now, WINDOW)).firstContact,
        ).toBe(false);
      });

      it('counts events between two times by reason', async () => {
        await read(...[0, 1, 2].map((index) => anEvent({ sourceId: `r${index}`, at: now + index })));
        for (const index of [0, 1]) {
          const event = anEvent({ sourceId: `r${index}`, at: now + index });
          await store.recordDecision(event, aDecision({ reason: 'no_match', actions: [] }), now);
        }
        expect(await store.reasonsBetween(now + 1, now + 3)).toEqual({ no_match: 1 });
        expect(await store.reasonsBetween(now, now + 3)).toEqual({ no_match: 2 });
      });

      it('counts replies that were due and stopped, and events by hour and rule', async () => {
        const ends = [
          ['window_closed', 'pricing'],
          ['window_closed', 'pricing'],
          ['too_long', 'pricing'],
          ['no_match', null],
          ['own_message', null],
        ] as const;
        const events = ends.map((_, index) => anEvent({ sourceId: `s${index}`, at: now + index }));
        await read(...events);
        for (const [index, [reason, rule]] of ends.entries()) {
          await store.recordDecision(events[index]!, aDecision({ reason, rule, actions: [] }), now);
        }
        const day = Math.floor(now / DAY);
        const of = { rule: 'pricing', account: 'shop-ig', day };
        expect(await store.stops(now)).toEqual([
          { ...of, reason: 'window_closed', n: 2, firstAt: now },
          { ...of, reason: 'too_long', n: 1, firstAt: now + 2 },
        ]);
        expect(await store.stops(now + 3)).toEqual([]);
        const hours = await store.ruleHours(now);
        const inHour = { hour: Math.floor(now / HOUR), account: 'shop-ig' };
        expect([...hours].sort((a, b) => b.n - a.n)).toEqual([
          { ...inHour, rule: 'pricing', n: 3 },
          { ...inHour, rule: null, n: 1 },
        ]);
      });

      it('gives the earlier texts of the contact when asked, newest first', async () => {
        const texts = ['un', 'deux', 'trois', 'quatre', 'cinq', 'six', 'sept'];
        await read(...texts.map((text, index) => anEvent({ sourceId: `m${index}`, text, at: now + index })));
        const sixth = anEvent({ sourceId: 'm5', at: now + 5 });
        expect((await store.factsFor(sixth, now, { ...WINDOW, said: true })).said).toEqual([
          'cinq',
          'quatre',
          'trois',
          'deux',
          'un',
        ]);
        expect((await store.factsFor(sixth, now, WINDOW)).said).toBeUndefined();
      });

      it('stores an opt-out until the contact revokes it', async () => {
        await decideQueued(anEvent(), { optOut: 'stop' });
        expect((await store.factsFor(anEvent(), now, WINDOW)).optedOutAt).toBe(now);
        await decideQueued(anEvent({ sourceId: 'm2' }), { optOut: 'start', reason: 'no_match', actions: [] });
        expect((await store.factsFor(anEvent(), now, WINDOW)).optedOutAt).toBeNull();
      });

      it('detects a human in a message of the account that matches no send of ours', async () => {
        await decideQueued(anEvent());
        const send = await claim();
        await store.endAttempt(send!, accepted('ours'), now);
        const outgoing = { direction: 'outgoing', at: now + 5 } as const;
        await read(anEvent({ sourceId: 'ours', ...outgoing, text: 'From 20 EUR.' }));
        expect((await store.guardFacts(send!, now)).lastHumanAt).toBeNull();
        await read(anEvent({ sourceId: 'theirs', ...outgoing, text: 'Hello, Bea here' }));
        expect((await store.guardFacts(send!, now)).lastHumanAt).toBe(now + 5);
      });

      it('does not detect a human in the row of a send that failed late and waits for a resend', async () => {
        await decideQueued(anEvent());
        const send = await claim();
        await store.endAttempt(send!, accepted('failed-late'), now);
        const refusal = lateRefusalOf({ errorCode: '20101', errorMessage: 'limit' });
        await store.recordDeliveries(
          [{ route: ROUTE, messageId: 'failed-late', status: 'failed', refusal, conversationId: null }],
          now,
        );
        expect(await store.sends({ limit: 1 })).toMatchObject([{ state: 'pending', messageId: null }]);
        await read(
          anEvent({ sourceId: 'failed-late', direction: 'outgoing', at: now + 5, text: 'From 20 EUR.' }),
        );
        expect((await store.guardFacts(send!, now)).lastHumanAt).toBeNull();
        expect(await store.isOwnSend(ROUTE, ['failed-late'])).toEqual(new Set(['failed-late']));
        // Read-back of the second attempt does not take this row for its message, because the row belongs to
        // the first attempt.
        expect(await store.standings(send!, ['failed-late'], now)).toEqual(
          new Map([['failed-late', 'tied']]),
        );
      });

      it('does not detect a human in a send that is listed before the response to its POST', async () => {
        await decideQueued(anEvent());
        const send = await claim();
        await read(anEvent({ sourceId: 'new', direction: 'outgoing', at: now + 1, text: 'From 20 EUR.' }));
        expect((await store.guardFacts(send!, now)).lastHumanAt).toBeNull();
      });

      it('does not detect a human in a private reply that arrived without a response', async () => {
        await readComments(aComment());
        const actions = [anAction({ type: 'private_reply', rule: 'g' })];
        await store.recordDecision(aComment(), aDecision({ rule: 'g', actions }), now);
        const send = (await claim())!;
        await store.endAttempt(send, { state: 'sent', detail: 'already has a reply' }, now);
        await read(anEvent({ sourceId: 'x', direction: 'outgoing', at: now + 1, text: 'From 20 EUR.' }));
        expect((await store.guardFacts(send, now)).lastHumanAt).toBeNull();
      });

      it('finds the narrowest and the widest pause', async () => {
        const pauseOf = async () => (await store.factsFor(anEvent(), now, WINDOW)).pause;
        expect(await pauseOf()).toBeNull();
        await store.setPause({ scope: 'conversation:c1', until: now + HOUR });
        expect(await pauseOf()).toEqual({ scope: 'conversation:c1', until: now + HOUR });
        await store.setPause({ scope: 'all', until: Infinity });
        expect(await pauseOf()).toEqual({ scope: 'all', until: Infinity });
        expect(await store.endPause('all')).toBe(true);
        now += HOUR;
        expect((await store.factsFor(anEvent(), now, WINDOW)).pause).toBeNull();
      });
    });

    it('knows which events are from before the start, and the contacts of those as well', async () => {
      const [early, late] = [anEvent({ sourceId: 'm1' }), anEvent({ sourceId: 'm2', at: TUESDAY + MINUTE })];
      await store.recordPage('messages', [{ event: early, beforeStart: true }], null);
      await read(late);
      const known = { firstContact: true, lastInboundAt: late.at };
      expect(await store.factsFor(early, now, WINDOW)).toMatchObject({ ...known, beforeStart: true });
      expect((await store.factsFor(late, now, WINDOW)).beforeStart).toBe(false);
      expect(await store.beforeStart([late.id, early.id, 'message:none'])).toEqual(new Set([early.id]));
      expect(await store.beforeStart([])).toEqual(new Set());
    });

    describe('the outbox in the store', () => {
      it('gives a send to one claimer, as sending, with its attempt counted', async () => {
        await decideQueued(anEvent());
        expect(await claim()).toMatchObject({ state: 'sending', attempts: 1, attemptedAt: now });
        expect(await claim()).toBeNull();
        expect(await callsOf(store, ROUTE, now - MINUTE)).toBe(1);
      });

      it('claims only sends of the given events, in the order per person', async () => {
        const by = (id: string, n: number) =>
          anEvent({ sourceId: `${id}${n}`, at: now + n, contact: { id, name: null, username: null } });
        for (const event of [by('ana', 1), by('ana', 2), by('ben', 3)]) await decideQueued(event);
        const only = async (...events: InboundEvent[]) =>
          (
            await store.claimSend(
              ROUTE,
              now,
              WIDE,
              events.map(({ id }) => id),
            )
          ).send?.eventId ?? null;
        expect(await only()).toBeNull();
        expect(await only(by('ana', 2))).toBeNull();
        expect(await only(by('ana', 1), by('ana', 2))).toBe(by('ana', 1).id);
        expect(await only(by('ana', 1))).toBeNull();
        expect((await store.claimSend(ROUTE, now, WIDE, null)).send?.eventId).toBe(by('ben', 3).id);
      });

      it('keeps the order per person and claims the newest person first', async () => {
        const other = { id: 'bo', name: null, username: null };
        await decideQueued(anEvent({ sourceId: 'old', at: now - HOUR }));
        await decideQueued(anEvent({ sourceId: 'new', at: now }));
        await decideQueued(
          anEvent({ sourceId: 'other', at: now - MINUTE, contact: other, conversationId: 'c2' }),
        );
        const first = await claim();
        expect(first?.eventId).toBe('message:other');
        const second = await claim();
        expect(second?.eventId).toBe('message:old');
        expect(await claim()).toBeNull();
        await store.endAttempt(second!, accepted('a'), now);
        expect((await claim())?.eventId).toBe('message:new');
      });

      it('claims for a quiet account before a flooded one', async () => {
        const flood = { id: 'x', name: null, username: null };
        for (let n = 0; n < 3; n += 1) {
          await decideQueued(anEvent({ sourceId: `f${n}`, contact: { ...flood, id: `x${n}` }, at: now + n }));
        }
        expect((await claim())?.account).toBe('shop-ig');
        await decideQueued(
          anEvent({ sourceId: 'q', account: 'shop-fb', platform: 'facebook', at: now - HOUR }),
        );
        expect((await claim())?.account).toBe('shop-fb');
      });

      it('stops at the budget per minute, returns the next due time, and keeps it across a restart', async () => {
        for (const id of ['a', 'b', 'c'])
          await decideQueued(anEvent({ sourceId: id, contact: { ...anEvent().contact, id } }));
        const budget = { perMinute: 2, perHourPerAccount: 100 };
        expect((await store.claimSend(ROUTE, now, budget)).send).not.toBeNull();
        now += SECOND;
        expect((await store.claimSend(ROUTE, now, budget)).send).not.toBeNull();
        store = await tested.reopen();
        expect(await store.claimSend(ROUTE, now, budget)).toEqual({ send: null, retryAt: TUESDAY + MINUTE });
        now = TUESDAY + MINUTE;
        expect((await store.claimSend(ROUTE, now, budget)).send).not.toBeNull();
      });

      it("stops at an account's budget per hour without stopping other accounts", async () => {
        await decideQueued(anEvent({ sourceId: 'a' }));
        const budget = { perMinute: 100, perHourPerAccount: 1 };
        expect((await store.claimSend(ROUTE, now, budget)).send).not.toBeNull();
        await decideQueued(anEvent({ sourceId: 'b', contact: { id: 'bo', name: null, username: null } }));
        expect(await store.claimSend(ROUTE, now, budget)).toEqual({ send: null, retryAt: now + HOUR });
        await decideQueued(anEvent({ sourceId: 'c', account: 'shop-fb', platform: 'facebook' }));
        expect((await store.claimSend(ROUTE, now, budget)).send?.account).toBe('shop-fb');
      });

      it('waits for a delay, and returns its end', async () => {
        await decideQueued(anEvent(), { actions: [anAction({ delay: 20 * SECOND })] });
        expect(await store.claimSend(ROUTE, now, WIDE)).toEqual({ send: null, retryAt: now + 20 * SECOND });
        now += 20 * SECOND;
        expect(await claim()).not.toBeNull();
      });

      it('marks sends of a dead process as ambiguous', async () => {
        await decideQueued(anEvent());
        await claim();
        store = await tested.reopen();
        expect(await store.recoverSends(now + SECOND)).toBe(1);
        expect(await claim()).toBeNull();
        const due = await store.dueForCheck(now + SECOND, 10);
        expect(due).toMatchObject([{ state: 'ambiguous', eventId: 'message:m1' }]);
      });

      it('follows an accepted send to its final state, and sets the reason of its event', async () => {
        await decideQueued(anEvent());
        await store.endAttempt((await claim())!, accepted('a1'), now);
        expect(await reasonOf('message:m1')).toBe('queued');
        const delivery = { route: ROUTE, messageId: 'a1', refusal: null, conversationId: 'c1' } as const;
        expect(await store.recordDeliveries([{ ...delivery, status: 'processing' }], now)).toEqual([]);
        expect(await store.recordDeliveries([{ ...delivery, status: 'sent' }], now)).toMatchObject([
          { state: 'sent', reason: 'replied' },
        ]);
        expect(await reasonOf('message:m1')).toBe('replied');
        expect(await store.recordDeliveries([{ ...delivery, status: 'delivered' }], now)).toMatchObject([
          { state: 'delivered' },
        ]);
        expect(await store.sends({ limit: 1 })).toMatchObject([{ state: 'delivered' }]);
      });

      it('keeps both sends accepted when the API gives them the same id', async () => {
        await decideQueued(anEvent());
        await decideQueued(anEvent({ sourceId: 'm2', contact: { id: 'bo', name: null, username: null } }));
        await store.endAttempt((await claim())!, accepted('same'), now);
        await store.endAttempt((await claim())!, accepted('same'), now);
        expect((await store.sends({ limit: 5 })).map((send) => send.state)).toEqual(['accepted', 'accepted']);
        const sent = {
          route: ROUTE,
          messageId: 'same',
          status: 'sent',
          refusal: null,
          conversationId: null,
        } as const;
        expect(await store.recordDeliveries([sent], now)).toHaveLength(2);
      });

      it('ends a send that fails after it was accepted, with the platform’s error text', async () => {
        await decideQueued(anEvent());
        await store.endAttempt((await claim())!, accepted('a1'), now);
        const failed = {
          route: ROUTE,
          messageId: 'a1',
          status: 'failed',
          refusal: lateRefusalOf({ errorCode: '551', errorMessage: 'blocked' }),
          conversationId: null,
        } as const;
        await store.recordDeliveries([failed], now);
        expect((await store.journal({ limit: 1 }))[0]).toMatchObject({
          reason: 'failed',
          detail: '551: blocked',
        });
      });

      it('refuses the result of an attempt whose claim was lost', async () => {
        await decideQueued(anEvent());
        const stale = (await claim())!;
        await store.endAttempt(
          stale,
          { state: 'pending', notBefore: now, detail: 'refused connection' },
          now,
        );
        const fresh = (await claim())!;
        await store.endAttempt(stale, { state: 'failed', reason: 'failed', detail: 'late' }, now);
        await store.endAttempt(fresh, accepted('a1', 'sent'), now);
        expect(await store.sends({ limit: 1 })).toMatchObject([
          { state: 'sent', attempts: 2, messageId: 'a1' },
        ]);
      });

      it('holds the public reply until the private reply has arrived', async () => {
        const actions = [
          anAction({ type: 'private_reply', rule: 'g' }),
          anAction({ type: 'comment_reply', rule: 'g' }),
        ];
        await readComments(aComment());
        await store.recordDecision(aComment(), aDecision({ rule: 'g', actions }), now);
        const reply = (await claim())!;
        expect(await claim('POST /v2/comments')).toBeNull();
        await store.endAttempt(reply, accepted('a1', 'queued'), now);
        expect(await claim('POST /v2/comments')).toBeNull();
        await store.recordDeliveries(
          [{ route: ROUTE, messageId: 'a1', status: 'sent', refusal: null, conversationId: null }],
          now,
        );
        expect(await claim('POST /v2/comments')).toMatchObject({
          action: 'comment_reply',
          commentId: 'k1',
          postId: '501',
        });
      });

      it('sends no public reply when the private reply was not sent', async () => {
        const actions = [
          anAction({ type: 'private_reply', rule: 'g' }),
          anAction({ type: 'comment_reply', rule: 'g' }),
        ];
        await readComments(aComment());
        await store.recordDecision(aComment(), aDecision({ rule: 'g', actions }), now);
        await store.endAttempt(
          (await claim())!,
          { state: 'failed', reason: 'private_reply_used', detail: '20102' },
          now,
        );
        expect(await claim('POST /v2/comments')).toBeNull();
        expect(await reasonOf('comment:k1')).toBe('private_reply_used');
        expect((await store.sends({ limit: 5 })).map((send) => send.state).sort()).toEqual([
          'failed',
          'stopped',
        ]);
      });

      it('does not wait for an answer to a question that was stopped after a message with unknown outcome', async () => {
        const event = anEvent();
        await read(event);
        const ask: Ask = {
          ...{ question: null, save: null, retry: null, tries: 1, within: HOUR },
          ...{ onKeyword: 'end', onHuman: 'end' },
          expect: { kind: 'any' },
        };
        const funnel: Funnel = { steps: [{ type: 'ask', ask }], otherwise: [] };
        const start = { kind: 'start', rule: 'pricing', funnel, step: 0, within: HOUR } as const;
        const runs = [{ ...start, match: { keyword: null, groups: {} } }];
        const actions = [anAction({ part: 1 }), anAction({ part: 2, text: 'Which one?' })];
        await store.recordDecision(event, aDecision({ actions, runs }), now);
        const lost = { state: 'unknown_outcome', reason: 'unknown_outcome', detail: 'nobody knows' } as const;
        await store.endAttempt((await claim())!, lost, now);
        const [contact] = await store.contacts({ limit: 1 });
        expect(contact?.runs).toMatchObject([{ state: 'ended', outcome: 'refused' }]);
      });

      it('finds contacts by the name or username of their latest message', async () => {
        const from = (sourceId: string, id: string, name: string | null, username: string | null = null) =>
          anEvent({ sourceId, at: now + Number(sourceId), contact: { id, name, username } });
        await read(
          from('1', 'zoe', 'Zoe\u0301'),
          from('2', 'ana', 'Ana', 'ana.l'),
          from('3', 'eva', 'ana'),
          from('4', 'eva', 'Eva'),
          from('5', 'eva', null),
          anEvent({
            sourceId: '6',
            direction: 'outgoing',
            contact: { id: 'bo', name: 'Ana', username: null },
          }),
        );
        const idsOf = async (name: string) =>
          (await store.contactsNamed(name)).map(({ contactId }) => contactId);
        for (const [name, ids] of [
          ['ANA', ['ana']],
          ['@Ana.L', ['ana']],
          ['ZO\u00c9', ['zoe']],
          [' eva ', ['eva']],
          ['an', []],
          ['zoe', []],
          ['@', []],
          ['', []],
        ] as const) {
          expect(await idsOf(name), name).toEqual(ids);
        }
      });

      it('replaces the buttons of a send in progress, and knows for which accounts they were refused', async () => {
        const event = anEvent();
        await read(event);
        const buttons = [{ title: 'Open', url: 'https://lumen.example' }];
        await store.recordDecision(event, aDecision({ actions: [anAction({ buttons })] }), now);
        const [waiting] = await store.sends({ limit: 1 });
        expect(waiting).toMatchObject({ buttons });
        await store.dropButtons(waiting!, 'none is in progress', 'refused');
        const send = await claim();
        expect(send).toMatchObject({ text: waiting!.text, buttons });
        await store.dropButtons(send!, 'Open: https://lumen.example', 'refused');
        expect(await store.sends({ limit: 1 })).toMatchObject([
          { text: 'Open: https://lumen.example', buttons: [] },
        ]);
        await store.dropButtons(send!, 'with links', 'account');
        expect(await store.sends({ limit: 1 })).toMatchObject([{ text: 'with links', buttons: null }]);
        expect(await store.areButtonsRefused('shop-ig', now - 1)).toBe(false);
        await store.refuseButtons('shop-ig', now - HOUR);
        await store.refuseButtons('shop-ig', now);
        expect([
          await store.areButtonsRefused('shop-ig', now - 1),
          await store.areButtonsRefused('shop-ig', now),
        ]).toEqual([true, false]);
        expect(await store.areButtonsRefused('shop-fb', now - 1)).toBe(false);
      });

      it('hands each code of a pool to one contact, and each contact one code', async () => {
        const from = (id: string, account = 'shop-ig') =>
          anEvent({ account, contact: { id, name: null, username: null } });
        const pool = { pool: 'codes.csv', codes: ['A1', 'A2', 'A3'], low: 1 };
        const take = (event: ReturnType<typeof from>) => store.takeCode({ event, ...pool }, now);
        const taken = await Promise.all(
          [from('ana'), from('bo'), from('ana', 'shop-fb'), from('cy')].map(take),
        );
        expect(taken.map(({ code }) => code).sort()).toEqual(['A1', 'A2', 'A3', null].sort());
        expect(await take(from('ana'))).toEqual({ code: taken[0]!.code, left: 0 });
        expect(await store.lowPools()).toMatchObject([{ pool: 'codes.csv', left: 0 }]);
        await store.forgetContact('ana', now);
        expect((await take(from('dora'))).code).toBeNull();
      });

      it('gives work that is due until the run continues, and the oldest first', async () => {
        const event = anEvent();
        await read(event);
        const step = {
          type: 'code',
          pool: 'p',
          file: 'p',
          save: 'x',
          low: 1,
          next: 1,
          otherwise: null,
        } as const;
        const start = {
          kind: 'start',
          rule: 'pricing',
          funnel: { steps: [step], otherwise: [] },
          step: 0,
        } as const;
        const runs = [{ ...start, within: 0, isWork: true, match: { keyword: null, groups: {} } } as const];
        expect(await store.nextWorkAt()).toBeNull();
        await store.recordDecision(event, aDecision({ actions: [anAction()], runs }), now);
        expect(await store.dueWork(now - 1, 9)).toEqual([]);
        const [due] = await store.dueWork(now, 9);
        expect(due).toMatchObject({ run: { rule: 'pricing', step: 0 }, event: { id: event.id }, tries: 0 });
        expect(await store.hasOpenWork()).toBe(true);
        expect(await store.beginWork(due!.run)).toBe(true);
        await store.putOffWork(due!.run, now + SECOND);
        expect([await store.nextWorkAt(), await store.dueWork(now, 9)]).toEqual([now + SECOND, []]);
        expect(await store.dueWork(now + SECOND, 9)).toMatchObject([{ tries: 1 }]);
        const end = {
          kind: 'end',
          run: due!.run.id,
          rule: 'pricing',
          outcome: 'completed',
          detail: null,
        } as const;
        expect(await store.recordExpiry(due!.run, event, aDecision({ actions: [], runs: [end] }), now)).toBe(
          true,
        );
        expect(await store.beginWork(due!.run)).toBe(false);
        expect([await store.nextWorkAt(), await store.dueWork(now + SECOND, 9)]).toEqual([null, []]);
      });

      it('keeps the results of work in the journal, whatever becomes of the sends', async () => {
        const event = anEvent();
        await read(event);
        const detail = async () => (await store.journal({ limit: 1 }))[0]?.detail;
        const change = { rule: 'pricing', step: 0, within: 0, isWork: true } as const;
        const runs = [{ ...change, kind: 'start', funnel: CODES, match: NO_MATCH } as const];
        await store.recordDecision(event, aDecision({ reason: 'acted', actions: [], runs }), now);
        const [first] = await store.dueWork(now, 9);
        const again = { ...change, kind: 'wait', run: first!.run.id, step: 1, wrong: 0 } as const;
        const went = aDecision({ actions: [], runs: [again], work: 'fetch shop.example: 200 in 5 ms' });
        expect(await store.recordExpiry(first!.run, event, went, now)).toBe(true);
        const [second] = await store.dueWork(now, 9);
        const end = {
          kind: 'end',
          run: first!.run.id,
          rule: 'pricing',
          outcome: 'completed',
          detail: null,
        } as const;
        const last = aDecision({ actions: [anAction()], runs: [end], work: 'code: one of p, 3 left' });
        expect(await store.recordExpiry(second!.run, event, last, now)).toBe(true);
        expect(await store.recordExpiry(second!.run, event, last, now)).toBe(false);
        const notes = 'fetch shop.example: 200 in 5 ms; code: one of p, 3 left';
        expect(await detail()).toBe(notes);
        await store.endAttempt((await claim())!, accepted('a1'), now);
        expect(await detail()).toBe(notes);
        const status = { route: ROUTE, messageId: 'a1', status: 'failed', conversationId: null } as const;
        await store.recordDeliveries([{ ...status, refusal: null }], now);
        expect(await reasonOf(event.id)).toBe('failed');
        expect(await detail()).toBe(`the platform refused the send; ${notes}`);
        await store.forgetContact('ana', now);
        expect(await detail()).toBeNull();
      });

      it.each(['approve', 'drop'] as const)(
        'begins no work behind a draft until its texts are sent, and never if they are not: %s',
        async (what) => {
          const event = anEvent();
          await read(event);
          const step = { rule: 'pricing', step: 0, within: 0, isWork: true } as const;
          const runs = [{ ...step, kind: 'start', funnel: CODES, match: NO_MATCH } as const];
          const actions = [anAction({ awaits: true })];
          await store.recordDecision(event, aDecision({ reason: 'awaiting_approval', actions, runs }), now);
          const decide = async (id: string) => {
            const [draft] = await store.drafts({ limit: 9 });
            expect([await store.dueWork(now, 9), await store.nextWorkAt()]).toEqual([[], null]);
            await store.changeDraft({ id: draft!.id, version: null, edits: [], by: 'mia', do: what }, now);
            expect(await store.dueWork(now, 9)).toEqual([]);
            const send = await claim();
            expect(await store.dueWork(now, 9)).toEqual([]);
            if (send) await store.endAttempt(send, accepted(id), now);
          };
          await decide('a1');
          const run = async () => (await store.contacts({ limit: 1 }))[0]?.runs;
          if (what === 'drop') {
            expect(await store.dueWork(now, 9)).toEqual([]);
            expect(await run()).toMatchObject([{ state: 'ended', outcome: 'refused' }]);
            return;
          }
          const [due] = await store.dueWork(now, 9);
          // The next texts are a draft as well.
          await store.recordDeliveries(
            [{ route: ROUTE, messageId: 'a1', status: 'sent', refusal: null, conversationId: null }],
            now,
          );
          const next = { ...step, kind: 'wait', run: due!.run.id, step: 1, wrong: 0 } as const;
          const draft = aDecision({ reason: 'awaiting_approval', actions, runs: [next] });
          expect(await store.recordExpiry(due!.run, event, draft, now)).toBe(true);
          await decide('a2');
          expect(await store.dueWork(now, 9)).toMatchObject([{ run: { step: 1 } }]);
        },
      );

      it('gives an event whose only send was a reminder that was not needed the reason acted', async () => {
        const event = anEvent();
        await read(event);
        const ask: Ask = {
          ...{ question: null, save: null, retry: null, tries: 1, within: 3 * HOUR },
          ...{ onKeyword: 'end', onHuman: 'end', expect: { kind: 'any' } },
        };
        const funnel: Funnel = { steps: [{ type: 'ask', ask }], otherwise: [] };
        const start = { kind: 'start', rule: 'pricing', funnel, step: 0, within: 3 * HOUR } as const;
        const runs = [{ ...start, remindAfter: HOUR, match: NO_MATCH }];
        await store.recordDecision(event, aDecision({ reason: 'acted', actions: [], runs }), now);
        now = TUESDAY + HOUR + 1;
        const polled = {
          resource: 'messages',
          watermarks: new Map([['instagram', now] as const]),
          at: now,
        } as const;
        await store.endPoll([polled], now);
        const [due] = await store.dueRuns(now, 9);
        const remind = { kind: 'remind', run: due!.run.id, rule: 'pricing', reminded: 1 } as const;
        const actions = [anAction({ text: 'Still there?', reminds: true })];
        const made = aDecision({ actions, runs: [{ ...remind, remindAfter: null }] });
        expect(await store.recordExpiry(due!.run, event, made, now)).toBe(true);
        expect(await reasonOf(event.id)).toBe('queued');
        const stopped = {
          state: 'stopped',
          reason: 'superseded',
          detail: 'the contact has written',
        } as const;
        await store.endAttempt((await claim())!, stopped, now);
        expect(await reasonOf(event.id)).toBe('acted');
        expect((await store.contacts({ limit: 1 }))[0]?.runs).toMatchObject([{ state: 'waiting' }]);
      });

      it('counts the first branch of each contact in a split, until their data is deleted', async () => {
        const taken = async (contact: string, branch: string, sourceId: string) => {
          const event = anEvent({ sourceId, at: now, contact: { id: contact, name: null, username: null } });
          await read(event);
          const effects = [{ type: 'branch', rule: 'pricing', split: 'a/b', branch } as const];
          await store.recordDecision(event, aDecision({ reason: 'acted', actions: [], effects }), now);
        };
        await taken('ana', 'a', 's1');
        await taken('ana', 'b', 's2');
        await taken('bo', 'a', 's3');
        await taken('cy', 'b', 's4');
        await read(
          anEvent({ sourceId: 's5', at: now + 1, contact: { id: 'ana', name: null, username: null } }),
        );
        const of = { rule: 'pricing', split: 'a/b', completed: 0 };
        expect(await store.branchFigures(now)).toEqual([
          { ...of, branch: 'a', contacts: 2, wrote: 1 },
          { ...of, branch: 'b', contacts: 1, wrote: 0 },
        ]);
        await store.forgetContact('ana', now);
        expect(await store.branchFigures(now)).toMatchObject([{ contacts: 1, wrote: 0 }, { contacts: 1 }]);
        expect(await store.branchFigures(now + 1)).toEqual([]);
      });

      it('makes each reminder of a question once, and keeps the question if a reminder does not arrive', async () => {
        const event = anEvent();
        await read(event);
        const ask: Ask = {
          ...{ question: null, save: null, retry: null, tries: 1, within: 3 * HOUR },
          ...{ onKeyword: 'end', onHuman: 'end', expect: { kind: 'any' } },
        };
        const funnel: Funnel = { steps: [{ type: 'ask', ask }], otherwise: [] };
        const start = { kind: 'start', rule: 'pricing', funnel, step: 0, within: 3 * HOUR } as const;
        const runs = [{ ...start, remindAfter: HOUR, match: { keyword: null, groups: {} } }];
        const due = async (at: number) => {
          now = at;
          const polled = {
            resource: 'messages' as const,
            watermarks: new Map([['instagram', at] as const]),
            at,
          };
          await store.endPoll([polled], at);
          return store.dueRuns(at, 9);
        };
        await store.recordDecision(event, aDecision({ actions: [anAction()], runs }), now);
        const accepted = { messageId: 'a1', status: 'sent', conversationId: null, checkAt: now } as const;
        await store.endAttempt((await claim())!, { state: 'accepted', ...accepted }, now);
        expect(await due(TUESDAY + HOUR)).toEqual([]);
        const [first] = await due(TUESDAY + HOUR + 1);
        expect(first).toMatchObject({ due: 'reminder', hasWritten: false, run: { reminded: 0, step: 0 } });
        const remind = { kind: 'remind', run: first!.run.id, rule: 'pricing', reminded: 1 } as const;
        const actions = [anAction({ text: 'Still there?', reminds: true })];
        const made = aDecision({ actions, runs: [{ ...remind, remindAfter: 2 * HOUR }] });
        expect(await store.recordExpiry(first!.run, event, made, now)).toBe(true);
        expect(await store.recordExpiry(first!.run, event, made, now)).toBe(false);
        expect(await due(now + MINUTE)).toEqual([]);

        await store.recordDeliveries(
          [{ route: ROUTE, messageId: 'a1', status: 'delivered', refusal: null, conversationId: null }],
          now,
        );
        const send = (await claim())!;
        expect(send).toMatchObject({ text: 'Still there?', reminds: true });
        await store.endAttempt(send, { state: 'failed', reason: 'failed', detail: 'no' }, now);
        const [contact] = await store.contacts({ limit: 1 });
        expect(contact?.runs).toMatchObject([{ state: 'waiting' }]);

        const later = anEvent({ sourceId: 'm2', at: now });
        await read(later);
        await store.recordDecision(later, aDecision({ rule: null, actions: [] }), now);
        expect(await due(TUESDAY + 2 * HOUR + 1)).toMatchObject([{ due: 'reminder', hasWritten: true }]);
        expect(await due(TUESDAY + 3 * HOUR + 1)).toMatchObject([{ due: 'deadline', run: { reminded: 1 } }]);
      });

      it("uses no known post for posts: [next], although the API's clock is ahead", async () => {
        const on = (post: string, sourceId: string, at: number) =>
          aComment({
            ...{ sourceId, at },
            comment: {
              postId: post,
              platformPostId: `p${post}`,
              platformCommentId: sourceId,
              parentId: null,
            },
          });
        const read = async (event: ReturnType<typeof on>) => {
          await store.recordPage('comments', [{ event, beforeStart: false }], null);
          await store.endPoll([{ resource: 'comments', watermarks: new Map(), at: now }], now);
          return event;
        };
        const known = await read(on('501', 'k1', now + SECOND));
        await store.recordDecision(known, aDecision({ reason: 'no_match', actions: [] }), now);
        await store.watchNextPosts([{ rule: 'launch', account: 'shop-ig' }], now);
        const nextOf = async (event: ReturnType<typeof on>) =>
          (await store.factsFor(event, now, { answers: HOUR, mode: 'live' })).nextPostOf;
        expect(await nextOf(await read(on('501', 'k2', now + 2 * SECOND)))).toEqual([]);
        expect(await nextOf(await read(on('601', 'k3', now + 3 * SECOND)))).toEqual(['launch']);
        expect(await nextOf(await read(on('602', 'k4', now + 4 * SECOND)))).toEqual([]);
      });

      it('reads again from the time when an account went missing, and deletes conversations under its supposed new id', async () => {
        const watermarks = new Map([['instagram', now - HOUR] as const]);
        const listed = {
          account: 'shop-ig',
          accountId: '1',
          username: null,
          missingSince: null,
          likelyId: null,
        };
        const conversation = (id: string, accountId: string) => ({ id, accountId, participants: [] });
        await store.endPoll([{ resource: 'messages', watermarks, at: now }], now);
        await store.saveListedAccounts([{ ...listed, missingSince: now }]);
        await store.endPoll(
          [{ resource: 'messages', watermarks: new Map([['instagram', now]]), at: now }],
          now,
        );
        await store.saveListedAccounts([{ ...listed, missingSince: now, likelyId: '7' }]);
        await store.saveConversations([conversation('c1', '1'), conversation('c2', '7')]);
        await store.recordPage('messages', [], { platforms: ['instagram'], resumeToken: 't', newestAt: now });

        await store.saveListedAccounts([listed], { accounts: ['shop-ig'], configured: ['1'] });
        expect(await marksOf(store, 'messages')).toEqual(
          new Map([['instagram', now - HOUR - LIMITS.accountsEvery]]),
        );
        expect((await knownTo(store)).walks).toEqual({});
        expect([...(await store.conversations(['c1', 'c2'])).keys()]).toEqual(['c1']);
        expect(await store.listedAccounts()).toEqual([listed]);
      });

      describe('comment threads in the store', () => {
        const of = (sourceId: string, more: Partial<ReturnType<typeof aComment>>, parentId: string | null) =>
          aComment({ sourceId, ...more, comment: { ...aComment().comment!, parentId } });
        const reply = of('k3', { at: now + 2 * MINUTE }, 'k2');
        const factsOf = (event: ReturnType<typeof aComment>) => store.factsFor(event, now, WINDOW);

        it('replies at the top-level comment, as far as the journal knows the thread', async () => {
          const bo = { id: 'bo', name: null, username: null };
          await readComments(of('k1', { contact: bo }, null), of('k2', { contact: bo }, 'k1'), reply);
          const actions = [anAction({ type: 'comment_reply' })];
          await store.recordDecision(reply, aDecision({ actions }), now);
          const send = await claim('POST /v2/comments');
          expect(send).toMatchObject({ commentId: 'k3', threadId: 'k1', postId: '501' });
          await readComments(of('k4', { text: send!.text, direction: 'outgoing', at: now + HOUR }, 'k1'));
          expect(await store.ownRowsSince(send!, now)).toMatchObject([{ id: 'k4' }]);
        });

        it('detects a human who replies in the thread, or comments on the post after the contact', async () => {
          const human = {
            direction: 'outgoing',
            contact: { id: 'shop', name: null, username: null },
          } as const;
          const before = of('h1', { ...human, at: now + MINUTE }, null);
          const elsewhere = { ...of('h2', { ...human, at: now + HOUR }, null) };
          const otherPost = { ...elsewhere.comment!, postId: '777', platformPostId: 'p777' };
          await readComments(reply, before, { ...elsewhere, comment: otherPost });
          expect(await factsOf(reply)).toMatchObject({ lastHumanAt: null });
          await readComments(of('h3', { ...human, at: now + 3 * MINUTE }, null));
          expect(await factsOf(reply)).toMatchObject({ lastHumanAt: now + 3 * MINUTE });
          await readComments(of('h4', { ...human, at: now + 4 * MINUTE }, 'k2'));
          expect(await factsOf(reply)).toMatchObject({ lastHumanAt: now + 4 * MINUTE });
          expect(await store.humanWroteAt('shop-ig', 'ana')).toBe(now + 4 * MINUTE);
          expect(await store.endHumanPause('ana', now, now + HOUR)).toEqual(['shop-ig']);
          expect(await store.humanWroteAt('shop-ig', 'ana')).toBeNull();
          // A resume covers what humans wrote until then, also if it is read only afterwards.
          await readComments(of('h5', { ...human, at: now + HOUR }, 'k2'));
          expect(await store.humanWroteAt('shop-ig', 'ana')).toBeNull();
          await readComments(of('h6', { ...human, at: now + HOUR + 1 }, 'k2'));
          expect(await store.humanWroteAt('shop-ig', 'ana')).toBe(now + HOUR + 1);
        });

        it('distinguishes messages of an automation of Blotato from those of a human', async () => {
          const dmMessage = 'Hi {{first_name}}, here is your guide!';
          const triggers = [{ on: 'comment', keywords: ['Guide'], postId: null }] as const;
          const automation = {
            id: 'a',
            name: null,
            accountId: null,
            isActive: true,
            publishedVersionId: null,
          };
          const seen = { ...automation, triggers, updatedAt: null, texts: [dmMessage], change: null };
          await store.saveAutomations({ readAt: now, automations: [seen] });
          const sent = (sourceId: string, text: string, at: number) =>
            anEvent({ sourceId, text, at, direction: 'outgoing' });
          const asked = of('k1', { text: 'The Guide, please', at: now + MINUTE }, null);
          await readComments(asked);
          await read(sent('m1', 'Hi Ana, here is your guide!', now + SECOND));
          expect(await factsOf(asked)).toMatchObject({ lastHumanAt: null, lastAutomationAt: now + SECOND });
          await read(sent('m2', 'A text of yesterday', now + MINUTE + 5 * SECOND));
          const replied = { lastHumanAt: null, lastAutomationAt: now + MINUTE + 5 * SECOND };
          expect(await factsOf(asked)).toMatchObject(replied);
          await read(sent('m3', 'Bea here', now + HOUR));
          expect(await factsOf(asked)).toMatchObject({ lastHumanAt: now + HOUR, lastAutomationAt: null });
        });

        it('finds the public reply to a comment that is listed twice', async () => {
          const twice = { ...of('k9', {}, null), comment: { ...aComment().comment!, postId: '777' } };
          const other = of('k8', {}, null);
          const answered = { ...other, comment: { ...other.comment!, platformCommentId: 'p-k8' } };
          await readComments(aComment(), twice, answered);
          const actions = [anAction({ type: 'comment_reply' })];
          await store.recordDecision(aComment(), aDecision({ rule: 'g', actions }), now);
          expect(await factsOf(twice)).toMatchObject({ publicReplyHeldBy: 'pricing' });
          expect(await factsOf(aComment())).toMatchObject({ publicReplyHeldBy: null });
          expect(await factsOf(answered)).toMatchObject({ publicReplyHeldBy: null });
        });
      });

      describe('the public reply of a rule with when or otherwise', () => {
        const decideComment = async (afterPrivate: AfterPrivate) => {
          const actions = [
            anAction({ type: 'private_reply', rule: 'g' }),
            anAction({ type: 'comment_reply', rule: 'g', text: 'Check your DMs!', afterPrivate }),
          ];
          await readComments(aComment());
          await store.recordDecision(aComment(), aDecision({ rule: 'g', actions }), now);
          return (await claim())!;
        };
        const withFallback = { when: 'sent', otherwise: 'It is on our page.' } as const;
        const spent = { state: 'failed', reason: 'private_reply_used', detail: '20102' } as const;
        const lost = { state: 'unknown_outcome', reason: 'unknown_outcome', detail: 'nobody knows' } as const;

        it('uses the text of otherwise when the private reply was refused, across a restart, and keeps the reason', async () => {
          await store.endAttempt(await decideComment(withFallback), spent, now);
          store = await tested.reopen();
          const answer = (await claim('POST /v2/comments'))!;
          expect(answer).toMatchObject({ action: 'comment_reply', text: 'It is on our page.' });
          await store.endAttempt(answer, accepted('k9', 'posted'), now);
          expect(await reasonOf('comment:k1')).toBe('private_reply_used');
        });

        it('uses the usual text when the private reply arrived', async () => {
          await store.endAttempt(await decideComment(withFallback), accepted('a1', 'sent'), now);
          expect(await claim('POST /v2/comments')).toMatchObject({ text: 'Check your DMs!' });
        });

        it('sends neither text when the outcome of the private reply is unknown', async () => {
          await store.endAttempt(await decideComment(withFallback), lost, now);
          expect(await claim('POST /v2/comments')).toBeNull();
          expect((await store.sends({ limit: 1 }))[0]?.state).toBe('stopped');
        });

        it('keeps the text of otherwise although the owner then discards the private reply', async () => {
          const reply = await decideComment(withFallback);
          await store.endAttempt(reply, spent, now);
          await store.discardSend(reply.id, now);
          expect(await claim('POST /v2/comments')).toMatchObject({ text: 'It is on our page.' });
        });

        it.each([
          ['is refused', spent],
          ['is in flight', accepted('a1', 'queued')],
          ['may have arrived', lost],
        ])('is sent with `always` although the private reply %s', async (_, how) => {
          const reply = await decideComment({ when: 'always', otherwise: null });
          expect(await claim('POST /v2/comments')).toBeNull();
          await store.endAttempt(reply, how, now);
          expect(await claim('POST /v2/comments')).toMatchObject({ text: 'Check your DMs!' });
        });
      });

      const inParts = [1, 2, 3].map((part) => anAction({ text: `part ${part}`, part }));

      it('sends the parts of a text one after the other, each when the one before has arrived', async () => {
        await decideQueued(anEvent(), { actions: inParts });
        for (const part of [1, 2, 3]) {
          const send = (await claim())!;
          expect(send.text).toBe(`part ${part}`);
          expect(await claim()).toBeNull();
          await store.endAttempt(send, accepted(`a${part}`, 'queued'), now);
          expect(await claim()).toBeNull();
          await store.recordDeliveries(
            [{ route: ROUTE, messageId: `a${part}`, status: 'sent', refusal: null, conversationId: null }],
            now,
          );
        }
        expect(await reasonOf('message:m1')).toBe('replied');
      });

      it('sends no part of a text after one that did not arrive', async () => {
        await decideQueued(anEvent(), { actions: inParts });
        await store.endAttempt((await claim())!, accepted('a1', 'sent'), now);
        await store.recordDeliveries(
          [{ route: ROUTE, messageId: 'a1', status: 'sent', refusal: null, conversationId: null }],
          now,
        );
        await store.endAttempt((await claim())!, { state: 'failed', reason: 'failed', detail: 'no' }, now);
        expect(await claim()).toBeNull();
        expect((await store.sends({ limit: 5 })).map(({ state, detail }) => [state, detail])).toEqual([
          ['stopped', 'the part before it did not arrive'],
          ['failed', 'no'],
          ['sent', null],
        ]);
        expect(await reasonOf('message:m1')).toBe('failed');
      });

      it('returns which rows are tied to a send, or were journalled before its event or before its attempt', async () => {
        await read(anEvent({ sourceId: 'older', direction: 'outgoing' }));
        now += SECOND;
        await decideQueued(anEvent());
        const send = (await claim())!;
        await store.endAttempt(send, accepted('tied'), now);
        await read(anEvent({ sourceId: 'before', direction: 'outgoing' }));
        now += SECOND;
        const firstAttemptAt = now;
        await read(anEvent({ sourceId: 'after', direction: 'outgoing' }));
        // Our clock is set back: rows read then are not older than the message that got the reply.
        now -= HOUR;
        await read(anEvent({ sourceId: 'set back', direction: 'outgoing' }));
        const ids = ['older', 'tied', 'before', 'after', 'set back', 'unheard'];
        expect(Object.fromEntries(await store.standings(send, ids, firstAttemptAt))).toEqual({
          older: 'older',
          tied: 'tied',
          before: 'before',
          after: 'after',
          'set back': 'before',
        });
        const own = await store.ownRowsSince(send, firstAttemptAt);
        expect(own.map(({ id }) => id).sort()).toEqual(['after', 'before', 'set back']);
      });

      it.each([
        ['drops a variation selector', 'Thank you \u2764\uFE0F', 'Thank you \u2764'],
        ['writes signs as entities', 'Fish & chips <3', 'Fish &amp; chips &lt;3'],
        [
          'puts a scheme before a link',
          'See lumen.example/a, please.',
          'See https://lumen.example/a, please.',
        ],
      ])('detects no human in a message that a platform %s', async (_, text, listed) => {
        await decideQueued(anEvent(), { actions: [anAction({ text })] });
        const send = (await claim())!;
        await store.endAttempt(send, { state: 'ambiguous', checkAt: now, detail: 'cut' }, now);
        // Our clock is set back between the attempt and the read.
        now -= HOUR;
        await read(anEvent({ sourceId: 'changed', direction: 'outgoing', text: listed, at: now + 5 }));
        expect((await store.guardFacts(send, now)).lastHumanAt).toBeNull();
        await read(anEvent({ sourceId: 'theirs', direction: 'outgoing', text: 'Bea here', at: now + 3 }));
        expect((await store.guardFacts(send, now)).lastHumanAt).toBe(now + 3);
      });
    });

    it('keeps the first key of a name, also after a restart', async () => {
      expect(await store.secret('review', 'first')).toBe('first');
      expect(await (await tested.reopen()).secret('review', 'second')).toBe('first');
    });

    describe('drafts in the store', () => {
      const draft = async (event: ReturnType<typeof anEvent>, actions = [anAction({ awaits: true })]) => {
        await (event.kind === 'comment' ? readComments(event) : read(event));
        await store.recordDecision(event, aDecision({ reason: 'awaiting_approval', actions }), now);
        return (await store.drafts({ limit: 9 })).at(-1)!;
      };
      const change = { version: null, edits: [], by: 'mia' };

      it('records who edited, approved and dropped, and nothing for a change that was not made', async () => {
        const { id, texts } = await draft(anEvent());
        const edits = [{ send: texts[0]!.send.id, text: 'From 21 EUR.' }];
        await store.changeDraft({ ...change, do: 'edit', id, edits, role: 'agent' }, now);
        await store.changeDraft({ ...change, do: 'drop', id, version: 0 }, now + 1);
        await store.changeDraft({ ...change, do: 'approve', id, by: 'noah' }, now + 2);
        await store.changeDraft({ ...change, do: 'drop', id }, now + 3);
        const subject = `send ${id}`;
        const trail = [
          { at: now, by: 'mia', role: 'agent', action: 'draft_edit', subject },
          { at: now + 2, by: 'noah', role: 'owner', action: 'draft_approve', subject },
        ];
        expect(await store.audit()).toEqual(trail);
        const other = await draft(
          anEvent({ sourceId: 'm2', contact: { id: 'bo', name: null, username: null } }),
        );
        await store.changeDraft({ ...change, do: 'drop', id: other.id }, now + 4);
        expect(await store.audit({ subject })).toEqual(trail);
        expect(await store.audit({ subject: `send ${other.id}` })).toMatchObject([
          { by: 'mia', action: 'draft_drop' },
        ]);
      });

      it('sends an approved draft once, and counts the outcome of each', async () => {
        const waiting = await draft(anEvent());
        expect(waiting).toMatchObject({
          version: 0,
          rule: 'pricing',
          event: anEvent(),
          lastInboundAt: TUESDAY,
        });
        expect(await reasonOf('message:m1')).toBe('awaiting_approval');
        expect(await claim()).toBeNull();
        const { id } = waiting;
        expect(await store.changeDraft({ ...change, do: 'approve', id }, now)).toBe('done');
        expect(await store.changeDraft({ ...change, do: 'approve', id }, now)).toBe('gone');
        expect(await store.changeDraft({ ...change, do: 'drop', id }, now)).toBe('gone');
        expect(await reasonOf('message:m1')).toBe('queued');
        expect(await claim()).toMatchObject({ id, text: 'From 20 EUR.' });
        expect(await claim()).toBeNull();
        expect(await store.draftFigures(0)).toEqual([
          { rule: 'pricing', waiting: 0, approved: 1, edited: 0, dropped: 0, ended: 0 },
        ]);
      });

      it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 1.5, 2 ** 60])(
        'changes no draft for the number %d',
        async (id) => {
          const { id: waiting } = await draft(anEvent());
          const other = { contact: { id: 'bo', name: null, username: null }, sourceId: 'm2' };
          await draft(anEvent(other));
          for (const what of ['approve', 'edit', 'drop'] as const)
            expect(await store.changeDraft({ ...change, do: what, id }, now)).toBe('gone');
          expect(await store.endDraft({ id }, { reason: 'human_active', detail: 'Mia' }, now)).toBe(false);
          expect(await store.drafts({ limit: 9, id })).toEqual([]);
          expect(await store.drafts({ limit: 9 })).toMatchObject([{ id: waiting }, {}]);
          expect(await store.audit()).toEqual([]);
        },
      );

      it('records an edit only if it changes a text', async () => {
        const { id, texts } = await draft(anEvent());
        const edits = texts.map(({ send }) => ({ send: send.id, text: send.text }));
        expect(await store.changeDraft({ ...change, do: 'edit', id, edits }, now)).toBe('done');
        expect(await store.audit()).toEqual([]);
        expect(await store.drafts({ limit: 1, id })).toMatchObject([{ version: 0 }]);
      });

      it('keeps the original beside an edited text, and refuses a change of another version', async () => {
        const { id, texts } = await draft(anEvent());
        const edits = [{ send: texts[0]!.send.id, text: 'From 21 EUR.' }];
        expect(await store.changeDraft({ ...change, do: 'edit', id, version: 0, edits }, now)).toBe('done');
        expect(await store.changeDraft({ ...change, do: 'approve', id, version: 0 }, now)).toBe('changed');
        expect(await store.drafts({ limit: 1, id })).toMatchObject([
          { version: 1, texts: [{ original: 'From 20 EUR.', send: { text: 'From 21 EUR.' } }] },
        ]);
        expect(await store.changeDraft({ ...change, do: 'approve', id, version: 1 }, now)).toBe('done');
        expect(await claim()).toMatchObject({ text: 'From 21 EUR.' });
        expect(await store.draftFigures(0)).toMatchObject([{ approved: 0, edited: 1 }]);
      });

      it('takes the replies of a rule to a comment together', async () => {
        const types = ['private_reply', 'comment_reply'] as const;
        const { id, texts } = await draft(
          aComment(),
          types.map((type) => anAction({ type, awaits: true })),
        );
        expect(texts).toHaveLength(2);
        await store.changeDraft({ ...change, do: 'drop', id: texts[1]!.send.id }, now);
        expect((await store.sends({ limit: 9 })).map(({ state, detail }) => [state, detail])).toEqual([
          ['discarded', 'dropped by mia'],
          ['discarded', 'dropped by mia'],
        ]);
        expect(await reasonOf('comment:k1')).toBe('dropped');
        expect(await store.retrySend(id, now)).toBeNull();
        expect(await store.drafts({ limit: 9 })).toEqual([]);
      });

      it('ends the draft for a message when a later one of the contact gets a reply', async () => {
        await draft(anEvent());
        await draft(aComment());
        await draft(
          anEvent({ sourceId: 'm2', at: TUESDAY + 1, contact: { id: 'bo', name: null, username: null } }),
        );
        await draft(anEvent({ sourceId: 'm3', at: TUESDAY + 2 }));
        expect(await reasonOf('message:m1')).toBe('superseded');
        const left = (await store.drafts({ limit: 9 })).map(({ event }) => event.id);
        expect(left).toEqual(['comment:k1', 'message:m2', 'message:m3']);
        expect(await store.draftFigures(0)).toMatchObject([{ waiting: 3, ended: 1 }]);
        expect(await store.draftCount()).toBe(3);
      });

      it('makes the check of a draft due again when the account writes to the contact', async () => {
        const waiting = await draft(anEvent());
        const due = async () => (await store.drafts({ limit: 9, dueBy: now })).length;
        expect(await due()).toBe(1);
        expect(await store.endPoll([], now)).toMatchObject({ expired: true });
        await store.postponeDraft(waiting, now + HOUR);
        expect(await due()).toBe(0);
        const own = anEvent({ sourceId: 'm2', direction: 'outgoing', text: 'hi, Mia here' });
        await read(own);
        await store.recordDecision(own, aDecision({ rule: null, reason: 'own_message', actions: [] }), now);
        expect(await due()).toBe(1);
        expect(await store.endDraft(waiting, { reason: 'human_active', detail: 'Mia' }, now)).toBe(true);
        expect(await store.endDraft(waiting, { reason: 'human_active', detail: 'Mia' }, now)).toBe(false);
        expect(await reasonOf('message:m1')).toBe('human_active');
      });
    });

    describe('replies by hand in the store', () => {
      const reply = { account: 'shop-ig', contactId: 'ana', text: 'hi, Mia here', by: 'mia' };
      const anyVersion = { ...reply, version: null };

      it('are sends like any other, pause automation, end drafts and close the handoff', async () => {
        await read(anEvent());
        const actions = [anAction({ awaits: true })];
        await store.recordDecision(anEvent(), aDecision({ reason: 'awaiting_approval', actions }), now);
        expect(await store.conversationPeople('c1')).toEqual({ account: 'shop-ig', contactId: 'ana' });
        now += MINUTE;
        const send = await store.writeByHand(anyVersion, now);
        expect(send).toMatchObject({ rule: '$human', state: 'pending', text: 'hi, Mia here' });
        expect(await store.audit()).toMatchObject([{ at: now, by: 'mia', action: 'reply' }]);
        expect(await store.drafts({ limit: 9 })).toEqual([]);
        expect(await store.draftFigures(0)).toMatchObject([{ ended: 1 }]);
        const { lastHumanAt } = await store.factsFor(anEvent(), now, WINDOW);
        expect(lastHumanAt).toBe(now);
        const claimed = await claim();
        expect(claimed).toMatchObject({ rule: '$human' });
        await store.endAttempt(claimed!, accepted('a1', 'sent'), now);
        await read(anEvent({ sourceId: 'a1', direction: 'outgoing', text: reply.text, at: now }));
        await read(anEvent({ sourceId: 'a2', direction: 'outgoing', text: 'in the app', at: now }));
        expect(await store.writersOf(['message:m1', 'message:a1', 'message:a2', 'message:a3'])).toEqual(
          new Map([
            ['message:m1', 'contact'],
            ['message:a1', 'human'],
            ['message:a2', 'human'],
          ]),
        );
        expect((await store.factsFor(anEvent(), now, WINDOW)).lastHumanAt).toBe(now);
      });

      it('pause nothing when they did not arrive, and do not hold up the next', async () => {
        await decideQueued(anEvent(), { reason: 'no_match', rule: null, actions: [] });
        await store.writeByHand(anyVersion, now);
        await store.writeByHand({ ...anyVersion, text: 'are you there?' }, now);
        const first = await claim();
        await store.endAttempt(first!, { state: 'failed', reason: 'failed', detail: 'no' }, now);
        const second = await claim();
        expect(second).toMatchObject({ text: 'are you there?' });
        await store.endAttempt(second!, { state: 'failed', reason: 'failed', detail: 'no' }, now);
        expect((await store.factsFor(anEvent(), now, WINDOW)).lastHumanAt).toBeNull();
      });

      it('of two people who saw the same state, writes one', async () => {
        expect(await store.writeByHand(anyVersion, now)).toBe('unknown');
        await decideQueued(anEvent(), { reason: 'no_match', rule: null, actions: [] });
        const { version } = (await store.handTarget('shop-ig', 'ana'))!;
        expect(await store.writeByHand({ ...reply, version }, now)).toMatchObject({ state: 'pending' });
        expect(await store.writeByHand({ ...reply, by: 'noah', version }, now)).toBe('changed');
        const later = (await store.handTarget('shop-ig', 'ana'))!;
        await decideQueued(anEvent({ sourceId: 'm2', at: now + 1 }), { reason: 'no_match', actions: [] });
        expect(await store.writeByHand({ ...reply, version: later.version }, now)).toBe('changed');
      });
    });

    describe('replies by hand to comments in the store', () => {
      const toComment = { eventId: 'comment:k1', text: 'Mia here', version: null, by: 'mia' };
      const publicly = { ...toComment, action: 'comment_reply' } as const;
      const privately = { ...toComment, action: 'private_reply' } as const;
      const anonymous = { id: '', name: null, username: null };
      const guide = [
        anAction({ type: 'private_reply', text: 'Here it is.' }),
        anAction({
          type: 'comment_reply',
          text: 'Check your DMs!',
          afterPrivate: { when: 'sent', otherwise: 'Look at our page.' },
        }),
      ];
      const decided = async (event: ReturnType<typeof aComment>, more = {}) => {
        await readComments(event);
        await store.recordDecision(event, aDecision({ reason: 'no_match', actions: [], ...more }), now);
      };

      it('stop the automatic replies that wait and take their private reply, with no other public text', async () => {
        await decided(aComment(), { reason: 'queued', actions: guide });
        const { privateReply } = (await store.commentTarget('comment:k1'))!;
        expect(privateReply).toMatchObject({ rule: 'pricing', state: 'pending' });
        expect(await store.writeToComment(privately, now)).toMatchObject({
          rule: '$human',
          state: 'pending',
        });
        const sends = await store.sends({ limit: 9 });
        expect(sends.map(({ rule, action, state, text }) => [rule, action, state, text])).toEqual([
          ['$human', 'private_reply', 'pending', 'Mia here'],
          ['pricing', 'comment_reply', 'stopped', 'Check your DMs!'],
          ['pricing', 'private_reply', 'stopped', 'Here it is.'],
        ]);
        expect(sends[1]).toMatchObject({ reason: 'human_active', detail: 'mia replied by hand' });
        expect(await store.audit()).toMatchObject([{ by: 'mia', action: 'reply' }]);
      });

      it('find the only private reply used by one that is being sent, and by the first of two people', async () => {
        await decided(aComment(), { reason: 'queued', actions: guide });
        expect(await claim()).toMatchObject({ action: 'private_reply' });
        const before = await store.sends({ limit: 9 });
        expect(before.map(({ state }) => state)).toEqual(['pending', 'sending']);
        expect(await store.writeToComment(privately, now)).toBe('used');
        // A reply that is refused stops nothing: no human has replied.
        expect(await store.sends({ limit: 9 })).toEqual(before);
        await decided(aComment({ sourceId: 'k2' }));
        const second = { ...privately, eventId: 'comment:k2' };
        expect(await store.writeToComment(second, now)).toMatchObject({ state: 'pending' });
        expect(await store.writeToComment(second, now)).toBe('used');
        expect(await store.commentTarget('comment:k2')).toMatchObject({ privateReplyBy: 'mia' });
        // The platform may list the comment twice, under two ids.
        const comment = aComment({ sourceId: 'k2' }).comment!;
        await decided(aComment({ sourceId: 'k3', comment }));
        expect(await store.writeToComment({ ...privately, eventId: 'comment:k3' }, now)).toBe('used');
      });

      it('end a draft that holds the private reply, and no draft if they are refused', async () => {
        const draft = (type: 'private_reply' | 'comment_reply') => ({
          reason: 'awaiting_approval' as const,
          actions: [anAction({ type, awaits: true })],
        });
        const left = async () => (await store.drafts({ limit: 9 })).map(({ event }) => event.id);
        await decided(aComment(), draft('private_reply'));
        expect(await store.writeToComment(privately, now)).toMatchObject({ state: 'pending' });
        expect(await left()).toEqual([]);
        await decided(aComment({ sourceId: 'k2' }), draft('comment_reply'));
        expect(await store.writeToComment(privately, now)).toBe('used');
        expect(await left()).toEqual(['comment:k2']);
      });

      it('of two people who saw the same state, write one; each public reply is a part of its own', async () => {
        expect(await store.writeToComment(publicly, now)).toBe('unknown');
        await readComments(aComment());
        expect(await store.writeToComment(publicly, now)).toBe('unknown');
        await store.recordDecision(aComment(), aDecision({ reason: 'no_match', actions: [] }), now);
        const { version } = (await store.commentTarget('comment:k1'))!;
        expect(await store.writeToComment({ ...publicly, version }, now)).toMatchObject({ state: 'pending' });
        expect(await store.writeToComment({ ...publicly, version, by: 'noah' }, now)).toBe('changed');
        expect(await store.writeToComment({ ...privately, version, by: 'noah' }, now)).toBe('changed');
        expect(await store.writeToComment(publicly, now)).toMatchObject({ state: 'pending' });
        expect(await store.writeToComment(privately, now)).toMatchObject({ state: 'pending' });
        // A refused private reply stops no public one of a person.
        for (let n = 0; n < 2; n += 1)
          await store.endAttempt((await claim('POST /v2/comments'))!, accepted(`o${n}`), now);
        await store.endAttempt((await claim())!, { state: 'failed', reason: 'failed', detail: 'no' }, now);
        const states = (await store.sends({ limit: 9 })).map(({ action, state }) => `${action} ${state}`);
        expect(states.sort()).toEqual([
          'comment_reply accepted',
          'comment_reply accepted',
          'private_reply failed',
        ]);
      });

      it('pause automation for their person and thread, end drafts there, and nothing else', async () => {
        const awaits = {
          reason: 'awaiting_approval',
          actions: [anAction({ type: 'comment_reply', awaits: true })],
        };
        for (const sourceId of ['k1', 'k2'])
          await decided(aComment({ sourceId, contact: anonymous }), awaits);
        expect(await store.writeToComment(publicly, now)).toMatchObject({ state: 'pending' });
        expect((await store.drafts({ limit: 9 })).map(({ event }) => event.id)).toEqual(['comment:k2']);
        const lastHuman = async (event: ReturnType<typeof aComment>) =>
          (await store.factsFor(event, now, WINDOW)).lastHumanAt;
        const parentOf = (parentId: string) => ({
          ...aComment().comment!,
          parentId,
          platformCommentId: 'p9',
        });
        expect(await lastHuman(aComment({ contact: anonymous }))).toBe(now);
        expect(await lastHuman(aComment({ sourceId: 'k9', comment: parentOf('k1') }))).toBe(now);
        expect(await lastHuman(aComment({ sourceId: 'k2', contact: anonymous }))).toBeNull();
        expect(await lastHuman(anEvent())).toBeNull();
        await decided(aComment({ sourceId: 'k3' }));
        await store.writeToComment({ ...publicly, eventId: 'comment:k3' }, now);
        expect(await lastHuman(anEvent())).toBe(now);
      });
    });

    describe('the audit trail of the store', () => {
      const mia = { by: 'mia', role: 'agent' } as const;
      const acts = async () => (await store.audit()).map(({ action, subject }) => `${action} ${subject}`);

      it('has an entry for each action of a person that changed something, and for no other', async () => {
        await decideQueued(anEvent(), {
          reason: 'no_match',
          actions: [],
          effects: [{ type: 'handoff', rule: 'pricing', note: null }],
        });
        const [handoff] = await store.handoffs(1);
        await decideQueued(anEvent({ sourceId: 'm2' }));
        const [send] = await store.sends({ limit: 1 });
        const act = { ...mia, at: now };
        for (let round = 0; round < 2; round += 1) {
          await store.endHandoff(handoff!.id, now, mia);
          await store.discardSend(send!.id, now, mia);
        }
        await store.retrySend(send!.id, now, mia);
        await store.setPause({ scope: 'contact:ana', until: Infinity }, act);
        for (let round = 0; round < 2; round += 1) await store.endPause('contact:ana', act);
        await store.saveLabel({ eventId: 'message:m1', rule: 'pricing', isRight: true }, now, mia);
        await store.saveLabel({ eventId: 'message:m7', rule: 'pricing', isRight: true }, now, mia);
        await store.recordAct({ action: 'rule_edit', subject: 'file faq.yaml' }, act);
        expect(await acts()).toEqual([
          `handoff_done handoff ${handoff!.id}`,
          `outbox_discard send ${send!.id}`,
          'pause contact:ana',
          'resume contact:ana',
          'label event message:m1',
          'rule_edit file faq.yaml',
        ]);
        expect((await store.audit())[0]).toMatchObject({ at: now, by: 'mia', role: 'agent' });
        const about = async (id: string) => (await store.auditOf(id)).map(({ action }) => action);
        expect(await about('message:m1')).toEqual(['handoff_done', 'pause', 'resume', 'label']);
        expect(await about('message:m2')).toEqual(['outbox_discard', 'pause', 'resume']);
        await store.setPause({ scope: 'all', until: Infinity });
        await store.endPause('all');
        expect(await store.audit()).toHaveLength(6);
      });

      it('names no contact who was deleted, and ends with the retention', async () => {
        await decideQueued(anEvent());
        const act = { ...mia, at: now };
        await store.setPause({ scope: 'contact:ana', until: Infinity }, act);
        await store.setPause({ scope: 'conversation:c1', until: Infinity }, act);
        await store.setPause({ scope: 'contact:bo', until: Infinity }, act);
        await store.forgetContact('nobody', now, mia);
        await store.forgetContact('ana', now, mia);
        expect(await acts()).toEqual([
          'pause contact',
          'pause conversation',
          'pause contact:bo',
          'forget contact',
        ]);
        await store.forgetBefore(now);
        expect(await store.audit()).toHaveLength(4);
        await store.forgetBefore(now + 1);
        expect(await store.audit()).toEqual([]);
      });

      it('shows who paused everything, for a message that got no reply because of it', async () => {
        const act = { ...mia, at: now };
        await store.setPause({ scope: 'all', until: Infinity }, act);
        await decideQueued(anEvent(), { reason: 'paused', actions: [] });
        await decideQueued(anEvent({ sourceId: 'm2' }), { reason: 'no_match', actions: [] });
        await store.setPause({ scope: 'account:shop-ig', until: Infinity }, { ...act, at: now + 1 });
        expect(await store.auditOf('message:m1')).toMatchObject([{ action: 'pause', subject: 'all' }]);
        expect(await store.auditOf('message:m2')).toEqual([]);
      });
    });

    describe('manual changes and deletion in the store', () => {
      it('retries failed sends, and refuses open ones', async () => {
        await decideQueued(anEvent());
        const send = (await claim())!;
        expect(await store.retrySend(send.id, now)).toBeNull();
        await store.endAttempt(send, { state: 'failed', reason: 'failed', detail: 'no' }, now);
        expect(await store.retrySend(send.id, now)).toMatchObject({ state: 'pending' });
        expect(await reasonOf('message:m1')).toBe('queued');
        expect(await claim()).not.toBeNull();
      });

      it('discards unsent sends', async () => {
        await decideQueued(anEvent());
        const [send] = await store.sends({ limit: 1 });
        expect(await store.discardSend(send!.id, now)).toMatchObject({ state: 'discarded' });
        expect(await claim()).toBeNull();
        expect(await store.discardSend(999, now)).toBeNull();
      });

      it('deletes old texts and names, and keeps ids, reasons and cooldowns', async () => {
        await decideQueued(anEvent());
        await store.endAttempt((await claim())!, accepted('a1', 'sent'), now);
        now += 46 * DAY;
        await decideQueued(anEvent({ sourceId: 'fresh', at: now }));
        expect(await store.forgetBefore(now - 45 * DAY)).toBe(1);
        expect(await store.forgetBefore(now - 45 * DAY)).toBe(0);
        const rows = await store.journal({ limit: 5 });
        const old = rows.find((row) => row.event.id === 'message:m1');
        expect(old).toMatchObject({
          reason: 'replied',
          trace: null,
          event: { text: '', contact: { name: null } },
        });
        expect(rows.find((row) => row.event.id === 'message:fresh')?.event.text).toBe('price?');
        expect((await store.factsFor(anEvent(), now, WINDOW)).replies).toHaveLength(1);
        expect(JSON.stringify(await store.sends({ limit: 5 }))).toContain('"text":""');
      });

      it('deletes the contact of an old conversation, and keeps one that has no events here', async () => {
        const known = (id: string) => ({
          id,
          accountId: '1',
          participants: [{ id: 'ana', name: 'Ana', username: null }],
        });
        await store.saveConversations([known('c1'), known('of-another-account')]);
        await decideQueued(anEvent(), { reason: 'no_match', actions: [] });
        await store.forgetBefore(now + DAY);
        const left = await store.conversations(['c1', 'of-another-account']);
        expect([...left.keys()]).toEqual(['of-another-account']);
      });

      it('counts the contacts that got replies since a time, and returns which accounts had comments', async () => {
        const of = (account: string, id: string) => ({
          account,
          contact: { id, name: null, username: null },
        });
        const decided = async (
          sourceId: string,
          account: string,
          id: string,
          state: 'accepted' | 'failed',
        ) => {
          await decideQueued(anEvent({ sourceId, ...of(account, id) }), { actions: [anAction()] });
          const end: AttemptEnd =
            state === 'failed' ? { state, reason: 'failed', detail: 'no' } : accepted(`sent-${sourceId}`);
          await store.endAttempt((await claim())!, end, now);
        };
        await decided('m1', 'shop-ig', 'ana', 'accepted');
        now += MINUTE;
        const since = now;
        await decided('m2', 'shop-ig', 'bob', 'accepted');
        await decided('m3', 'shop-ig', 'bob', 'accepted');
        await decided('m4', 'shop-fb', 'eve', 'failed');
        await readComments(
          aComment({ account: 'shop-fb' }),
          aComment({ sourceId: 'k2', direction: 'outgoing' }),
        );
        expect(await store.activity(['shop-ig', 'shop-fb'], since)).toEqual([
          { account: 'shop-ig', hasComments: false, contactsAnswered: 1 },
          { account: 'shop-fb', hasComments: true, contactsAnswered: 0 },
        ]);
      });

      it('counts decisions and attempts once, across a restart and retention, and checks as no attempts', async () => {
        const labels = { platform: 'instagram', account: 'shop-ig' } as const;
        await decideQueued(anEvent());
        await store.recordDecision(anEvent(), aDecision(), now);
        await store.recordPage(
          'messages',
          [{ event: anEvent({ sourceId: 'm9' }), beforeStart: false, unreadable: 'createdAt is null' }],
          null,
        );
        const send = await claim();
        await store.endAttempt(send!, { state: 'ambiguous', checkAt: now, detail: 'no response' }, now);
        await store.endAttempt(send!, { state: 'sent', detail: 'found in the list' }, now);
        await store.forgetBefore(now + DAY);
        store = await tested.reopen();
        await decideQueued(anEvent({ sourceId: 'm2' }));
        await claim();
        await store.recoverSends(now);
        const counts = await store.counts();
        expect([...counts].sort((a, b) => a.result.localeCompare(b.result))).toEqual([
          { metric: 'attempt', subject: 'reply', ...labels, result: 'ambiguous', n: 2 },
          { metric: 'decision', subject: 'message', ...labels, result: 'queued', n: 2 },
          { metric: 'decision', subject: 'message', ...labels, result: 'unreadable', n: 1 },
        ]);
      });

      it('counts events and sends for status', async () => {
        await decideQueued(anEvent());
        await read(anEvent({ sourceId: 'm2' }));
        await store.endPoll(
          [{ resource: 'messages', watermarks: new Map([['instagram', now]]), at: now }],
          now,
        );
        expect(await store.summary()).toEqual({
          reasons: { queued: 1 },
          sends: { pending: 1 },
          undecided: 1,
          newestEventAt: now,
          streams: [{ stream: 'messages/instagram', mark: now, polledAt: now }],
          pauses: [],
        });
      });
    });
  });
}

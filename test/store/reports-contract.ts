import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InboundEvent } from '../../src/domain/event.js';
import type { Ask, Funnel, RunChange } from '../../src/domain/funnel.js';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/domain/time.js';
import { type PeopleQuery, type Reports, SORTS } from '../../src/store/ports/reports.js';
import type { Store } from '../../src/store/ports/store.js';
import { aComment, aDecision, anAction, anEvent, TUESDAY } from '../builders.js';
import { funnelsOf } from './known.js';

/** Options of tests that write thousands of rows one by one. */
const MANY = { timeout: 90_000 };
const WINDOW = { answers: HOUR, mode: 'live' } as const;
const QUESTION: Ask = {
  ...{ question: null, save: null, retry: null, tries: 1, within: HOUR },
  ...{ onKeyword: 'end', onHuman: 'end', expect: { kind: 'any' } },
};
const BUDGET = { perMinute: 100, perHourPerAccount: 100 };

/** The reports of one adapter, with the store that writes their data. */
export interface ReportsUnderTest {
  readonly store: Store;
  readonly reports: Reports;
  dispose(): Promise<void>;
}

/** The reports that every adapter must give the dashboard. */
export function reportsContract(
  name: string,
  open: (clock: () => number) => Promise<ReportsUnderTest>,
): void {
  let tested: ReportsUnderTest;
  beforeEach(async () => {
    tested = await open(() => TUESDAY);
  });
  afterEach(() => tested.dispose());

  const aStore = () => {
    const { store, reports } = tested;
    const read = (...events: ReturnType<typeof anEvent>[]) =>
      store.recordPage(
        'messages',
        events.map((event) => ({ event, beforeStart: false })),
        null,
      );
    return { store, reports, read };
  };

  describe(`the reports of the dashboard: ${name}`, () => {
    it('count the steps of a funnel, the times between them, and who stands where', async () => {
      const { store, reports, read } = aStore();
      const ask = { type: 'ask', ask: QUESTION } as const;
      const funnel: Funnel = { steps: [ask, { type: 'tag', tags: ['x'] }, ask], otherwise: [] };
      const run = { rule: 'pricing', within: HOUR } as const;
      const start = { ...run, kind: 'start', step: 0, funnel, match: { keyword: null, groups: {} } } as const;
      const runs = async (event: InboundEvent, change: RunChange, at: number, text?: string) => {
        await read(event);
        const actions = text === undefined ? [] : [anAction({ text })];
        await store.recordDecision(
          event,
          aDecision({ reason: text === undefined ? 'acted' : 'queued', actions, runs: [change] }),
          at,
        );
      };
      for (const [index, id] of ['ana', 'bo', 'cy', 'di'].entries()) {
        const by = { contact: { id, name: `Person ${id}`, username: null } };
        await runs(anEvent({ ...by, sourceId: `${id}1` }), { ...start, passed: [0] }, TUESDAY);
        if (id === 'di') continue;
        const event = anEvent({ ...by, sourceId: `${id}2`, at: TUESDAY + 1 });
        const known = await store.factsFor(event, TUESDAY + 1, WINDOW);
        const next = { ...run, kind: 'wait', run: known.run!.id, step: 2, wrong: 0, passed: [1, 2] } as const;
        await runs(event, next, TUESDAY + (index + 1) * MINUTE, 'The next question?');
      }
      const [shape, ...others] = await reports.funnelShapes(TUESDAY);
      expect(others).toEqual([]);
      expect(shape).toMatchObject({ rule: 'pricing', funnel, reached: 4 });
      expect(shape?.steps).toEqual([
        { step: 0, reached: 4 },
        { step: 1, reached: 3 },
        { step: 2, reached: 3 },
      ]);
      expect(await reports.stepTimes(shape!, TUESDAY)).toEqual([
        { step: 0, median: 2 * MINUTE, most: 3 * MINUTE },
        { step: 1, median: 0, most: 0 },
      ]);
      expect(shape?.places.toSorted((a, b) => (a.step ?? 0) - (b.step ?? 0))).toEqual([
        { step: 0, outcome: null, n: 1 },
        { step: 2, outcome: null, n: 3 },
      ]);
      const steps = JSON.stringify(funnel);
      const at = { rule: 'pricing', steps, limit: 2, from: TUESDAY, after: null };
      expect(await reports.standing({ ...at, step: 0 })).toMatchObject([{ name: 'Person di', texts: [] }]);
      const standing = await reports.standing({ ...at, step: 2, steps: null });
      expect(standing.map(({ texts }) => texts)).toEqual([['The next question?'], ['The next question?']]);
      const { since, run: last } = standing[1]!;
      const rest = await reports.standing({ ...at, step: 2, after: { since, run: last } });
      expect([...standing, ...rest].map(({ contactId }) => contactId)).toEqual(['ana', 'bo', 'cy']);
      expect(await reports.standing({ ...at, step: 2, from: TUESDAY + 1 })).toEqual([]);
      expect(await reports.funnelShapes(TUESDAY + 1)).toEqual([]);
    });

    it('count funnel runs and their steps as they change, like the runs themselves', async () => {
      const { store, reports, read } = aStore();
      const work = { type: 'tag', tags: ['x'] } as const;
      const funnel: Funnel = { steps: [work, { type: 'ask', ask: QUESTION }], otherwise: [] };
      const start = {
        kind: 'start',
        rule: 'pricing',
        step: 1,
        within: HOUR,
        funnel,
        passed: [0, 1],
      } as const;
      const found = async () => {
        const { counted, fromRuns } = await funnelsOf(TUESDAY, reports);
        expect(counted).toEqual(fromRuns);
        const [figure, others] = [await reports.funnels(TUESDAY - DAY), await reports.funnels(TUESDAY + DAY)];
        expect(others).toEqual([]);
        const [shape] = await reports.funnelShapes(TUESDAY - DAY);
        return { ...figure[0], steps: shape?.steps.map(({ reached }) => reached), places: shape?.places };
      };
      for (const [at, id] of ['ana', 'bo'].entries()) {
        const event = anEvent({ sourceId: id, at: TUESDAY, contact: { id, name: null, username: null } });
        await read(event);
        const runs = [{ ...start, match: { keyword: null, groups: {} } }];
        await store.recordDecision(event, aDecision({ actions: [anAction()], runs }), TUESDAY + at);
      }
      const open = { reached: 2, open: 2, steps: [2, 2], places: [{ step: 1, outcome: null, n: 2 }] };
      expect(await found()).toMatchObject({ ...open, sent: 0, refused: {} });
      const { send } = await store.claimSend('POST /v2/messages', TUESDAY, BUDGET);
      await store.endAttempt(send!, { state: 'failed', reason: 'failed', detail: 'gone' }, TUESDAY);
      const refused = { open: 1, refused: { failed: 1 }, outcomes: { refused: 1 }, steps: [1, 1] };
      expect(await found()).toMatchObject({ reached: 2, sent: 0, ...refused });
      await store.retrySend(send!.id, TUESDAY);
      expect(await found()).toMatchObject({ ...open, refused: {}, outcomes: {} });
      const again = await store.claimSend('POST /v2/messages', TUESDAY, BUDGET);
      const accepted = { messageId: 'a1', status: 'queued', conversationId: null, checkAt: TUESDAY } as const;
      await store.endAttempt(again.send!, { state: 'accepted', ...accepted }, TUESDAY);
      expect(await found()).toMatchObject({ ...open, sent: 1 });
      await store.forgetContact(again.send!.contactId, TUESDAY);
      await store.forgetBefore(TUESDAY + DAY);
      const forgotten = { reached: 2, open: 1, sent: 0, outcomes: { refused: 1 }, steps: [1, 1] };
      expect(await found()).toMatchObject(forgotten);
    });

    it('list the journal newest first, page by page, by rule, reason or account', async () => {
      const { store, reports, read } = aStore();
      const events = [1, 2, 3, 4, 5].map((n) =>
        anEvent({ sourceId: `m${n}`, at: TUESDAY + n, account: n === 5 ? 'shop-fb' : 'shop-ig' }),
      );
      await read(...events);
      for (const [n, event] of events.entries()) {
        const decision =
          n % 2 === 0
            ? aDecision({ rule: 'pricing' })
            : aDecision({ rule: null, reason: 'no_match', actions: [] });
        await store.recordDecision(event, decision, TUESDAY + n);
      }
      const ids = async (query: Partial<Parameters<typeof reports.feed>[0]>) =>
        (await reports.feed({ limit: 2, ...query })).map(({ event }) => event.sourceId);
      const [, second] = await reports.feed({ limit: 2 });
      expect(await ids({})).toEqual(['m5', 'm4']);
      expect(await ids({ before: second?.seq })).toEqual(['m3', 'm2']);
      expect(await ids({ rule: 'pricing', limit: 9 })).toEqual(['m5', 'm3', 'm1']);
      expect(await ids({ reason: 'no_match' })).toEqual(['m4', 'm2']);
      expect(await ids({ account: 'shop-fb' })).toEqual(['m5']);
      expect(await ids({ account: 'shop-fb', reason: 'no_match' })).toEqual([]);
    });

    it('aggregate the hours of a period, and exclude older ones', async () => {
      const { store, reports, read } = aStore();
      const times = [TUESDAY - 25 * HOUR, TUESDAY - 10 * MINUTE, TUESDAY - 20 * MINUTE];
      for (const [n, at] of times.entries()) {
        const event = anEvent({ sourceId: `m${n}`, at });
        await read(event);
        await store.recordDecision(event, aDecision({ rule: 'pricing', reason: 'shadow' }), TUESDAY);
      }
      const figure = {
        rule: 'pricing',
        reason: 'shadow',
        account: 'shop-ig',
        hour: Math.floor((TUESDAY - HOUR) / HOUR),
      };
      expect(await reports.figures(TUESDAY - 24 * HOUR)).toEqual([{ ...figure, n: 2 }]);
      const { hour, reason } = figure;
      expect(await reports.reasonsByHour(TUESDAY - 24 * HOUR)).toEqual([{ hour, reason, n: 2 }]);
      expect(await reports.reasonsByHour(TUESDAY)).toEqual([]);
    });

    it('list a conversation with authors: the contact, a rule, a human, and sends that no list has shown yet', async () => {
      const { store, reports, read } = aStore();
      const question = anEvent({ sourceId: 'q', at: TUESDAY, text: 'price?' });
      await read(question);
      await store.recordDecision(question, aDecision({ actions: [anAction({ text: 'From 20.' })] }), TUESDAY);
      const { send } = await store.claimSend('POST /v2/messages', TUESDAY + SECOND, BUDGET);
      await store.endAttempt(
        send!,
        { state: 'accepted', messageId: 'a1', status: 'queued', conversationId: 'c1', checkAt: TUESDAY },
        TUESDAY + SECOND,
      );
      const said = async () =>
        (await reports.dialogue('shop-ig', 'ana', 10)).map(({ by, text, rule, state }) => [
          by,
          text,
          rule,
          state,
        ]);
      expect(await said()).toEqual([
        ['contact', 'price?', 'pricing', null],
        ['rule', 'From 20.', 'pricing', 'accepted'],
      ]);

      const ours = { direction: 'outgoing' as const };
      await read(
        anEvent({ ...ours, sourceId: 'a1', at: TUESDAY + 2 * SECOND, text: 'From 20.' }),
        anEvent({ ...ours, sourceId: 'h1', at: TUESDAY + 3 * SECOND, text: 'Can I help?' }),
      );
      expect(await said()).toEqual([
        ['contact', 'price?', 'pricing', null],
        ['rule', 'From 20.', 'pricing', 'accepted'],
        ['human', 'Can I help?', null, null],
      ]);
      expect(await reports.attemptsOf(send!.id)).toMatchObject([
        { startedAt: TUESDAY + SECOND, outcome: 'accepted' },
      ]);
    });

    it('list public replies under the person whose comment they reply to, and search without accents', async () => {
      const { reports, read } = aStore();
      const fields = { postId: 'p1', platformPostId: null, platformCommentId: null };
      const ana = { id: 'ana', name: 'Änna', username: null };
      const shop = { id: 'shop', name: null, username: null };
      await read(
        aComment({ sourceId: 'c1', contact: ana, text: 'guide', comment: { ...fields, parentId: null } }),
        aComment({
          sourceId: 'c2',
          contact: shop,
          direction: 'outgoing',
          text: 'Sent!',
          at: TUESDAY + SECOND,
          comment: { ...fields, parentId: 'c1' },
        }),
      );
      const said = await reports.dialogue('shop-ig', 'ana', 10);
      expect(said.map(({ by, text }) => [by, text])).toEqual([
        ['contact', 'guide'],
        ['human', 'Sent!'],
      ]);
      const { people } = await reports.people({ limit: 9, now: TUESDAY });
      expect(people.map(({ contactId }) => contactId)).toEqual(['ana']);
      const find = async (text: string) =>
        (await reports.search({ text, limit: 9 })).rows.map(({ event }) => event.sourceId);
      expect([await find('ANNA'), await find('sent'), await find('nothing')]).toEqual([['c1'], ['c2'], []]);
      const found = await reports.searchPeople({ text: 'änna', limit: 9, now: TUESDAY });
      expect(found).toMatchObject({ people: [{ contactId: 'ana', name: 'Änna' }], before: null });
      const others = await reports.feed({ limit: 9, withoutOwn: true });
      expect(others.map(({ event }) => event.sourceId)).toEqual(['c1']);
    });

    it('list people by their latest message, with opt-outs and pauses', async () => {
      const { store, reports, read } = aStore();
      const person = (id: string) => ({ id, name: id.toUpperCase(), username: null });
      await read(
        anEvent({ sourceId: '1', contact: person('ana'), text: 'first' }),
        anEvent({ sourceId: '2', contact: person('bo') }),
        anEvent({ sourceId: '3', contact: person('ana'), text: 'second' }),
      );
      const stop = anEvent({ sourceId: '2', contact: person('bo') });
      await store.recordDecision(
        stop,
        aDecision({ optOut: 'stop', actions: [], reason: 'opted_out' }),
        TUESDAY,
      );
      await store.setPause({ scope: 'contact:ana', until: Infinity });
      const { people, before } = await reports.people({ limit: 10, now: TUESDAY });
      expect(before).toBeNull();
      expect(people).toMatchObject([
        { contactId: 'ana', name: 'ANA', text: 'second', isPaused: true, isOptedOut: false },
        { contactId: 'bo', isPaused: false, isOptedOut: true },
      ]);
      expect(
        (await reports.people({ limit: 10, now: TUESDAY, before: people[0]?.seq })).people,
      ).toMatchObject([{ contactId: 'bo' }]);
      expect(await reports.nameOf('shop-ig', 'ana')).toBe('ANA');
      expect(await reports.nameOf('shop-ig', 'nobody')).toBeNull();
      expect(await reports.isOptedOut('shop-ig', 'bo')).toBe(true);

      await store.setPause({ scope: 'contact:ana', until: TUESDAY + MINUTE });
      const isPaused = async (now: number) => (await reports.people({ limit: 1, now })).people[0]?.isPaused;
      expect([await isPaused(TUESDAY), await isPaused(TUESDAY + MINUTE)]).toEqual([true, false]);
    });

    it('list everybody, page by page, after one person with thousands of messages', MANY, async () => {
      const { reports, read } = aStore();
      const contact = (id: string) => ({ id, name: null, username: id });
      await read(
        anEvent({ sourceId: 'a', contact: contact('ana') }),
        anEvent({ sourceId: 'b', contact: contact('bo') }),
      );
      const much = Array.from({ length: 3_000 }, (_, n) =>
        anEvent({ sourceId: `much-${n}`, contact: contact('cy'), text: `${n}` }),
      );
      await read(...much);
      const first = await reports.people({ limit: 10, now: TUESDAY });
      expect(first.people.map(({ username }) => username)).toEqual(['cy']);
      const second = await reports.people({ limit: 1, now: TUESDAY, before: first.before ?? 0 });
      expect(second.people.map(({ username }) => username)).toEqual(['bo']);
      const third = await reports.people({ limit: 1, now: TUESDAY, before: second.before ?? 0 });
      expect(third.people.map(({ username }) => username)).toEqual(['ana']);
      const last = await reports.people({ limit: 1, now: TUESDAY, before: third.before ?? 0 });
      expect(last).toEqual({ people: [], before: null, after: null });
    });

    it('list conversations by filter, account and the end of their window, each once', async () => {
      const { store, reports, read } = aStore();
      const contact = (id: string) => ({ id, name: null, username: id });
      const said = (id: string, at: number, more: Partial<InboundEvent> = {}) =>
        anEvent({ sourceId: `${id}-${at}`, contact: contact(id), at, ...more });
      const now = TUESDAY + HOUR;
      const ids = ['ana', 'bo', 'cy', 'di', 'ed'];
      const events = ids.map((id, n) => said(id, TUESDAY + n * MINUTE));
      const late = said('fay', TUESDAY - 24 * HOUR);
      const twitter = said('gus', TUESDAY, { platform: 'twitter', account: 'shop-x' });
      const opted = said('ed', TUESDAY + 4 * MINUTE);
      // The list of a later poll holds an older message.
      await read(...events.toReversed(), late, twitter);
      const handoff = { type: 'handoff', rule: 'human', note: null, until: TUESDAY + HOUR } as const;
      await store.recordDecision(events[0]!, aDecision({ actions: [], effects: [handoff] }), TUESDAY);
      await store.recordDecision(
        events[1]!,
        aDecision({ reason: 'queued', actions: [anAction({})] }),
        TUESDAY,
      );
      const draft = aDecision({ reason: 'awaiting_approval', actions: [anAction({ awaits: true })] });
      await store.recordDecision(events[2]!, draft, TUESDAY);
      await store.recordDecision(opted, aDecision({ optOut: 'stop', actions: [], reason: 'opted_out' }), now);
      const list = async (query: Partial<PeopleQuery>) => {
        const found: string[] = [];
        for (let page: Partial<PeopleQuery> | null = {}; page !== null;) {
          const { people, before, after } = await reports.people({ limit: 2, now, ...query, ...page });
          found.push(...people.map(({ contactId }) => contactId));
          page = before !== null ? { before } : after !== null ? { after } : null;
        }
        return found.join(' ');
      };
      expect(await list({})).toBe('gus fay ana bo cy di ed');
      expect(await list({ account: 'shop-x' })).toBe('gus');
      expect(await list({ sort: 'window' })).toBe('ana bo cy di ed');
      expect(await list({ sort: 'window', account: 'shop-x' })).toBe('');
      // A reply that only waits, and a draft, were not sent; a contact who opted out expects none.
      expect(await list({ show: 'unanswered' })).toBe('gus fay ana bo cy di');
      expect(await list({ show: 'unanswered', account: 'shop-x' })).toBe('gus');
      for (const sort of SORTS) {
        expect(await list({ show: 'human', sort })).toBe('ana cy');
        expect(await list({ show: 'handoff', sort })).toBe('ana');
        expect(await list({ show: 'human', sort, account: 'shop-x' })).toBe('');
      }
      expect(await reports.waiting(now)).toBe(2);

      await store.claimSend('POST /v2/messages', now, BUDGET);
      await read(said('di', now, { direction: 'outgoing', sourceId: 'by-hand' }));
      expect(await list({ show: 'unanswered', sort: 'window' })).toBe('ana cy');
      await read(said('ana', now + 1, { sourceId: 'again' }));
      expect(await list({ sort: 'window' })).toBe('bo cy di ed ana');
      const [first] = (await reports.people({ limit: 1, now, show: 'human' })).people;
      expect(first).toMatchObject({
        ...{ contactId: 'ana', isHandedOff: true, waitsForHuman: true, isUnanswered: true },
        windowEndsAt: now + 1 + 24 * HOUR,
      });
      await read(said('ana', now + 2, { direction: 'outgoing', sourceId: 'by-hand-too' }));
      expect(await list({ show: 'handoff' })).toBe('');
    });

    it('name the rule of a pause', async () => {
      const { store, reports, read } = aStore();
      const event = anEvent();
      await read(event);
      const effects = [{ type: 'pause', rule: 'quiet', until: TUESDAY + HOUR }] as const;
      await store.recordDecision(event, aDecision({ rule: 'quiet', actions: [], effects }), TUESDAY);
      expect(await reports.pauses()).toMatchObject([{ by: { effect: 'pause', rule: 'quiet' } }]);
    });

    it('count what needs a human, except finished handoffs', async () => {
      const { store, reports, read } = aStore();
      const calls = ['ana', 'bo'].map((id) =>
        anEvent({ sourceId: id, contact: { id, name: null, username: id }, at: TUESDAY }),
      );
      await read(...calls);
      for (const event of calls) {
        const handoff = {
          type: 'handoff',
          rule: 'human',
          note: 'wants a human',
          until: TUESDAY + HOUR,
        } as const;
        await store.recordDecision(event, aDecision({ actions: [], effects: [handoff] }), TUESDAY);
      }
      const open = async (since: number) => {
        const found = await reports.handoffs(since, 10);
        expect(await store.openHandoffs(since, 10)).toEqual(found);
        return found.map(({ contactId }) => contactId);
      };
      expect(await open(TUESDAY - 1)).toEqual(['bo', 'ana']);
      const bo = { id: 'bo', name: null, username: 'bo' };
      const later = anEvent({ sourceId: 'later', contact: bo, text: 'how much?', at: TUESDAY + 1 });
      await read(later);
      // The message that caused it, and the latest one.
      expect(await reports.handoffs(TUESDAY - 1, 1)).toMatchObject([
        { request: calls[1]!.text, words: 'how much?' },
      ]);
      const pause = (contact: string) => ({
        scope: `contact:${contact}`,
        until: TUESDAY + HOUR,
        by: { effect: 'handoff', rule: 'human' },
      });
      expect((await store.factsFor(later, TUESDAY, WINDOW)).pause).toEqual(pause('bo'));
      expect(await reports.pauses()).toEqual([pause('ana'), pause('bo')]);
      expect((await store.summary()).pauses).toEqual([pause('ana'), pause('bo')]);
      await store.setPause({ scope: 'contact:bo', until: TUESDAY + HOUR });
      expect((await store.factsFor(later, TUESDAY, WINDOW)).pause).toEqual({ ...pause('bo'), by: undefined });
      expect(await open(TUESDAY + 1)).toEqual([]);
      const colleague = { direction: 'outgoing', at: TUESDAY + SECOND, sourceId: 'h1' } as const;
      await read(anEvent({ ...colleague, contact: { id: 'bo', name: null, username: 'bo' } }));
      expect(await open(TUESDAY - 1)).toEqual(['ana']);
      expect(await reports.troubles(TUESDAY - 1)).toEqual({ sends: 0, webhooks: 0, handoffs: 1 });
      const [call] = await reports.handoffs(TUESDAY - 1, 10);
      expect(await reports.waiting(TUESDAY)).toBe(1);
      expect([await store.endHandoff(call!.id, TUESDAY), await store.endHandoff(call!.id, TUESDAY)]).toEqual([
        true,
        false,
      ]);
      expect(await reports.troubles(TUESDAY - 1)).toMatchObject({ handoffs: 0 });
      expect(await reports.waiting(TUESDAY)).toBe(0);
    });

    it('list failures, newest first, and the sends of an event', async () => {
      const { store, reports } = aStore();
      const comment = aComment();
      await store.recordPage('comments', [{ event: comment, beforeStart: false }], null);
      await store.recordDecision(
        comment,
        aDecision({ actions: [anAction({ type: 'private_reply' })] }),
        TUESDAY,
      );
      expect(await reports.troubled(10)).toEqual([]);
      const { send } = await store.claimSend('POST /v2/messages', TUESDAY, BUDGET);
      await store.endAttempt(send!, { state: 'failed', reason: 'failed', detail: 'gone' }, TUESDAY);
      expect(await reports.troubled(10)).toMatchObject([{ id: send!.id, state: 'failed', detail: 'gone' }]);
      expect(await reports.sendsOf(comment.id)).toMatchObject([{ id: send!.id }]);
      expect(await reports.event(comment.id)).toMatchObject({ reason: 'failed' });
      expect(await reports.event('comment:none')).toBeNull();
    });
  });
}

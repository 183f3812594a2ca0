import { describe, expect, it } from 'vitest';
import type { Decision } from '../../src/domain/decision.js';
import type { RunChange, Step } from '../../src/domain/funnel.js';
import type { InboundEvent } from '../../src/domain/event.js';
import { HOUR, MINUTE } from '../../src/domain/time.js';
import { createHistory, type History } from '../../src/rehearsal/history.js';
import { aComment, aDecision, anAction, anEvent, TUESDAY } from '../builders.js';

const LATER = TUESDAY + MINUTE;

/** The facts about the writer of `event`, a minute after the recorded events. */
function known(
  history: History,
  event: InboundEvent = anEvent({ sourceId: 'm2', at: LATER }),
  window = HOUR,
) {
  return history.factsFor(event, LATER, window);
}

function after(decision: Partial<Decision>, event: InboundEvent = anEvent()): History {
  const history = createHistory();
  history.record(event, aDecision(decision), TUESDAY);
  return history;
}

describe('an empty rehearsal history', () => {
  it('has the message itself, and nothing else', () => {
    expect(known(createHistory())).toEqual({
      now: LATER,
      lastInboundAt: LATER,
      lastHumanAt: null,
      optedOutAt: null,
      pause: null,
      recentAnswers: [],
      privateReplyHeldBy: null,
      firstContact: true,
      replies: [],
      lastDisclosedAt: null,
      nextPostOf: [],
      tags: [],
      fields: {},
      run: null,
      given: {},
      beforeStart: false,
    });
  });

  it('opens no messaging window for a comment or for what the account writes', () => {
    expect(known(createHistory(), aComment()).lastInboundAt).toBeNull();
    expect(known(createHistory(), anEvent({ direction: 'outgoing' })).lastInboundAt).toBeNull();
  });

  it('begins with the given facts of every contact', () => {
    const start = {
      lastInboundAt: 1,
      lastHumanAt: 2,
      optedOutAt: 3,
      pause: { scope: 'all', until: Infinity },
      recentAnswers: [LATER - MINUTE],
      privateReplyHeldBy: 'guide',
      firstContact: false,
      replies: [{ rule: 'pricing', conversationId: 'c1', postId: null, at: 4, times: 2, isShadow: false }],
      lastDisclosedAt: 5,
      nextPostOf: ['launch'],
      tags: ['lead'],
      fields: { city: 'Lyon' },
      run: null,
    };
    const history = createHistory(start);
    for (const id of ['ana', 'bo']) {
      const comment = aComment({ contact: { id, name: null, username: null } });
      expect(known(history, comment)).toEqual({ ...start, now: LATER, given: {}, beforeStart: false });
    }
  });
});

describe('a rehearsal history stores', () => {
  it('for a message, that the contact is known, and when they last wrote', () => {
    const facts = known(after({ reason: 'no_match', actions: [] }), aComment());
    expect(facts).toMatchObject({ firstContact: false, lastInboundAt: TUESDAY, replies: [] });
  });

  it('the newest message, in any order of decisions', () => {
    const history = after({ reason: 'no_match', actions: [] });
    history.record(anEvent({ at: TUESDAY - HOUR }), aDecision({ reason: 'no_match' }), LATER);
    expect(known(history, aComment()).lastInboundAt).toBe(TUESDAY);
    expect(known(history).lastInboundAt).toBe(LATER);
    expect(known(history, anEvent({ at: TUESDAY - HOUR })).lastInboundAt).toBe(TUESDAY);
  });

  it('for a comment, that the contact is known, and no messaging window', () => {
    const facts = known(after({ reason: 'no_match', actions: [] }, aComment()), aComment());
    expect(facts).toMatchObject({ firstContact: false, lastInboundAt: null });
  });

  it('for a message of the account, only its time', () => {
    const history = after({ optOut: 'stop' }, anEvent({ direction: 'outgoing' }));
    expect(known(history)).toMatchObject({
      lastHumanAt: TUESDAY,
      firstContact: true,
      optedOutAt: null,
      replies: [],
      recentAnswers: [],
    });
    history.record(anEvent({ direction: 'outgoing', at: TUESDAY - HOUR }), aDecision(), LATER);
    expect(known(history).lastHumanAt).toBe(TUESDAY);
  });

  it('nothing of other contacts, nor of the same one at another account', () => {
    const history = after({});
    const contact = { id: 'bo', name: null, username: null };
    expect(known(history, anEvent({ contact }))).toMatchObject({ firstContact: true, replies: [] });
    expect(known(history, anEvent({ account: 'shop-fb' }))).toMatchObject({
      firstContact: true,
      replies: [],
    });
    expect(known(history, anEvent({ account: null })).firstContact).toBe(true);
    history.record(anEvent({ account: null }), aDecision(), TUESDAY);
    expect(known(history, anEvent({ account: null })).firstContact).toBe(false);
  });

  it('an opt-out, until it is revoked', () => {
    const history = after({ reason: 'opted_out', optOut: 'stop', actions: [] });
    expect(known(history).optedOutAt).toBe(TUESDAY);
    history.record(anEvent(), aDecision({ reason: 'no_match', actions: [] }), LATER);
    expect(known(history).optedOutAt).toBe(TUESDAY);
    history.record(anEvent(), aDecision({ reason: 'no_match', optOut: 'start', actions: [] }), LATER);
    expect(known(history).optedOutAt).toBeNull();
  });

  it.each(['queued', 'replied'] as const)('a reply that is %s', (reason) => {
    expect(known(after({ reason }))).toMatchObject({
      recentAnswers: [TUESDAY],
      replies: [
        { rule: 'pricing', conversationId: 'c1', postId: null, at: TUESDAY, times: 1, isShadow: false },
      ],
    });
  });

  it.each(['cooldown', 'paused', 'failed'] as const)('no reply that was not sent: %s', (reason) => {
    expect(known(after({ reason }))).toMatchObject({ recentAnswers: [], replies: [] });
  });

  it('a shadow reply, and not as one that the contact got', () => {
    const actions = [anAction({ type: 'private_reply', rule: 'guide', disclosed: true })];
    const facts = known(after({ reason: 'shadow', actions }, aComment()), aComment());
    expect(facts).toMatchObject({ recentAnswers: [], privateReplyHeldBy: null, lastDisclosedAt: null });
    expect(facts.replies).toMatchObject([{ rule: 'guide', isShadow: true, times: 1 }]);
  });

  it('the newest reply of a rule and their number, one for each event', () => {
    const history = after({ actions: [anAction({ part: 1 }), anAction({ part: 2 })] });
    expect(known(history).replies).toMatchObject([{ at: TUESDAY, times: 1 }]);
    history.record(anEvent({ sourceId: 'm3' }), aDecision(), TUESDAY + 1);
    expect(known(history)).toMatchObject({
      replies: [{ at: TUESDAY + 1, times: 2 }],
      recentAnswers: [TUESDAY, TUESDAY + 1],
    });
  });

  it('replies of different rules, conversations, posts and modes separately', () => {
    const history = after({ actions: [anAction(), anAction({ rule: 'hours' })] });
    history.record(anEvent({ conversationId: 'c2' }), aDecision(), TUESDAY);
    history.record(aComment(), aDecision(), TUESDAY);
    history.record(anEvent(), aDecision({ reason: 'shadow' }), TUESDAY);
    const { replies } = known(history);
    expect(replies.map((each) => [each.rule, each.conversationId, each.postId, each.isShadow])).toEqual([
      ['pricing', 'c1', null, false],
      ['hours', 'c1', null, false],
      ['pricing', 'c2', null, false],
      ['pricing', null, '501', false],
      ['pricing', 'c1', null, true],
    ]);
    expect(replies.map((each) => each.times)).toEqual([1, 1, 1, 1, 1]);
  });

  it("the platform's id of the post where Blotato has none", () => {
    const comment = {
      postId: null,
      platformPostId: 'p501',
      platformCommentId: 'p-k1',
      parentId: null,
    };
    expect(known(after({}, aComment({ comment }))).replies).toMatchObject([{ postId: 'p501' }]);
  });

  it('replies as recent within the window', () => {
    const history = after({});
    expect(known(history, anEvent(), MINUTE + 1).recentAnswers).toEqual([TUESDAY]);
    expect(known(history, anEvent(), MINUTE).recentAnswers).toEqual([]);
  });

  it('the time of the last disclosure', () => {
    const history = after({ actions: [anAction(), anAction({ disclosed: true })] });
    expect(known(history).lastDisclosedAt).toBe(TUESDAY);
    history.record(anEvent(), aDecision(), LATER);
    expect(known(history).lastDisclosedAt).toBe(TUESDAY);
    expect(known(after({})).lastDisclosedAt).toBeNull();
  });

  it('the rule that sent the private reply of a comment', () => {
    const actions = [
      anAction({ type: 'comment_reply', rule: 'thanks' }),
      anAction({ type: 'private_reply', rule: 'guide' }),
    ];
    const history = after({ actions }, aComment());
    expect(known(history, aComment()).privateReplyHeldBy).toBe('guide');
    expect(known(history, aComment({ sourceId: 'k2' })).privateReplyHeldBy).toBeNull();
    expect(known(history, aComment({ account: 'shop-fb' })).privateReplyHeldBy).toBeNull();
    expect(known(history).privateReplyHeldBy).toBeNull();
    const publicly = after({ actions: [anAction({ type: 'comment_reply' })] }, aComment());
    expect(known(publicly, aComment()).privateReplyHeldBy).toBeNull();
  });
});

describe('a rehearsal history applies', () => {
  const rule = 'pricing';
  const acted = (effects: Decision['effects'], more: Partial<Decision> = {}) =>
    after({ reason: 'acted', actions: [], ...(effects ? { effects } : {}), ...more });

  it('tags and fields of the contact, and of nobody else', () => {
    const history = acted([
      { type: 'tag', rule, tags: ['lead', 'hot'] },
      { type: 'untag', rule, tags: ['hot', 'cold'] },
      { type: 'set', rule, fields: { city: 'Lyon' } },
    ]);
    expect(known(history)).toMatchObject({ tags: ['lead'], fields: { city: 'Lyon' } });
    const bo = anEvent({ contact: { id: 'bo', name: null, username: null } });
    expect(known(history, bo)).toMatchObject({ tags: [], fields: {} });
  });

  it('a pause of the contact, and never shortens it', () => {
    const history = acted([
      { type: 'pause', rule, until: LATER + HOUR },
      { type: 'handoff', rule, note: null, until: LATER + MINUTE },
    ]);
    const by = { effect: 'pause', rule };
    expect(known(history).pause).toEqual({ scope: 'contact:ana', until: LATER + HOUR, by });
    expect(history.factsFor(anEvent(), LATER + HOUR, HOUR).pause).toBeNull();
  });

  it('the same pause at every account', () => {
    const history = acted([{ type: 'pause', rule, until: LATER + HOUR }]);
    expect(known(history, anEvent({ account: 'shop-fb' })).pause).toMatchObject({ scope: 'contact:ana' });
  });

  it('nothing for authors without an id, who are different people', () => {
    const contact = { id: '', name: null, username: null };
    const history = createHistory();
    const effects = [
      { type: 'tag', rule, tags: ['lead'] },
      { type: 'pause', rule, until: LATER + HOUR },
    ] as const;
    history.record(aComment({ contact }), aDecision({ reason: 'acted', actions: [], effects }), TUESDAY);
    expect(known(history, aComment({ contact, sourceId: 'k2' }))).toMatchObject({ tags: [], pause: null });
  });

  it('no effects decided in shadow', () => {
    const history = acted([{ type: 'tag', rule, tags: ['lead'] }], { reason: 'shadow' });
    expect(known(history).tags).toEqual([]);
  });

  it('a rule that acted without a reply, for its cooldown only', () => {
    const history = acted([{ type: 'tag', rule, tags: ['lead'] }]);
    expect(known(history)).toMatchObject({ replies: [{ rule, times: 1 }], recentAnswers: [] });
  });
});

describe('a funnel in a rehearsal history', () => {
  const ask: Step = {
    type: 'ask',
    ask: {
      question: null,
      expect: { kind: 'any' },
      save: null,
      retry: null,
      tries: 1,
      within: HOUR,
      onKeyword: 'end',
      onHuman: 'end',
    },
  };
  const start: Extract<RunChange, { kind: 'start' }> = {
    kind: 'start',
    rule: 'pricing',
    step: 0,
    within: HOUR,
    funnel: { steps: [ask, ask], otherwise: [] },
    match: { keyword: 'price', groups: {} },
  };
  const asked = () => after({ runs: [start] });

  it('waits for messages after the question', () => {
    expect(known(asked()).run).toMatchObject({ rule: 'pricing', step: 0, wrong: 0, askedAt: TUESDAY });
    expect(known(asked(), anEvent({ at: TUESDAY - MINUTE })).run).toBeNull();
    expect(known(asked(), aComment()).run).toBeNull();
    expect(known(asked(), anEvent({ direction: 'outgoing' })).run).toBeNull();
  });

  it('waits from the time when the last message of the question is sent', () => {
    const actions = [anAction(), anAction({ delay: 2 * MINUTE })];
    const history = after({ runs: [start], actions });
    expect(known(history).run).toBeNull();
    expect(known(history, anEvent({ at: TUESDAY + 2 * MINUTE })).run).not.toBeNull();
  });

  it('continues to the next question, and ends', () => {
    const history = asked();
    const wait: RunChange = {
      kind: 'wait',
      run: 0,
      rule: 'pricing',
      step: 1,
      wrong: 0,
      within: MINUTE,
    };
    history.record(anEvent({ at: LATER }), aDecision({ runs: [wait] }), LATER);
    expect(known(history).run).toMatchObject({ step: 1, askedAt: LATER });
    expect(history.takeDue(LATER + MINUTE)).toBeNull();
    expect(history.takeDue(LATER + MINUTE + 1)).toMatchObject({ at: LATER + MINUTE, run: { step: 1 } });
    const end: RunChange = {
      kind: 'end',
      run: 0,
      rule: 'pricing',
      outcome: 'completed',
      detail: null,
    };
    history.record(anEvent({ at: LATER }), aDecision({ runs: [end] }), LATER);
    expect(known(history).run).toBeNull();
  });

  it('ends when its time is over, and when the contact opts out', () => {
    const late = asked();
    const expired = late.takeDue(TUESDAY + HOUR + 1);
    const end: RunChange = {
      kind: 'end',
      run: 0,
      rule: 'pricing',
      outcome: 'timed_out',
      detail: null,
    };
    late.recordExpiry(expired!, aDecision({ reason: 'acted', actions: [], runs: [end] }));
    expect(late.takeDue(TUESDAY + 2 * HOUR)).toBeNull();

    const gone = asked();
    gone.record(anEvent({ at: LATER }), aDecision({ optOut: 'stop' }), LATER);
    expect(known(gone).run).toBeNull();
  });

  it('includes the disclosure in its last message as well', () => {
    const late = asked();
    const expired = late.takeDue(TUESDAY + HOUR + 1);
    late.recordExpiry(expired!, aDecision({ actions: [anAction({ disclosed: true })] }));
    expect(known(late).lastDisclosedAt).toBe(TUESDAY + HOUR);
  });

  it('times out once for each contact, the earliest first, and not after an answer', () => {
    const history = createHistory();
    const times = [50, 20, 40, 10, 30, 60];
    for (const [n, minutes] of times.entries()) {
      const event = anEvent({ contact: { id: `${n}`, name: null, username: null } });
      history.record(event, aDecision({ runs: [{ ...start, within: minutes * MINUTE }] }), TUESDAY);
    }
    const ana = anEvent({ contact: { id: '2', name: null, username: null } });
    history.record(ana, aDecision({ optOut: 'stop' }), LATER);
    const take = () => history.takeDue(TUESDAY + 55 * MINUTE);
    const minutes = [1, 2, 3, 4].map(() => ((take()?.at ?? 0) - TUESDAY) / MINUTE);
    expect(minutes).toEqual([10, 20, 30, 50]);
    expect(take()).toBeNull();
  });

  it('without a question does not wait', () => {
    expect(known(after({ runs: [{ ...start, step: null }] })).run).toBeNull();
  });
});

describe('a contact after thousands of others', () => {
  const effects = [{ type: 'set', rule: 'pricing', fields: { size: 'L' } }] as const;
  it.each<[string, InboundEvent, Partial<Decision>]>([
    ['who got a reply', anEvent(), {}],
    ['who got replies of two rules', anEvent(), { actions: [anAction(), anAction({ rule: 'faq' })] }],
    ['without a conversation', anEvent({ conversationId: null }), {}],
    ['in the conversation of a rehearsal', anEvent({ conversationId: 'conversation-ana' }), {}],
    ['who commented', aComment(), {}],
    [
      'who got nothing',
      anEvent({ text: 'où est ma commande ?' }),
      { rule: null, reason: 'no_match', actions: [] },
    ],
    ['who opted out', anEvent(), { optOut: 'stop' }],
    ['who got the disclosure', anEvent(), { actions: [anAction({ disclosed: true })] }],
    ['of a rule in shadow mode', anEvent(), { reason: 'shadow' }],
    [
      'to whom a human wrote',
      anEvent({ direction: 'outgoing' }),
      { rule: null, reason: 'own_message', actions: [] },
    ],
    ['with a field', anEvent(), { effects }],
  ])('%s, is known as well as at once', (_, event, decision) => {
    const history = createHistory({}, true);
    for (const at of [TUESDAY - 2 * HOUR, TUESDAY]) history.record({ ...event, at }, aDecision(decision), at);
    const before = known(history, { ...event, at: LATER });
    for (let n = 0; n < 5_100; n += 1) {
      const contact = { id: `other-${n}`, name: null, username: null };
      for (const at of [TUESDAY, LATER]) history.record(anEvent({ contact, at }), aDecision(), at);
    }
    expect(known(history, { ...event, at: LATER })).toEqual(before);
  });
});

import { describe, expect, it } from 'vitest';
import type { Decision } from '../../src/domain/decision.js';
import type { InboundEvent } from '../../src/domain/event.js';
import { HOUR, MINUTE } from '../../src/domain/time.js';
import { createHistory, type History } from '../../src/engine/history.js';
import { aComment, aDecision, anAction, anEvent, TUESDAY } from '../builders.js';

const LATER = TUESDAY + MINUTE;

/** What is known about the writer of `event`, a minute after what was recorded. */
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

describe('a history in which nothing has happened', () => {
  it('knows the message itself, and nothing else', () => {
    expect(known(createHistory())).toEqual({
      now: LATER,
      lastInboundAt: LATER,
      lastHumanAt: null,
      optedOutAt: null,
      pause: null,
      recentAnswers: [],
      privateReplyHeldBy: null,
      firstContact: true,
      answers: [],
      lastDisclosedAt: null,
      beforeStart: false,
    });
  });

  it('opens no window for a comment, and none for what the account writes', () => {
    expect(known(createHistory(), aComment()).lastInboundAt).toBeNull();
    expect(known(createHistory(), anEvent({ direction: 'outgoing' })).lastInboundAt).toBeNull();
  });

  it('begins with what it is told of every contact', () => {
    const start = {
      lastInboundAt: 1,
      lastHumanAt: 2,
      optedOutAt: 3,
      pause: { scope: 'all', until: Infinity },
      recentAnswers: [LATER - MINUTE],
      privateReplyHeldBy: 'guide',
      firstContact: false,
      answers: [{ rule: 'pricing', conversationId: 'c1', postId: null, at: 4, times: 2, isShadow: false }],
      lastDisclosedAt: 5,
    };
    const history = createHistory(start);
    for (const id of ['ana', 'bo']) {
      const comment = aComment({ contact: { id, name: null, username: null } });
      expect(known(history, comment)).toEqual({ ...start, now: LATER, beforeStart: false });
    }
  });
});

describe('a history remembers', () => {
  it('of a message: that its writer is known, and when they last wrote', () => {
    const facts = known(after({ reason: 'no_match', actions: [] }), aComment());
    expect(facts).toMatchObject({ firstContact: false, lastInboundAt: TUESDAY, answers: [] });
  });

  it('the newest message, whatever order they are decided in', () => {
    const history = after({ reason: 'no_match', actions: [] });
    history.record(anEvent({ at: TUESDAY - HOUR }), aDecision({ reason: 'no_match' }), LATER);
    expect(known(history, aComment()).lastInboundAt).toBe(TUESDAY);
    expect(known(history).lastInboundAt).toBe(LATER);
    expect(known(history, anEvent({ at: TUESDAY - HOUR })).lastInboundAt).toBe(TUESDAY);
  });

  it('of a comment: that its writer is known, and no window', () => {
    const facts = known(after({ reason: 'no_match', actions: [] }, aComment()), aComment());
    expect(facts).toMatchObject({ firstContact: false, lastInboundAt: null });
  });

  it('of what the account wrote: only when', () => {
    const history = after({ optOut: 'stop' }, anEvent({ direction: 'outgoing' }));
    expect(known(history)).toMatchObject({
      lastHumanAt: TUESDAY,
      firstContact: true,
      optedOutAt: null,
      answers: [],
      recentAnswers: [],
    });
    history.record(anEvent({ direction: 'outgoing', at: TUESDAY - HOUR }), aDecision(), LATER);
    expect(known(history).lastHumanAt).toBe(TUESDAY);
  });

  it('nothing of other contacts, nor of the same one at another account', () => {
    const history = after({});
    const contact = { id: 'bo', name: null, username: null };
    expect(known(history, anEvent({ contact }))).toMatchObject({ firstContact: true, answers: [] });
    expect(known(history, anEvent({ account: 'shop-fb' }))).toMatchObject({
      firstContact: true,
      answers: [],
    });
    expect(known(history, anEvent({ account: null })).firstContact).toBe(true);
    history.record(anEvent({ account: null }), aDecision(), TUESDAY);
    expect(known(history, anEvent({ account: null })).firstContact).toBe(false);
  });

  it('a wish to be left alone, until it is taken back', () => {
    const history = after({ reason: 'opted_out', optOut: 'stop', actions: [] });
    expect(known(history).optedOutAt).toBe(TUESDAY);
    history.record(anEvent(), aDecision({ reason: 'no_match', actions: [] }), LATER);
    expect(known(history).optedOutAt).toBe(TUESDAY);
    history.record(anEvent(), aDecision({ reason: 'no_match', optOut: 'start', actions: [] }), LATER);
    expect(known(history).optedOutAt).toBeNull();
  });

  it.each(['queued', 'replied'] as const)('an answer that is %s', (reason) => {
    expect(known(after({ reason }))).toMatchObject({
      recentAnswers: [TUESDAY],
      answers: [
        { rule: 'pricing', conversationId: 'c1', postId: null, at: TUESDAY, times: 1, isShadow: false },
      ],
    });
  });

  it.each(['cooldown', 'paused', 'failed'] as const)('no answer that was not given: %s', (reason) => {
    expect(known(after({ reason }))).toMatchObject({ recentAnswers: [], answers: [] });
  });

  it('an answer in shadow as one, and as nothing that the contact got', () => {
    const actions = [anAction({ type: 'private_reply', rule: 'guide', disclosed: true })];
    const facts = known(after({ reason: 'shadow', actions }, aComment()), aComment());
    expect(facts).toMatchObject({ recentAnswers: [], privateReplyHeldBy: null, lastDisclosedAt: null });
    expect(facts.answers).toMatchObject([{ rule: 'guide', isShadow: true, times: 1 }]);
  });

  it('of a rule the newest answer and how many there were, one for all that it sent at once', () => {
    const history = after({ actions: [anAction({ part: 1 }), anAction({ part: 2 })] });
    expect(known(history).answers).toMatchObject([{ at: TUESDAY, times: 1 }]);
    history.record(anEvent({ sourceId: 'm3' }), aDecision(), TUESDAY + 1);
    expect(known(history)).toMatchObject({
      answers: [{ at: TUESDAY + 1, times: 2 }],
      recentAnswers: [TUESDAY, TUESDAY + 1],
    });
  });

  it('answers of several rules, conversations, posts and modes apart', () => {
    const history = after({ actions: [anAction(), anAction({ rule: 'hours' })] });
    history.record(anEvent({ conversationId: 'c2' }), aDecision(), TUESDAY);
    history.record(aComment(), aDecision(), TUESDAY);
    history.record(anEvent(), aDecision({ reason: 'shadow' }), TUESDAY);
    const { answers } = known(history);
    expect(answers.map((each) => [each.rule, each.conversationId, each.postId, each.isShadow])).toEqual([
      ['pricing', 'c1', null, false],
      ['hours', 'c1', null, false],
      ['pricing', 'c2', null, false],
      ['pricing', null, '501', false],
      ['pricing', 'c1', null, true],
    ]);
    expect(answers.map((each) => each.times)).toEqual([1, 1, 1, 1, 1]);
  });

  it('the post of a comment by the id of the platform where Blotato gives none', () => {
    const comment = {
      postId: null,
      platformPostId: 'p501',
      platformCommentId: 'p-k1',
      parentId: null,
    };
    expect(known(after({}, aComment({ comment }))).answers).toMatchObject([{ postId: 'p501' }]);
  });

  it('answers as recent for as long as the window reaches', () => {
    const history = after({});
    expect(known(history, anEvent(), MINUTE + 1).recentAnswers).toEqual([TUESDAY]);
    expect(known(history, anEvent(), MINUTE).recentAnswers).toEqual([]);
  });

  it('when the account last said that it answers by itself', () => {
    const history = after({ actions: [anAction(), anAction({ disclosed: true })] });
    expect(known(history).lastDisclosedAt).toBe(TUESDAY);
    history.record(anEvent(), aDecision(), LATER);
    expect(known(history).lastDisclosedAt).toBe(TUESDAY);
    expect(known(after({})).lastDisclosedAt).toBeNull();
  });

  it('which rule spent the private reply of a comment', () => {
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

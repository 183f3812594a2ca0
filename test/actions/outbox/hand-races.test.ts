import { describe, expect, it, vi } from 'vitest';
import { changeDraft } from '../../../src/actions/drafts/change-draft.js';
import { replyByHand, replyToComment } from '../../../src/actions/hand/reply-by-hand.js';
import { DAY, HOUR, SECOND } from '../../../src/domain/time.js';
import { aDecision, anAction, anEvent } from '../../builders.js';
import { aBench, type Bench } from './bench.js';

const GUARDS = {
  humanPause: HOUR,
  automationPause: HOUR,
  perContact: { replies: 5, per: HOUR },
  loopBreaker: null,
};
const toAna = { account: 'shop-ig', contactId: 'ana', version: null, by: 'mia' };
const textsOf = ({ sandbox }: Bench) => sandbox.sends().map(({ text }) => text);

/** Holds the first POST until it is let go. */
function holdFirst({ proxy }: Bench) {
  let letGo: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (letGo = resolve));
  let count = 0;
  let arrive: () => void = () => undefined;
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  proxy.intercept = async (call) => {
    if (call.method !== 'POST') return call.pass();
    count += 1;
    if (count === 1) {
      arrive();
      await released;
    }
    return call.pass();
  };
  return { arrived, letGo: () => letGo() };
}

async function starts(bench: Bench): Promise<void> {
  await bench.outbox.start();
  bench.outbox.nudge();
}

/** Runs until nothing is left to send or to check. */
async function settles(bench: Bench): Promise<void> {
  await vi.waitFor(async () => {
    bench.pass(SECOND);
    const open = await bench.store.sends({
      limit: 99,
      states: ['pending', 'sending', 'accepted', 'ambiguous'],
    });
    expect(open).toEqual([]);
  }, 20_000);
}

/** The journal's id of the only comment. */
async function commentOf({ store }: Bench): Promise<string> {
  return (await store.journal({ limit: 9 })).find(({ event }) => event.kind === 'comment')!.event.id;
}

describe('a reply by hand', () => {
  it('while an automatic reply is on its way waits for it, and both leave once', async () => {
    const bench = await aBench();
    await bench.queue('shop-ig', 'ana', 'by a rule');
    const post = holdFirst(bench);
    await starts(bench);
    await post.arrived;
    expect(await replyByHand({ ...toAna, text: 'by hand' }, bench.store, bench.now())).toMatchObject({
      is: 'written',
    });
    bench.outbox.nudge();
    expect(textsOf(bench)).toEqual([]);
    post.letGo();
    await settles(bench);
    expect(textsOf(bench)).toEqual(['by a rule', 'by hand']);
  });

  it('of the same text in two tabs leaves once', async () => {
    const bench = await aBench();
    await bench.queue('shop-ig', 'ana');
    await starts(bench);
    await settles(bench);
    const { version } = (await bench.store.handTarget('shop-ig', 'ana'))!;
    const tabs = ['mia', 'mia', 'noah'].map((by) =>
      replyByHand({ ...toAna, text: 'by hand', version, by }, bench.store, bench.now()),
    );
    expect((await Promise.all(tabs)).map(({ is }) => is).sort()).toEqual(['changed', 'changed', 'written']);
    await settles(bench);
    expect(textsOf(bench)).toEqual(['for ana', 'by hand']);
  });

  it.each(['the draft is approved first', 'the reply by hand is written first'])(
    'and an approved draft do not both leave: %s',
    async (order) => {
      const bench = await aBench();
      await bench.queue('shop-ig', 'ana', 'first');
      await starts(bench);
      await settles(bench);
      const contact = { id: 'ana', name: null, username: null };
      const made = bench.sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'and now?' });
      const event = anEvent({ ...made, sourceId: made.id, contact, account: 'shop-ig', at: bench.now() });
      await bench.store.recordPage('messages', [{ event, beforeStart: false }], null);
      const actions = [anAction({ text: 'the draft', awaits: true })];
      await bench.store.recordDecision(
        event,
        aDecision({ reason: 'awaiting_approval', actions }),
        bench.now(),
      );
      const [draft] = await bench.store.drafts({ limit: 1 });
      const approve = () =>
        changeDraft(
          { do: 'approve', id: draft!.id, version: null, edits: [], by: 'noah' },
          { store: bench.store, guards: GUARDS, clock: bench.now },
        );
      const write = () => replyByHand({ ...toAna, text: 'by hand' }, bench.store, bench.now());
      const isApproved = order === 'the draft is approved first';
      if (isApproved) expect(await approve()).toMatchObject({ is: 'done' });
      expect(await write()).toMatchObject({ is: 'written' });
      if (!isApproved) expect(await approve()).toMatchObject({ is: 'gone' });
      await settles(bench);
      expect(textsOf(bench)).toEqual(['first', 'by hand']);
      const ended = await bench.store.sends({ limit: 9, eventId: event.id });
      expect(ended).toMatchObject([
        { text: 'by hand', state: 'sent' },
        { text: 'the draft', state: 'stopped', reason: 'human_active' },
      ]);
    },
  );

  it('to a comment that was deleted is sent once, refused, and said to have failed', async () => {
    const bench = await aBench();
    await bench.queueComment('shop-ig', 'ana');
    const eventId = await commentOf(bench);
    expect(bench.sandbox.world.deleteComment(eventId.replace('comment:', ''))).toBe(true);
    for (const action of ['private_reply', 'comment_reply'] as const) {
      const reply = { eventId, action, text: `by hand: ${action}`, version: null, by: 'mia' };
      expect(await replyToComment(reply, bench.store, bench.now())).toMatchObject({ is: 'written' });
    }
    await starts(bench);
    await settles(bench);
    expect(textsOf(bench)).toEqual([]);
    const sends = await bench.store.sends({ limit: 9, eventId });
    expect(sends.map(({ rule, state, attempts }) => [rule, state, attempts])).toEqual([
      ['$human', 'failed', 1],
      ['$human', 'failed', 1],
      ['pricing', 'stopped', 0],
    ]);
    expect(sends[0]?.detail).toContain('deleted');
  });

  it('to a comment leaves in public and privately, and finds the private reply used or its window closed', async () => {
    const bench = await aBench();
    await bench.queueComment('shop-ig', 'ana');
    const eventId = await commentOf(bench);
    await starts(bench);
    await settles(bench);
    const write = (action: 'private_reply' | 'comment_reply', text: string) =>
      replyToComment({ eventId, action, text, version: null, by: 'mia' }, bench.store, bench.now());
    expect(await write('private_reply', 'again')).toMatchObject({
      ...{ is: 'refused', reason: 'private_reply_used', detail: 'rule pricing used it' },
    });
    expect(await write('comment_reply', 'x'.repeat(2_201))).toMatchObject({ reason: 'too_long' });
    expect(await write('comment_reply', 'Hi {{ contact.name }}')).toMatchObject({ reason: 'template_error' });
    bench.pass(8 * DAY);
    expect(await write('private_reply', 'late')).toMatchObject({ reason: 'window_closed' });
    expect(await write('comment_reply', 'in public')).toMatchObject({ is: 'written' });
    await settles(bench);
    expect(textsOf(bench)).toEqual(['for ana', 'in public']);
  });

  it('to a comment while the automatic private reply is on its way is refused', async () => {
    const bench = await aBench();
    await bench.queueComment('shop-ig', 'ana');
    const eventId = await commentOf(bench);
    const post = holdFirst(bench);
    await starts(bench);
    await post.arrived;
    const reply = { eventId, action: 'private_reply', text: 'by hand', version: null, by: 'mia' } as const;
    expect(await replyToComment(reply, bench.store, bench.now())).toMatchObject({ is: 'refused' });
    post.letGo();
    await settles(bench);
    expect(textsOf(bench)).toEqual(['for ana']);
  });
});

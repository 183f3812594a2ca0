import { describe, expect, it } from 'vitest';
import { changeDraft } from '../../../src/actions/drafts/change-draft.js';
import { endDrafts } from '../../../src/actions/drafts/end-drafts.js';
import type { Instant } from '../../../src/domain/time.js';
import { DAY, HOUR, MINUTE } from '../../../src/domain/time.js';
import type { Store } from '../../../src/store/ports/store.js';
import { aDecision, anAction, anEvent } from '../../builders.js';
import { aBench } from '../outbox/bench.js';

const GUARDS = {
  humanPause: HOUR,
  automationPause: HOUR,
  perContact: { replies: 5, per: HOUR },
  loopBreaker: null,
};
const ANA = { id: 'ana', name: null, username: null };

/** A store with a draft for ana, and what happened to it minutes later. */
async function aDraft() {
  const { store, now } = await aBench();
  const at = now();
  const page = (event: ReturnType<typeof anEvent>) =>
    store.recordPage('messages', [{ event, beforeStart: false }], null);
  const event = anEvent({ contact: ANA, account: 'shop-ig', at });
  await page(event);
  const actions = [anAction({ text: 'the draft', awaits: true })];
  await store.recordDecision(event, aDecision({ reason: 'awaiting_approval', actions }), at);
  const [draft] = await store.drafts({ limit: 1 });
  return {
    store,
    at,
    draft: draft!,
    /** A human writes in another app; the list shows it. */
    async human(minutes: number) {
      const written = { direction: 'outgoing', text: 'a human wrote', at: at + minutes * MINUTE } as const;
      await page(anEvent({ ...written, sourceId: 'by-a-human', contact: ANA, account: 'shop-ig' }));
    },
  };
}
type Drafted = Awaited<ReturnType<typeof aDraft>>;

const pause = ({ store, at }: Drafted) =>
  store.setPause({ scope: 'account:shop-ig', until: Infinity }, { at, by: 'mia' });

interface Case {
  readonly when: string;
  readonly happens: (drafted: Drafted) => Promise<unknown>;
  /** Minutes from the draft to the check. */
  readonly after: number;
  readonly ends: string | null;
}

const CASES: readonly Case[] = [
  { when: 'nothing happens', happens: async () => undefined, after: 10, ends: null },
  { when: 'the owner pauses', happens: pause, after: 10, ends: null },
  { when: 'a human writes', happens: ({ human }) => human(1), after: 10, ends: 'human_active' },
  {
    when: 'a human writes during a pause of the owner',
    async happens(drafted) {
      await pause(drafted);
      await drafted.human(1);
    },
    after: 10,
    ends: 'human_active',
  },
  {
    when: 'a human wrote, and the program read it only after the pause for humans',
    happens: ({ human }) => human(1),
    after: 90,
    ends: 'human_active',
  },
  {
    when: 'a human wrote in the millisecond of the draft, and the program read it late',
    happens: ({ human }) => human(0),
    after: 90,
    ends: 'human_active',
  },
  {
    when: 'a human wrote, and the owner ended the pause for humans',
    async happens({ store, at, human }) {
      await human(1);
      await store.endHumanPause('ana', at - HOUR, at + 2 * MINUTE);
    },
    after: 10,
    ends: 'human_active',
  },
  {
    when: 'the window closes',
    happens: async () => undefined,
    after: DAY / MINUTE + 1,
    ends: 'approval_expired',
  },
  {
    when: 'the window closes during a pause',
    happens: pause,
    after: DAY / MINUTE + 1,
    ends: 'approval_expired',
  },
];

const stateOf = async (store: Store, draft: number): Promise<string | null> => {
  const [send] = (await store.sends({ limit: 9 })).filter(({ id }) => id === draft);
  return send?.state === 'awaiting_approval' ? null : (send?.reason ?? send?.state ?? 'gone');
};

describe.each(CASES)('a draft that waits when $when', ({ happens, after, ends }) => {
  it(`${ends === null ? 'keeps waiting' : `ends with ${ends}`}, also when it is approved`, async () => {
    const clockAt = (at: Instant) => () => at + after * MINUTE;
    const checked = await aDraft();
    await happens(checked);
    const parts = { store: checked.store, guards: GUARDS, clock: clockAt(checked.at) };
    await endDrafts({ ...parts, onEnded: () => undefined });
    expect(await stateOf(checked.store, checked.draft.id)).toBe(ends);

    const approved = await aDraft();
    await happens(approved);
    const change = { do: 'approve', id: approved.draft.id, version: null, edits: [], by: 'mia' } as const;
    const result = await changeDraft(change, {
      ...parts,
      store: approved.store,
      clock: clockAt(approved.at),
    });
    if (ends !== null) expect(result).toMatchObject({ is: 'ended', reason: ends });
    expect(await stateOf(approved.store, approved.draft.id)).toBe(result.is === 'done' ? 'pending' : ends);
  });
});

import { expect } from 'vitest';
import { changeDraft, type DraftResult } from '../../src/actions/drafts/change-draft.js';
import { endDrafts } from '../../src/actions/drafts/end-drafts.js';
import { replyByHand } from '../../src/actions/hand/reply-by-hand.js';
import type { Draft, DraftChange } from '../../src/domain/draft.js';
import { HOUR } from '../../src/domain/time.js';
import { aDecision, anAction, anEvent } from '../builders.js';
import { type AccountName, ACCOUNTS, GUARDS, World } from './world.js';

/** True for a reply that a person wrote. */
export const isByHand = (text: string): boolean => text.startsWith('by hand ');

/** Replies that two people approve, edit and drop, while contacts and humans write and the process crashes. */
export class DraftWorld extends World {
  /** Every text that somebody approved, or tried to when the process crashed. */
  readonly approved = new Set<string>();
  /** Ids of the messages whose drafts were dropped. */
  readonly dropped = new Set<string>();
  /** End of the pause after a human wrote to a person, and what that person had got by then. */
  readonly humans = new Map<string, { readonly until: number; readonly got: number }>();
  /** Replies by hand that the store took: until when automatic ones pause, and how many of those had arrived. */
  readonly hands: {
    readonly text: string;
    readonly person: string;
    readonly account: AccountName;
    readonly until: number;
    readonly got: number;
  }[] = [];
  private written = 0;

  override async decide(): Promise<void> {
    await this.orDie(async () => {
      for (const event of await this.store.undecided(100)) {
        const isOwn = event.direction === 'outgoing';
        const decision = isOwn
          ? aDecision({ rule: null, reason: 'own_message', actions: [] })
          : aDecision({
              reason: 'awaiting_approval',
              actions: [anAction({ text: event.id, awaits: true })],
            });
        await this.store.recordDecision(event, decision, this.time.now);
      }
    });
  }

  personOf(asked: number): string {
    return `person-${this.run}-${asked % 3}`;
  }

  /** The automatic replies that a person got. */
  gotBy(person: string, account?: AccountName): number {
    return this.taken(account).filter(
      (text) => !isByHand(text) && this.personOf(this.askedBy(text)) === person,
    ).length;
  }

  /** Two operators, who see the same conversation, reply at once. */
  async reply(person: string, account: AccountName): Promise<void> {
    const target = await this.surely(() => this.store.handTarget(account, person));
    if (target === null) return;
    this.written += 1;
    const texts = ['mia', 'noah'].map((by) => ({ by, text: `by hand ${this.run}-${this.written} ${by}` }));
    const { version } = target;
    const results = await Promise.allSettled(
      texts.map((each) =>
        replyByHand({ account, contactId: person, version, ...each }, this.store, this.time.now),
      ),
    );
    const until = this.time.now + HOUR;
    for (const [index, result] of results.entries()) {
      if (result.status === 'rejected' || result.value.is !== 'written') continue;
      this.hands.push({ text: texts[index]!.text, person, account, until, got: this.gotBy(person, account) });
    }
    await this.orDie(async () => {
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    });
    const done = results.filter((each) => each.status === 'fulfilled' && each.value.is === 'written');
    expect(done.length).toBeLessThanOrEqual(1);
  }

  /** Time of the newest message of the person of a message to the same account. */
  latestBy(asked: number): number {
    const { account } = this.asked[asked]!;
    const own = this.asked.filter(
      (each, index) => each.account === account && this.personOf(index) === this.personOf(asked),
    );
    return Math.max(...own.map(({ at }) => at));
  }

  askedBy(text: string): number {
    return this.asked.findIndex(({ id }) => id === text.split(' by ')[0]);
  }

  /** A human of the account writes to a person in another app. */
  async human(person: string): Promise<void> {
    for (const each of ACCOUNTS) await this.writeAs(each, person);
    await this.decide();
    this.humans.set(person, { until: this.time.now + HOUR, got: this.gotBy(person) });
  }

  private async writeAs(account: AccountName, person: string): Promise<void> {
    this.written += 1;
    const event = anEvent({
      sourceId: `human-${this.run}-${this.written}`,
      conversationId: null,
      platform: account === 'shop-ig' ? 'instagram' : 'twitter',
      account,
      contact: { id: person, name: null, username: null },
      at: this.time.now,
      text: `a human wrote ${this.written}`,
      direction: 'outgoing',
    });
    await this.surely(() => this.store.recordPage('messages', [{ event, beforeStart: false }], null));
  }

  /** Changes by people who look at the same list. */
  async change(which: number, changes: readonly Pick<DraftChange, 'do' | 'by'>[]): Promise<void> {
    const drafts = await this.surely(() => this.store.drafts({ limit: 100 }));
    const draft = drafts[which % Math.max(1, drafts.length)];
    if (draft === undefined) return;
    const results = await Promise.allSettled(changes.map((change) => this.changeOne(draft, change)));
    await this.orDie(async () => {
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    });
    const done = results.filter((each) => each.status === 'fulfilled' && each.value.is === 'done');
    const ends = changes.filter((each) => each.do !== 'edit');
    // Of several people who end one draft, one does.
    if (ends.length === changes.length) expect(done.length).toBeLessThanOrEqual(1);
  }

  private async changeOne(
    draft: Draft,
    { do: what, by }: Pick<DraftChange, 'do' | 'by'>,
  ): Promise<DraftResult> {
    const [first] = draft.texts;
    const text = `${draft.event.id} by ${by}`;
    const edits = what === 'edit' && first ? [{ send: first.send.id, text }] : [];
    if (what === 'approve' && first) this.approved.add(first.send.text);
    const { id, version, event } = draft;
    const result = await changeDraft({ do: what, id, version, edits, by }, this.parts());
    if (what === 'drop' && result.is === 'done') this.dropped.add(event.id);
    return result;
  }

  async sweep(): Promise<void> {
    await this.orDie(() => endDrafts({ ...this.parts(), onEnded: () => undefined }));
  }

  private parts() {
    return { store: this.store, guards: GUARDS, clock: () => this.time.now };
  }
}

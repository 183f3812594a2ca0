import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeDraft, type DraftResult } from '../../src/actions/drafts/change-draft.js';
import { endDrafts } from '../../src/actions/drafts/end-drafts.js';
import { type Draft, DRAFT_LIFE, type DraftChange } from '../../src/domain/draft.js';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/domain/time.js';
import type { Fault } from '../../src/sandbox/faults.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.js';
import { aDecision, anAction, anEvent, TUESDAY } from '../builders.js';
import { draws } from '../draws.js';
import { type AccountName, ACCOUNTS, GUARDS, World } from './world.js';

/** Replies that two people approve, edit and drop, while contacts and humans write and the process crashes. */
class DraftWorld extends World {
  /** Every text that somebody approved, or tried to when the process crashed. */
  readonly approved = new Set<string>();
  /** Ids of the messages whose drafts were dropped. */
  readonly dropped = new Set<string>();
  /** End of the pause after a human wrote to a person, and what that person had got by then. */
  readonly humans = new Map<string, { readonly until: number; readonly got: number }>();
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

  gotBy(person: string): number {
    return this.taken().filter((text) => this.personOf(this.askedBy(text)) === person).length;
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

/** Texts seen so far: what is new was sent in the last step. */
interface Model {
  seen: number;
}
type Command = fc.AsyncCommand<Model, DraftWorld>;

function holds(model: Model, world: DraftWorld, now: number): void {
  const taken = world.taken();
  expect(new Set(taken.map((text) => world.askedBy(text))).size).toBe(taken.length);
  for (const text of taken) {
    expect(world.approved).toContain(text);
    expect(world.dropped).not.toContain(world.asked[world.askedBy(text)]?.id);
  }
  for (const text of taken.slice(model.seen)) {
    const asked = world.askedBy(text);
    if (world.asked[asked]?.account === 'shop-ig')
      expect(now - world.latestBy(asked)).toBeLessThanOrEqual(DAY);
  }
  model.seen = taken.length;
  for (const [person, { until, got }] of world.humans) {
    if (now < until) expect(world.gotBy(person)).toBe(got);
  }
}

describe('drafts, under random events in random order', () => {
  const clock = { now: TUESDAY };
  let sandbox: Sandbox;
  let runs = 0;
  beforeAll(async () => {
    sandbox = await startSandbox({ limits: null, queuedFor: 1, clock: () => clock.now });
  });
  afterAll(() => sandbox.close());

  const command = (name: string, run: (world: DraftWorld) => Promise<void>): Command => ({
    check: () => true,
    toString: () => name,
    async run(model, world) {
      await run(world);
      holds(model, world, clock.now);
    },
  });
  const often = <T>(times: number, made: fc.Arbitrary<T>): fc.Arbitrary<T>[] =>
    Array.from({ length: times }, () => made);
  const which = fc.integer({ min: 0, max: 5 });
  const FAULTS: readonly Fault[] = [
    'drop_before',
    'drop_after',
    'error_500_after',
    'rate_limit',
    'unauthorized',
  ];
  const steps = fc.commands(
    [
      ...often(
        4,
        fc
          .constantFrom(...ACCOUNTS)
          .map((account) => command(`arrive(${account})`, (world) => world.arrive(account))),
      ),
      ...often(4, fc.constant(command('decide', (world) => world.decide()))),
      ...often(
        4,
        fc
          .constantFrom(10, SECOND, 2 * MINUTE, 2 * HOUR, 13 * HOUR)
          .map((length) => command(`work(${length})`, (world) => world.work(length))),
      ),
      ...often(
        4,
        which.map((n) =>
          command(`approve(${n})`, (world) => world.change(n, [{ do: 'approve', by: 'mia' }])),
        ),
      ),
      fc.tuple(which, fc.constantFrom<DraftChange['do']>('approve', 'drop', 'edit')).map(([n, what]) =>
        command(`approve(${n}) beside ${what}`, (world) =>
          world.change(n, [
            { do: 'approve', by: 'mia' },
            { do: what, by: 'noah' },
          ]),
        ),
      ),
      which.map((n) => command(`edit(${n})`, (world) => world.change(n, [{ do: 'edit', by: 'noah' }]))),
      which.map((n) => command(`drop(${n})`, (world) => world.change(n, [{ do: 'drop', by: 'mia' }]))),
      fc
        .integer({ min: 0, max: 2 })
        .map((n) => command(`human(${n})`, (world) => world.human(world.personOf(n)))),
      ...often(2, fc.constant(command('sweep', (world) => world.sweep()))),
      fc.constant(command('crash', (world) => world.crash())),
      ...often(
        2,
        fc
          .integer({ min: 1, max: 25 })
          .map((n) => command(`crash before the ${n}. call`, async (world) => world.crashBefore(n))),
      ),
      ...often(
        2,
        fc
          .constantFrom(...FAULTS)
          .map((fault) => command(`fault(${fault})`, async (world) => world.goesWrong(fault))),
      ),
      fc
        .constantFrom(...ACCOUNTS)
        .map((account) => command(`pause(${account})`, (world) => world.pause(account))),
      ...often(
        2,
        fc
          .constantFrom(...ACCOUNTS)
          .map((account) => command(`resume(${account})`, (world) => world.resume(account))),
      ),
    ],
    { maxCommands: 40, size: 'max' },
  );

  it(
    'sends what somebody approved, once, in its window, and over no human',
    { timeout: 240_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(steps, async (chosen) => {
          runs += 1;
          const world = new DraftWorld(sandbox, clock, runs);
          try {
            await world.start();
            await fc.asyncModelRun(() => ({ model: { seen: 0 }, real: world }), chosen);
            world.crashBefore(Infinity);
            await world.decide();
            clock.now += DRAFT_LIFE;
            await world.sweep();
            const sends = await world.settle();
            expect(await world.store.drafts({ limit: 9 })).toEqual([]);
            // Each draft ended once: there is one send for each message that was decided.
            expect(new Set(sends.map(({ eventId }) => eventId)).size).toBe(sends.length);
            expect(sends).toHaveLength(world.asked.length);
            holds({ seen: world.taken().length }, world, clock.now);
          } finally {
            await world.end();
          }
        }),
        { numRuns: draws(12) },
      );
    },
  );
});

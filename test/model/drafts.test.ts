import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DRAFT_LIFE, type DraftChange } from '../../src/domain/draft.js';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/domain/time.js';
import type { Fault } from '../../src/sandbox/faults.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.js';
import { TUESDAY } from '../builders.js';
import { draws } from '../draws.js';
import { DraftWorld, isByHand } from './draft-world.js';
import { ACCOUNTS } from './world.js';

/** Texts seen so far: what is new was sent in the last step. */
interface Model {
  seen: number;
}
type Command = fc.AsyncCommand<Model, DraftWorld>;

function holds(model: Model, world: DraftWorld, now: number): void {
  const all = world.taken();
  const taken = all.filter((text) => !isByHand(text));
  const byHand = all.filter(isByHand);
  // Of two operators only one was heard, and only once.
  expect(new Set(byHand.map((text) => text.split(' ').slice(0, 3).join(' '))).size).toBe(byHand.length);
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
  for (const { person, account, until, got } of world.hands) {
    if (now < until) expect(world.gotBy(person, account)).toBe(got);
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
      ...often(
        2,
        fc
          .tuple(fc.integer({ min: 0, max: 2 }), fc.constantFrom(...ACCOUNTS))
          .map(([n, account]) =>
            command(`reply(${n}, ${account})`, (world) => world.reply(world.personOf(n), account)),
          ),
      ),
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
            const ended = await world.settle();
            const sends = ended.filter(({ text }) => !isByHand(text));
            // A reply by hand that the store took was sent, or has a reason why not.
            for (const { text } of world.hands) {
              const send = ended.find((each) => each.text === text);
              const hasArrived = send?.state === 'sent' || send?.state === 'delivered';
              expect(world.taken().filter((each) => each === text).length === 1 || !hasArrived).toBe(true);
              expect(hasArrived || (send?.reason ?? null) !== null).toBe(true);
            }
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

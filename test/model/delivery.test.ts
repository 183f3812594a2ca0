import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../src/domain/time.js';
import type { Fault } from '../../src/sandbox/faults.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.js';
import { TUESDAY } from '../builders.js';
import { draws } from '../draws.js';
import { type AccountName, ACCOUNTS, World } from './world.js';

/** Model of the expected behaviour, as simple as possible. */
interface Model {
  /** The version of the rules by which each decided event was decided. */
  readonly decidedBy: Map<string, number>;
  readonly undecided: Set<string>;
  version: number;
  /** Paused accounts, with the number of their replies that the API had accepted by then. */
  readonly paused: Map<AccountName, number>;
}

type Command = fc.AsyncCommand<Model, World>;

const FAULTS: readonly Fault[] = [
  'drop_before',
  'drop_after',
  'drop_after',
  'drop_before',
  'error_500_before',
  'error_500_after',
  'garbage',
  'reset_body',
  'rate_limit',
  'rate_limit_bare',
  'contact_limit',
  'unauthorized',
];

/**
 * Checks after every step that nothing was sent twice, left undecided, sent by other rules, or sent while
 * paused.
 */
function holds(model: Model, world: World): void {
  const taken = world.taken();
  expect(new Set(taken).size).toBe(taken.length);
  for (const text of taken) {
    const [id = '', version] = text.split(' by ');
    expect(String(model.decidedBy.get(id))).toBe(version);
  }
  for (const [account, before] of model.paused) expect(world.taken(account)).toHaveLength(before);
}

function command(name: string, run: (model: Model, world: World) => Promise<void>): Command {
  return {
    check: () => true,
    toString: () => name,
    async run(model, world) {
      await run(model, world);
      holds(model, world);
    },
  };
}

const arrive = (account: AccountName) =>
  command(`arrive(${account})`, async (model, world) => {
    await world.arrive(account);
    model.undecided.add(world.asked.at(-1)!.id);
  });

const decide = command('decide', async (model, world) => {
  await world.decide();
  // A process that crashed may have decided some of the events; the store has decided each of those once.
  const left = await world.undecided();
  for (const id of model.undecided) {
    if (left.has(id)) continue;
    model.decidedBy.set(id, model.version);
    model.undecided.delete(id);
  }
});

const work = (length: number) => command(`work(${length})`, (_, world) => world.work(length));

const crash = command('crash', (_, world) => world.crash());

const crashSoon = (n: number) =>
  command(`crash before the ${n}. call of the store`, async (_, world) => world.crashBefore(n));

const goesWrong = (fault: Fault) => command(`fault(${fault})`, async (_, world) => world.goesWrong(fault));

const reload = command('reload', async (model, world) => {
  model.version += 1;
  world.version = model.version;
});

const pause = (account: AccountName) =>
  command(`pause(${account})`, async (model, world) => {
    await world.pause(account);
    if (!model.paused.has(account)) model.paused.set(account, world.taken(account).length);
  });

const resume = (account: AccountName) =>
  command(`resume(${account})`, async (model, world) => {
    await world.resume(account);
    model.paused.delete(account);
  });

const account = fc.constantFrom(...ACCOUNTS);
const time = fc.constantFrom(10, SECOND, 30 * SECOND, 2 * MINUTE);
const often = <T>(times: number, made: fc.Arbitrary<T>): fc.Arbitrary<T>[] =>
  Array.from({ length: times }, () => made);

/**
 * Weights of the steps. If the account were paused or the key refused most of the time, the test would show nothing.
 */
const commands = fc.commands(
  [
    ...often(4, account.map(arrive)),
    ...often(4, fc.constant(decide)),
    ...often(5, time.map(work)),
    fc.constant(crash),
    ...often(2, fc.integer({ min: 1, max: 25 }).map(crashSoon)),
    ...often(4, fc.constantFrom(...FAULTS).map(goesWrong)),
    fc.constant(reload),
    account.map(pause),
    ...often(3, account.map(resume)),
  ],
  { maxCommands: 40, size: 'max' },
);

describe('the delivery of replies, under random events in random order', () => {
  const clock = { now: TUESDAY };
  let sandbox: Sandbox;
  let runs = 0;
  beforeAll(async () => {
    sandbox = await startSandbox({ limits: null, queuedFor: 1, clock: () => clock.now });
  });
  afterAll(() => sandbox.close());

  it('replies once, loses nothing, and reports what did not arrive', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(commands, async (chosen) => {
        runs += 1;
        const world = new World(sandbox, clock, runs);
        try {
          await world.start();
          const model = {
            decidedBy: new Map(),
            undecided: new Set<string>(),
            version: 1,
            paused: new Map(),
          };
          await fc.asyncModelRun(() => ({ model, real: world }), chosen);
          const sends = await world.settle();
          const taken = new Set(world.taken());
          expect(taken.size).toBe(world.taken().length);
          expect(sends).toHaveLength(world.asked.length);
          for (const send of sends) {
            const arrived = taken.has(send.text);
            if (arrived)
              expect(send).toMatchObject({
                state: expect.stringMatching(/^(?:sent|delivered)$/u) as string,
              });
            // The send was stopped by a pause, or was lost twice, after which the outbox gives up.
            else if (send.state === 'stopped') expect(send).toMatchObject({ reason: 'paused' });
            else expect(send).toMatchObject({ state: 'unknown_outcome', resends: 1 });
          }
        } finally {
          await world.end();
        }
      }),
      { numRuns: draws(60) },
    );
  });
});

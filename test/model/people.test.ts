import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { DraftChange } from '../../src/domain/draft.js';
import { HOUR, MINUTE, SECOND } from '../../src/domain/time.js';
import type { Fault } from '../../src/sandbox/faults.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.js';
import { TUESDAY } from '../builders.js';
import { draws } from '../draws.js';
import { PeopleWorld, SAYINGS } from './people-world.js';
import { ACCOUNTS } from './world.js';

type Command = fc.AsyncCommand<object, PeopleWorld>;

const FAULTS: readonly Fault[] = [
  'drop_before',
  'drop_after',
  'error_500_after',
  'rate_limit',
  'unauthorized',
];

const command = (name: string, run: (world: PeopleWorld) => unknown): Command => ({
  check: () => true,
  toString: () => name,
  async run(_, world) {
    await run(world);
    await world.holds();
  },
});
const often = <T>(times: number, made: fc.Arbitrary<T>): fc.Arbitrary<T>[] =>
  Array.from({ length: times }, () => made);

const which = fc.integer({ min: 0, max: 5 });
const account = fc.constantFrom(...ACCOUNTS);
const person = fc.integer({ min: 0, max: 1 });
const what = fc.constantFrom<DraftChange['do'][]>('approve', 'approve', 'drop', 'edit');
const length = fc.constantFrom(10, SECOND, 2 * MINUTE, 2 * MINUTE, 3 * HOUR, 13 * HOUR);

const commands = fc.commands(
  [
    ...often(
      5,
      fc.tuple(account, person, fc.constantFrom(...SAYINGS)).map(([at, n, text]) =>
        command(`${n} writes ${text} to ${at}`, async (world) => {
          world.writes(at, world.personOf(n), text);
          await world.cycle(SECOND);
        }),
      ),
    ),
    ...often(
      4,
      length.map((ms) => command(`cycle(${ms})`, (world) => world.cycle(ms))),
    ),
    ...often(
      3,
      which.map((n) => command(`approve(${n})`, (world) => world.change(n, ['approve']))),
    ),
    fc
      .tuple(which, what, what)
      .map(([n, a, b]) => command(`${a} beside ${b} (${n})`, (world) => world.change(n, [a, b]))),
    which.map((n) => command(`drop(${n})`, (world) => world.change(n, ['drop']))),
    ...often(
      2,
      fc
        .tuple(account, person)
        .map(([at, n]) => command(`human(${at}, ${n})`, (world) => world.human(at, world.personOf(n)))),
    ),
    fc
      .tuple(account, person)
      .map(([at, n]) => command(`reply(${at}, ${n})`, (world) => world.reply(at, world.personOf(n)))),
    fc
      .tuple(account, person, which)
      .map(([at, n, draft]) =>
        command(`cycle beside reply(${at}, ${n}) and approve(${draft})`, (world) =>
          Promise.all([
            world.cycle(SECOND),
            world.reply(at, world.personOf(n)),
            world.change(draft, ['approve']),
          ]),
        ),
      ),
    ...often(
      2,
      which.map((n) =>
        command(`reply to draft(${n})`, async (world) => {
          const conversation = await world.conversationOf(n);
          if (conversation) await world.reply(...conversation);
        }),
      ),
    ),
    which.map((n) =>
      command(`human to draft(${n})`, async (world) => {
        const conversation = await world.conversationOf(n);
        if (conversation) world.human(...conversation);
      }),
    ),
    fc.constant(command('crash', (world) => world.crash())),
    ...often(
      2,
      fc
        .integer({ min: 1, max: 60 })
        .map((n) => command(`crash before the ${n}. call`, (world) => world.crashBefore(n))),
    ),
    ...often(
      2,
      fc
        .constantFrom(...FAULTS)
        .map((fault) => command(`fault(${fault})`, (world) => world.goesWrong(fault))),
    ),
    account.map((at) => command(`pause(${at})`, (world) => world.pause(at))),
    account.map((at) => command(`resume(${at})`, (world) => world.resume(at))),
    person.map((n) => command(`resume contact(${n})`, (world) => world.resumeContact(world.personOf(n)))),
  ],
  { maxCommands: 40, size: 'max' },
);

describe('a program with people, under random events in random order', () => {
  const clock = { now: TUESDAY };
  let sandbox: Sandbox;
  let runs = 0;
  beforeAll(async () => {
    sandbox = await startSandbox({ limits: null, queuedFor: 1, clock: () => clock.now });
  });
  afterAll(() => sandbox.close());

  it(
    'ends each draft once, sends nothing twice or late, and talks over no human',
    { timeout: 240_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(commands, async (chosen) => {
          runs += 1;
          const world = new PeopleWorld(sandbox, clock, runs);
          try {
            await world.start();
            await world.cycle(SECOND);
            await fc.asyncModelRun(() => ({ model: {}, real: world }), chosen);
            await world.settle();
          } finally {
            await world.end();
          }
        }),
        { numRuns: draws(30) },
      );
    },
  );
});

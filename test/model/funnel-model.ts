import { deepStrictEqual, ok } from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { decideEvent } from '../../src/actions/decide/decide-event.js';
import { HOUR } from '../../src/domain/time.js';
import type { CompiledSet } from '../../src/engine/rule-set.js';
import { expireRuns } from '../../src/actions/funnel/expire-runs.js';
import { doWork } from '../../src/actions/work/do-work.js';
import { createSeen } from '../../src/poller/seen.js';
import { pollCycle } from '../../src/poller/cycle.js';
import { startSandbox } from '../../src/sandbox/server.js';
import { aComment, aConfig, anAccount, anEvent, TUESDAY } from '../builders.js';
import { aRuleSet } from '../scenes/rule-set.js';
import { knownTo } from '../store/known.js';
import { World } from './world.js';

const PEOPLE = ['ana', 'bo'] as const;
const POSTS = ['501', '502', '503', '504'] as const;
type Person = (typeof PEOPLE)[number];
type Post = (typeof POSTS)[number];

const CONFIG = aConfig({
  accounts: [anAccount()],
  guards: {
    humanPause: HOUR,
    automationPause: 5 * 60_000,
    perContact: { replies: 1_000, per: HOUR },
    loopBreaker: null,
    optOut: { keywords: ['stop'], reply: 'stopped' },
  },
});

/** The file of the codes, and a service that knows the stock of each. */
const stock = { file: '', url: '' };

const compiled = new Map<string, CompiledSet>();

/** The same funnel in several versions: its texts name the version. */
function rulesOf(version: number): CompiledSet {
  const key = `${version} ${stock.url}`;
  const set = compiled.get(key) ?? compileRules(version);
  compiled.set(key, set);
  return set;
}

function compileRules(version: number): CompiledSet {
  return aRuleSet(
    `
version: 1
rules:
  - id: funnel
    on: comment
    keywords: [guide]
    private_reply: "ask ${version} under {{ comment.post }}"
    then:
      - ask: { expect: email, save: email, retry: "again ${version}", tries: 2, within: 100h }
      - split: { left: [{ reply: "left ${version}" }], right: [{ reply: "right ${version}" }] }
      - reply: "thanks ${version}"
      - tag: v${version}
      - ask:
          text: "number ${version}"
          expect: number
          save: n
          retry: "again ${version}"
          within: 100h
          remind: [{ after: 2h, text: "remind ${version}" }, { after: 4h, text: "remind twice ${version}" }]
      - if:
          when: { fact: field, path: n, operator: greaterThan, value: 40 }
          then: [{ reply: "many ${version}" }, { tag: many }]
          else: [{ reply: "few ${version}" }]
      - code: { from: "${stock.file}", save: code }
      - fetch: { url: "${stock.url}/{{ contact.fields.code }}", save: { stock: "$.stock" } }
      - wait: 2h
      - reply: "done ${version} {{ contact.fields.code }} {{ contact.fields.stock }}"
    otherwise: [{ reply: "otherwise ${version}" }, { tag: lost }]
  - { id: price, on: message, keywords: [price], reply: "price {{ message.text }}", once_per: false }
`,
    CONFIG,
  );
}

/** Model of one person in the funnel, as simple as possible. */
interface Walker {
  readonly said: string[];
  readonly posts: Set<Post>;
  /** The version and the step of the waiting funnel; null if none waits. The third step is the wait. */
  waits: { readonly version: number; readonly step: 1 | 2 | 3; wrong: number; reminded?: number } | null;
  isGone: boolean;
}

interface Model {
  /** Codes that contacts got, by the order in which they got them. */
  readonly codes: Map<Person, string>;
  readonly walkers: Readonly<Record<Person, Walker>>;
  version: number;
}

class FunnelWorld extends World {
  private count = 0;

  idOf(person: Person): string {
    return `${person}-${this.run}`;
  }

  async comments(person: Person, post: Post): Promise<void> {
    const contact = this.idOf(person);
    const written = this.sandbox.comment({
      ...{ account: 'shop-ig', contact, text: 'guide', post, at: this.time.now },
    });
    const event = aComment({
      ...{ sourceId: written.id, at: this.time.now, text: 'guide' },
      contact: { id: contact, name: null, username: null },
      comment: {
        ...{ postId: post, platformPostId: `p${post}`, parentId: null },
        platformCommentId: written.platformCommentId,
      },
    });
    await this.surely(() => this.store.recordPage('comments', [{ event, beforeStart: false }], null));
  }

  async writes(person: Person, text: string): Promise<void> {
    const contact = this.idOf(person);
    const message = this.sandbox.receive({ account: 'shop-ig', contact, text, at: this.time.now });
    const { id: sourceId, conversationId } = message;
    const named = { id: contact, name: null, username: null };
    const event = anEvent({ sourceId, conversationId, text, at: this.time.now, contact: named });
    await this.surely(() => this.store.recordPage('messages', [{ event, beforeStart: false }], null));
  }

  override async decide(): Promise<void> {
    const clock = (): number => this.time.now;
    const set = rulesOf(this.version);
    const accounts = new Map(CONFIG.accounts.map((each) => [each.name, each]));
    const settings = {
      mode: 'live',
      accounts,
      guards: CONFIG.guards,
      optOut: CONFIG.guards.optOut,
    } as const;
    const onQueued = (): void => undefined;
    const logger = { info: () => undefined };
    await this.orDie(async () => {
      // A poll without new messages: decides what was read before.
      const now = clock();
      await this.store.endPoll(
        [{ resource: 'messages', watermarks: new Map([['instagram', now]]), at: now }],
        now,
      );
      await pollCycle({
        store: this.store,
        known: await knownTo(this.store),
        seen: createSeen(),
        streams: [],
        signal: new AbortController().signal,
        clock,
        apiNow: clock,
        settings: CONFIG.poll,
        window: { answers: HOUR, mode: 'live' },
        answer: (event, facts) => decideEvent(event, facts, set, settings),
        expire: () => expireRuns({ store: this.store, clock, logger, set: () => set, settings, onQueued }),
        onDecision: () => undefined,
        onReadError: () => undefined,
        onEnded: () => undefined,
        nextPoll: () => 0,
      });
    });
  }

  /** Does the work that funnels wait for. */
  async works(): Promise<void> {
    const clock = (): number => this.time.now;
    const set = rulesOf(this.version);
    const accounts = new Map(CONFIG.accounts.map((each) => [each.name, each]));
    const { guards } = CONFIG;
    await this.orDie(async () => {
      for (const due of await this.store.dueWork(clock(), 9)) {
        await doWork(due, {
          ...{ store: this.store, clock, set: () => set, env: {}, allowHosts: ['127.0.0.1'] },
          settings: { mode: 'live', accounts, guards, optOut: guards.optOut },
          signal: new AbortController().signal,
        });
      }
    });
  }

  /** Everything that is left to do, after a step in which the process may have crashed. */
  async finish(): Promise<void> {
    await this.decide();
    await this.works();
    await this.settle();
    // One step after the other: a fetch follows a code.
    while ((await this.store.nextWorkAt()) !== null) {
      await this.works();
      await this.settle();
    }
  }

  /** The texts that a person got, in order, and the branches of the split that they took. */
  saidTo(person: Person): { readonly said: readonly string[]; readonly branches: ReadonlySet<string> } {
    const texts = this.sandbox
      .sends(this.sentBefore)
      .filter(({ recipientId }) => recipientId === this.idOf(person))
      .map(({ text }) => text);
    const branches = texts.flatMap((text) => /^(?:left|right)/u.exec(text) ?? []);
    return {
      said: texts.map((text) => text.replace(/^(?:left|right)/u, 'branch')),
      branches: new Set(branches),
    };
  }

  async stateOf(person: Person) {
    return (await this.store.contacts({ limit: 1, contactId: this.idOf(person) }))[0];
  }

  unique(): number {
    this.count += 1;
    return this.count;
  }
}

type Command = fc.AsyncCommand<Model, FunnelWorld>;

/** Each step of a person runs until nothing is left to do; the process may crash anywhere. */
function step(name: string, run: (model: Model, world: FunnelWorld) => Promise<void>): Command {
  return {
    check: () => true,
    toString: () => name,
    async run(model, world) {
      await run(model, world);
      await world.finish();
      for (const person of PEOPLE) {
        const { said, branches } = world.saidTo(person);
        deepStrictEqual(said, model.walkers[person].said);
        ok(branches.size <= 1, `${person} took both branches of the split`);
        const runs = (await world.stateOf(person))?.runs ?? [];
        const open = runs.filter(({ state }) => state !== 'ended');
        deepStrictEqual(open.length, model.walkers[person].waits === null ? 0 : 1, `open runs of ${person}`);
      }
    },
  };
}

const comments = (person: Person, post: Post) =>
  step(`${person} comments under ${post}`, async ({ walkers, version }, world) => {
    await world.comments(person, post);
    const walker = walkers[person];
    if (walker.isGone || walker.posts.has(post)) return;
    walker.posts.add(post);
    walker.said.push(`ask ${version} under ${post}`);
    walker.waits = { version, step: 1, wrong: 0 };
  });

type Saying = 'email' | 'number' | 'nonsense' | 'price' | 'stop';

/** The first code that nobody has, or the one of the person. */
function takeCode({ codes }: Model, person: Person): void {
  if (!codes.has(person)) codes.set(person, `C${codes.size + 1}`);
}

/** The funnel's reply to an answer, if the message belongs to the funnel. */
function funnelSays(model: Model, person: Person, what: Saying): readonly string[] | null {
  const walker = model.walkers[person];
  const { waits } = walker;
  if (!waits) return null;
  const { version, step: at } = waits;
  // A message during the wait ends the funnel, and goes to the rules.
  if (at === 3) {
    walker.waits = null;
    return null;
  }
  if (at === 1 && what === 'email') {
    walker.waits = { version, step: 2, wrong: 0 };
    return [`branch ${version}`, `thanks ${version}`, `number ${version}`];
  }
  // A message about a price contains a number as well.
  if (at === 2 && (what === 'number' || what === 'price')) {
    walker.waits = { version, step: 3, wrong: 0 };
    takeCode(model, person);
    return [what === 'number' ? `many ${version}` : `few ${version}`];
  }
  if (what === 'price') return null;
  const isLast = waits.wrong === 1;
  walker.waits = isLast ? null : { version, step: at, wrong: waits.wrong + 1 };
  return [isLast ? `otherwise ${version}` : `again ${version}`];
}

const writes = (person: Person, saying: Saying | 'the answer') =>
  step(`${person} writes ${saying}`, async (model, world) => {
    const { walkers } = model;
    const asked = walkers[person].waits?.step === 2 ? 'number' : 'email';
    const what = saying === 'the answer' ? asked : saying;
    const n = world.unique();
    const texts = {
      ...{ email: 'ana@mail.example', number: 'so 42', nonsense: 'hm' },
      ...{ price: `price ${n}`, stop: 'stop' },
    };
    await world.writes(person, texts[what]);
    const walker = walkers[person];
    if (walker.isGone) return;
    if (what === 'stop') {
      walker.said.push('stopped');
      Object.assign(walker, { isGone: true, waits: null });
      return;
    }
    const answer = funnelSays(model, person, what);
    if (answer) walker.said.push(...answer);
    else if (what === 'price') {
      walker.waits = null;
      walker.said.push(`price price ${n}`);
    }
  });

/**
 * A wait longer than the time limit of every question and than the messaging window, so that nothing can be
 * sent.
 */
const silence = step('nobody writes for days', async ({ walkers }, world) => {
  await world.work(101 * HOUR);
  for (const person of PEOPLE) walkers[person].waits = null;
});

/** Long enough for the next reminder, and for the wait, while the messaging window is open. */
const later = step('nobody writes for three hours', async ({ walkers, codes }, world) => {
  await world.work(3 * HOUR);
  // The next polls repeat nothing.
  await world.settle();
  for (const person of PEOPLE) {
    const walker = walkers[person];
    const { waits } = walker;
    if (waits?.step === 3) {
      const code = codes.get(person) ?? '';
      walker.said.push(`done ${waits.version} ${code} stock-of-${code}`);
      walker.waits = null;
    } else if (waits?.step === 2 && waits.wrong === 0) {
      const { version, reminded = 0 } = waits;
      if (reminded < 2) walker.said.push(`${reminded === 0 ? 'remind' : 'remind twice'} ${version}`);
      waits.reminded = reminded + 1;
    }
  }
});

const reload = step('the rules change', async (model, world) => {
  model.version += 1;
  world.version = model.version;
});

const crashSoon = (n: number): Command => ({
  check: () => true,
  toString: () => `crash before the ${n}. call of the store`,
  run: async (_, world) => world.crashBefore(n),
});

const person = fc.constantFrom(...PEOPLE);
const often = <T>(times: number, made: fc.Arbitrary<T>): fc.Arbitrary<T>[] =>
  Array.from({ length: times }, () => made);

const commands = fc.commands(
  [
    ...often(
      4,
      fc.tuple(person, fc.constantFrom(...POSTS)).map((given) => comments(...given)),
    ),
    ...often(
      8,
      person.map((who) => writes(who, 'the answer')),
    ),
    person.map((who) => writes(who, 'email')),
    person.map((who) => writes(who, 'number')),
    ...often(
      2,
      person.map((who) => writes(who, 'nonsense')),
    ),
    person.map((who) => writes(who, 'price')),
    fc.constant(writes('bo', 'stop')),
    fc.constant(silence),
    ...often(5, fc.constant(later)),
    fc.constant(reload),
    ...often(4, fc.integer({ min: 1, max: 40 }).map(crashSoon)),
  ],
  { maxCommands: 14, size: 'max' },
);

/** Options of a series of random runs. */
export interface ModelOptions {
  readonly runs: number;
  /** Seed of the draws. @default that of the tests */
  readonly seed?: number;
  /** Called after each run, shrinking included, with the number so far. */
  readonly onRun?: (n: number) => void;
}

/**
 * Draws random conversations and crashes, and compares what each person got with the model: each step exactly once, by
 * the rules that were active when the contact began. Throws Error with the shortest counter-example.
 */
export async function checkFunnels({ runs: numRuns, seed, onRun }: ModelOptions): Promise<void> {
  const clock = { now: TUESDAY };
  const folder = mkdtempSync(join(tmpdir(), 'codes-'));
  const service = createServer((incoming, outgoing) => {
    outgoing.end(JSON.stringify({ stock: `stock-of-${incoming.url?.slice(1) ?? ''}` }));
  });
  stock.file = join(folder, 'codes.csv');
  writeFileSync(stock.file, 'C1\nC2\nC3\n');
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  stock.url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  const sandbox = await startSandbox({ limits: null, queuedFor: 1, clock: () => clock.now });
  let runs = 0;
  const property = fc.asyncProperty(commands, async (plan) => {
    runs += 1;
    await oneRun(plan, new FunnelWorld(sandbox, clock, runs));
    onRun?.(runs);
  });
  try {
    await fc.assert(property, { numRuns, ...(seed === undefined ? {} : { seed }) });
  } finally {
    await sandbox.close();
    await new Promise((resolve) => service.close(resolve));
    rmSync(folder, { recursive: true });
  }
}

async function oneRun(plan: Iterable<Command>, world: FunnelWorld): Promise<void> {
  await world.start();
  const walker = (): Walker => ({ said: [], posts: new Set(), waits: null, isGone: false });
  const model = (): Model => ({
    walkers: { ana: walker(), bo: walker() },
    codes: new Map(),
    version: 1,
  });
  try {
    await fc.asyncModelRun(() => ({ model: model(), real: world }), plan);
  } finally {
    await world.end();
  }
}

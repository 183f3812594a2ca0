import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOutbox, type Outbox } from '../../src/actions/outbox/outbox.js';
import { blotatoClient } from '../../src/blotato/client.js';
import { OPEN_STATES, type Send } from '../../src/domain/send.js';
import { HOUR, MINUTE, SECOND } from '../../src/domain/time.js';
import type { Fault } from '../../src/sandbox/faults.js';
import type { Sandbox } from '../../src/sandbox/server.js';
import type { Store } from '../../src/store/ports/store.js';
import { aDecision, anAccount, anAction, anEvent } from '../builders.js';
import { type Fuse, withFuse } from './fuse.js';
import { openCopied } from '../store/template.js';

export const ACCOUNTS = ['shop-ig', 'shop-x'] as const;
export type AccountName = (typeof ACCOUNTS)[number];
const PLATFORM = { 'shop-ig': 'instagram', 'shop-x': 'twitter' } as const;
const API_ID = { 'shop-ig': '98434', 'shop-x': '51207' } as const;
const CONFIG = [anAccount(), anAccount({ name: 'shop-x', id: '51207', platform: 'twitter' })];

export const GUARDS = {
  humanPause: HOUR,
  automationPause: 5 * MINUTE,
  perContact: { replies: 1_000, per: HOUR },
  loopBreaker: null,
};

export interface Asked {
  readonly id: string;
  readonly account: AccountName;
  readonly at: number;
}

/**
 * The store and the outbox worker before the sandbox, with a clock that the test controls, and a process that may
 * crash.
 */
export class World {
  /** The received messages, in order. */
  readonly asked: Asked[] = [];
  /** The active rules; each reply names their version. */
  version = 1;
  private readonly folder = mkdtempSync(join(tmpdir(), 'model-'));
  private readonly faults: Fault[] = [];
  /** Number of sends that the sandbox had accepted before this run. */
  protected readonly sentBefore: number;
  private fuse!: Fuse;
  private outbox!: Outbox;
  private stops: (() => Promise<void>) | null = null;

  constructor(
    protected readonly sandbox: Sandbox,
    protected readonly time: { now: number },
    protected readonly run: number,
  ) {
    this.sentBefore = sandbox.sends().length;
    sandbox.fault(({ method }) => (method === 'POST' ? (this.faults.shift() ?? 'none') : 'none'));
  }

  get store(): Store {
    return this.fuse.store;
  }

  async start(): Promise<void> {
    const clock = (): number => this.time.now;
    const store = openCopied(join(this.folder, 'model.db'), clock);
    const throttle = { take: async () => undefined, holdUntil: () => undefined };
    const { url, apiKey } = this.sandbox;
    const client = blotatoClient({ baseUrl: url, apiKey, clock, throttle });
    const fuse = withFuse(store);
    const outbox = createOutbox({
      store: fuse.store,
      client,
      clock,
      accounts: new Map(CONFIG.map((each) => [each.name, each])),
      guards: GUARDS,
      visibleWithin: SECOND,
      requestTimeout: SECOND,
      confirmAfter: SECOND,
      ambiguous: 'resend_once',
      mode: 'live',
      concurrency: 2,
      budget: { perMinute: 1_000, perHourPerAccount: 1_000 },
      onAttempt: () => undefined,
      onEnded: () => undefined,
      onTrouble: () => undefined,
    });
    this.fuse = fuse;
    this.outbox = outbox;
    this.stops = async () => {
      await outbox.stop(5 * SECOND);
      await client.close();
      await store.close();
    };
    await this.outbox.start();
  }

  /** Ends as by `kill -9`: nothing is committed any more, though a POST in flight arrives. */
  async crash(): Promise<void> {
    this.fuse.blow();
    await this.stops?.();
    await this.start();
  }

  /** Lets the process crash right before the n-th call of the store. */
  crashBefore(n: number): void {
    this.fuse.blowBefore(n);
  }

  async arrive(account: AccountName): Promise<void> {
    const contact = `person-${this.run}-${this.asked.length % 3}`;
    const message = this.sandbox.receive({ account, contact, text: 'price?', at: this.time.now });
    const platform = PLATFORM[account];
    const event = anEvent({
      sourceId: message.id,
      conversationId: message.conversationId,
      platform,
      account,
      contact: { id: contact, name: null, username: null },
      at: this.time.now,
    });
    this.asked.push({ id: event.id, account, at: this.time.now });
    await this.surely(() => this.store.recordPage('messages', [{ event, beforeStart: false }], null));
  }

  async decide(): Promise<void> {
    await this.orDie(async () => {
      for (const event of await this.store.undecided(100)) {
        const action = anAction({ text: `${event.id} by ${this.version}` });
        await this.store.recordDecision(event, aDecision({ actions: [action] }), this.time.now);
      }
    });
  }

  /** Moves the clock, and runs everything that is due. */
  async work(length: number): Promise<void> {
    this.time.now += length;
    await this.orDie(async () => {
      this.outbox.nudge();
      await this.outbox.drained(this.time.now);
      if (this.fuse.isBlown()) await this.store.blocks();
    });
  }

  goesWrong(fault: Fault): void {
    this.faults.push(fault);
  }

  async pause(account: AccountName): Promise<void> {
    await this.surely(() => this.store.setPause({ scope: `account:${account}`, until: Infinity }));
  }

  async resume(account: AccountName): Promise<void> {
    await this.surely(() => this.store.endPause(`account:${account}`));
  }

  /** The texts that the API accepted in this run. */
  taken(account?: AccountName): readonly string[] {
    return this.sandbox
      .sends(this.sentBefore)
      .filter((send) => account === undefined || send.accountId === API_ID[account])
      .map((send) => send.text);
  }

  /** Ends all faults, and lets all open sends end. */
  async settle(): Promise<readonly Send[]> {
    this.faults.length = 0;
    this.crashBefore(Infinity);
    for (const account of ACCOUNTS) await this.resume(account);
    await this.decide();
    for (let turn = 0; turn < 40; turn += 1) {
      if ((await this.store.sends({ states: OPEN_STATES, limit: 1 })).length === 0) break;
      await this.work(MINUTE);
    }
    return this.store.sends({ limit: 1_000 });
  }

  async end(): Promise<void> {
    await this.stops?.();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The received messages that are not decided yet. */
  async undecided(): Promise<ReadonlySet<string>> {
    const events = await this.surely(() => this.store.undecided(1_000));
    return new Set(events.map((event) => event.id));
  }

  /** Repeats a query on the next process when the process crashes during it. */
  protected async surely<T>(step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      if (!this.fuse.isBlown()) throw error;
      await this.crash();
      return step();
    }
  }

  /** Work in progress at a crash is lost; a new process continues from what was committed. */
  protected async orDie(step: () => Promise<unknown>): Promise<void> {
    try {
      await step();
    } catch (error) {
      if (!this.fuse.isBlown()) throw error;
      await this.crash();
    }
  }
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Connections, openConnections } from '../../src/blotato/exchange.js';
import type { Draft, DraftChange } from '../../src/domain/draft.js';
import type { HandReply } from '../../src/domain/hand-reply.js';
import { HUMAN_RULE } from '../../src/domain/rule.js';
import { NOT_ARRIVED, OPEN_STATES, type Send } from '../../src/domain/send.js';
import { DAY, HOUR, type Instant, MINUTE, SECOND } from '../../src/domain/time.js';
import { draftEndsAt } from '../../src/domain/window.js';
import { createLogger } from '../../src/log/logger.js';
import { type ActiveWorkspace, createWorkspace } from '../../src/program/workspace.js';
import type { Fault } from '../../src/sandbox/faults.js';
import type { Sandbox, SandboxSend } from '../../src/sandbox/server.js';
import { runCommand, type StoreCommand } from '../../src/server/control.js';
import { openSqlite } from '../../src/store/sqlite/store.js';
import type { Store } from '../../src/store/ports/store.js';
import { aConfig, anAccount } from '../builders.js';
import { aRuleSet } from '../scenes/rule-set.js';
import { type Fuse, ProcessIsGone, withFuse } from './fuse.js';
import { ACCOUNTS, type AccountName } from './world.js';

const API_ID = { 'shop-ig': '98434', 'shop-x': '51207' } as const;
const PEOPLE = 2;
/** A draft is checked every 30 seconds, with a poll, and a quiet list is polled as often. */
const CHECKED_WITHIN = 2 * MINUTE;
const OPERATORS = ['mia', 'noah'] as const;

/** Each text has a name and the id of the message that brought it about, so that none can be equal to another. */
const RULES = `
version: 1
rules:
  - { id: price, on: message, keywords: [price], reply: "price {{ message.id }}", once_per: false }
  - id: quote
    on: message
    keywords: [quote]
    mode: approve
    once_per: false
    reply: "quote {{ message.id }}"
    set: { asked: "{{ message.id }}" }
    then:
      - ask:
          text: "size {{ message.id }}"
          expect: number
          save: n
          within: 20h
          remind: { after: 2h, text: "waiting {{ contact.fields.asked }}" }
      - reply: "sized {{ message.id }}"
  - id: tour
    on: message
    keywords: [tour]
    once_per: false
    reply: "tour {{ message.id }}"
    set: { began: "{{ message.id }}" }
    then:
      - ask:
          text: "seats {{ message.id }}"
          expect: number
          save: n
          within: 20h
          remind: { after: 2h, text: "still {{ contact.fields.began }}" }
      - reply: "seated {{ message.id }}"
      - wait: 2h
      - reply: "done {{ contact.fields.began }}"
`;
/** First words of the texts that wait for a person. */
const APPROVED: ReadonlySet<string> = new Set(['quote', 'size', 'sized', 'waiting']);

export const SAYINGS = ['price', 'quote', 'quote', 'tour', '42', 'stop', 'start', 'hm'] as const;
export type Saying = (typeof SAYINGS)[number];

/** A person's reply that the program knows: written here, or read from the list. */
interface Human {
  readonly account: string;
  readonly person: string;
  /** Position among the claims: later claims must not send. */
  readonly order: number;
  until: Instant;
  /** Text of a reply by hand, which silences nobody if it does not arrive; null if written in an app. */
  readonly text: string | null;
}

interface Claimed {
  readonly send: Send;
  readonly order: number;
  readonly at: Instant;
}

/** A draft that has to end: since when, and why. */
interface Doomed {
  readonly since: Instant;
  readonly why: string;
}

/**
 * The program over SQLite before the sandbox: it polls, decides, sends and checks drafts in real cycles, while contacts,
 * humans and two operators write, by a clock that the test controls, and the process may crash.
 */
export class PeopleWorld {
  /** Messages of contacts. */
  private readonly asked: { readonly account: AccountName; readonly person: string; readonly at: Instant }[] =
    [];
  private readonly claims: Claimed[] = [];
  private readonly humans: Human[] = [];
  /** When an operator last ended the silence, by account and person: what humans wrote until then counts no more. */
  private readonly resumed = new Map<string, Instant>();
  private readonly approved = new Set<string>();
  private readonly dropped = new Set<number>();
  /** Drafts that a human answered, by the number of a send. */
  private readonly answered = new Map<number, Doomed>();
  private readonly overdue = new Map<number, Doomed>();
  private readonly hands: string[] = [];
  private readonly folder = mkdtempSync(join(tmpdir(), 'people-'));
  private readonly config;
  private readonly set;
  private readonly faults: Fault[] = [];
  private readonly sentBefore: number;
  private readonly connections: Connections = openConnections(SECOND);
  private raw!: Store;
  private fuse!: Fuse;
  private workspace!: ActiveWorkspace;
  private crashing: Promise<void> | null = null;
  private order = 0;
  private written = 0;
  private seen = 0;

  constructor(
    private readonly sandbox: Sandbox,
    private readonly time: { now: Instant },
    private readonly run: number,
  ) {
    this.config = aConfig({
      accounts: [
        anAccount(),
        anAccount({ name: 'shop-x', id: '51207', platform: 'twitter', nativeId: '1500000000000000043' }),
      ],
      blotato: { baseUrl: sandbox.url, apiKey: sandbox.apiKey },
      delivery: { ambiguous: 'resend_once', visibleWithin: SECOND },
      guards: {
        humanPause: HOUR,
        automationPause: 5 * MINUTE,
        perContact: { replies: 1_000, per: HOUR },
        loopBreaker: null,
        optOut: { keywords: ['stop'], reply: 'stopped' },
      },
    });
    this.set = aRuleSet(RULES, this.config);
    this.sentBefore = sandbox.sends().length;
    sandbox.fault(({ method }) => (method === 'POST' ? (this.faults.shift() ?? 'none') : 'none'));
  }

  get store(): Store {
    return this.fuse.store;
  }

  personOf(n: number): string {
    return `person-${this.run}-${n % PEOPLE}`;
  }

  async start(): Promise<void> {
    const clock = (): Instant => this.time.now;
    this.raw = openSqlite(join(this.folder, 'people.db'), clock);
    this.fuse = withFuse(this.watched(this.raw));
    this.workspace = createWorkspace({
      ...{ workspace: { config: this.config, set: this.set }, clock, store: () => this.fuse.store },
      logger: createLogger({ level: 'silent', pretty: false, secrets: [] }),
      nextPoll: () => clock() + 5 * SECOND,
      confirmAfter: SECOND,
      requestTimeout: SECOND,
      connections: this.connections,
    });
  }

  /** Notes claims and the replies of humans in the order in which the store takes them. */
  private watched(raw: Store): Store {
    return {
      ...raw,
      claimSend: async (...given) => {
        const order = (this.order += 1);
        const at = this.time.now;
        const claim = await raw.claimSend(...given);
        if (claim.send !== null) this.claims.push({ send: claim.send, order, at });
        return claim;
      },
      recordPage: async (resource, rows, ...rest) => {
        const result = await raw.recordPage(resource, rows, ...rest);
        for (const { event } of rows) {
          const { account, contact, text, at } = event;
          if (account !== null && text.startsWith('a human wrote'))
            await this.note({ account, person: contact.id, text: null }, at);
        }
        return result;
      },
      writeByHand: async (reply, now) => {
        const { account, contactId: person, text } = reply;
        const before = await this.draftsOf(account, person);
        const result = await raw.writeByHand(reply, now);
        if (typeof result === 'string') return result;
        // From here on neither a draft nor an automatic reply may leave.
        await this.note({ account, person, text }, now, before);
        expect(await this.draftsOf(account, person), 'drafts that wait after a reply by hand').toEqual([]);
        return result;
      },
    };
  }

  private async note(
    human: Pick<Human, 'account' | 'person' | 'text'>,
    at: Instant,
    drafts?: readonly Draft[],
  ): Promise<void> {
    this.order += 1;
    const resumedAt = this.resumed.get(`${human.account} ${human.person}`) ?? -Infinity;
    this.humans.push({ ...human, order: this.order, until: at <= resumedAt ? resumedAt : at + HOUR });
    const doomed = { since: this.time.now, why: human.text ?? 'a human wrote in an app' };
    for (const { texts } of drafts ?? (await this.draftsOf(human.account, human.person)))
      for (const { send } of texts) this.answered.set(send.id, doomed);
  }

  private async draftsOf(account: string, person: string): Promise<readonly Draft[]> {
    const all = await this.raw.drafts({ limit: 100 });
    return all.filter(({ event }) => event.account === account && event.contact.id === person);
  }

  /** Ends as by `kill -9`: nothing is committed any more, though a POST in flight arrives. */
  async crash(): Promise<void> {
    this.fuse.blow();
    await this.workspace.stop(5 * SECOND);
    await this.raw.close();
    await this.start();
  }

  crashBefore(n: number): void {
    this.fuse.blowBefore(n);
  }

  goesWrong(fault: Fault): void {
    this.faults.push(fault);
  }

  writes(account: AccountName, person: string, text: Saying): void {
    this.sandbox.receive({ account, contact: person, text, at: this.time.now });
    this.asked.push({ account, person, at: this.time.now });
  }

  /** A human of the account writes in another app. */
  human(account: AccountName, person: string): void {
    this.written += 1;
    this.sandbox.humanWrites({
      account,
      contact: person,
      text: `a human wrote ${this.written}`,
      at: this.time.now,
    });
  }

  /** Lets time pass, then polls, decides and sends what is due. */
  async cycle(length: number): Promise<void> {
    this.time.now += length;
    await this.orDie(async () => {
      await this.workspace.cycle();
      await this.workspace.rest(5 * SECOND);
      // The program reports an error of the store and continues; a crashed process does not.
      if (this.fuse.isBlown()) throw new ProcessIsGone('killed');
      await this.overdueDrafts();
    });
  }

  /** Fails if a draft waits that should have ended some time ago. */
  private async overdueDrafts(): Promise<void> {
    const { now } = this.time;
    for (const draft of await this.raw.drafts({ limit: 100 })) {
      if (draftEndsAt(draft) <= now && !this.overdue.has(draft.id))
        this.overdue.set(draft.id, { since: now, why: 'its window closed' });
      for (const doomed of [this.overdue.get(draft.id), this.answered.get(draft.id)])
        if (doomed && now >= doomed.since + CHECKED_WITHIN)
          throw new Error(`draft ${draft.id} still waits: ${doomed.why}`);
    }
  }

  /** Changes by people who look at the same list. */
  async change(which: number, whats: readonly DraftChange['do'][]): Promise<void> {
    const drafts = await this.surely(() => this.store.drafts({ limit: 100 }));
    const draft = drafts[which % Math.max(1, drafts.length)];
    if (draft === undefined) return;
    const results = await this.all(
      whats.map((what, n) => this.changeOne(draft, what, OPERATORS[n] ?? 'mia')),
    );
    const ends = results.filter((result, n) => whats[n] !== 'edit' && result === 'done');
    expect(ends.length, 'people who ended one draft').toBeLessThanOrEqual(1);
  }

  private async changeOne(
    { id, version, texts }: Draft,
    what: DraftChange['do'],
    by: string,
  ): Promise<string> {
    const edits =
      what === 'edit' ? texts.map(({ send }) => ({ send: send.id, text: `${send.text} by ${by}` })) : [];
    if (what === 'approve') for (const { send } of texts) this.approved.add(send.text);
    const change = { do: what, id, version, edits, by };
    const result = await this.command({ do: 'change-draft', change, guards: this.config.guards }, by);
    if (!('draft' in result)) throw new Error('no draft');
    if (what === 'drop' && result.draft.is === 'done')
      for (const { send } of texts) this.dropped.add(send.id);
    return result.draft.is;
  }

  /** Two operators, who see the same conversation, reply at once. */
  async reply(account: AccountName, person: string): Promise<void> {
    const target = await this.surely(() => this.store.handTarget(account, person));
    if (target === null) return;
    this.written += 1;
    const { version } = target;
    const replies = OPERATORS.map((by): HandReply => {
      return { account, contactId: person, version, by, text: `hand ${this.run}-${this.written} ${by}` };
    });
    const results = await this.all(
      replies.map(async (reply) => {
        const result = await this.command({ do: 'reply', reply }, reply.by);
        if (!('hand' in result)) throw new Error('no reply');
        if (result.hand.is === 'written') this.hands.push(reply.text);
        return result.hand.is;
      }),
    );
    expect(results.filter((is) => is === 'written').length, 'replies to one state').toBeLessThanOrEqual(1);
  }

  /** The conversation of a waiting draft, which people look at first; null if none waits. */
  async conversationOf(which: number): Promise<readonly [AccountName, string] | null> {
    const drafts = await this.raw.drafts({ limit: 100 });
    const event = drafts[which % Math.max(1, drafts.length)]?.event;
    const account = ACCOUNTS.find((name) => name === event?.account);
    return event && account ? [account, event.contact.id] : null;
  }

  async pause(account: AccountName): Promise<void> {
    await this.all([this.command({ do: 'pause', scope: `account:${account}`, until: null }, 'mia')]);
  }

  async resume(account: AccountName): Promise<void> {
    await this.all([this.command({ do: 'resume', scope: `account:${account}` }, 'mia')]);
  }

  /** Ends the silence after a human wrote. */
  async resumeContact(person: string): Promise<void> {
    const { humanPause } = this.config.guards;
    const [result] = await this.all([
      this.command({ do: 'resume', scope: `contact:${person}`, humanPause }, 'noah'),
    ]);
    // A crash leaves open whether it took effect.
    const accounts = result !== null && result !== undefined && 'humans' in result ? result.humans : ACCOUNTS;
    for (const account of accounts) this.resumed.set(`${account} ${person}`, this.time.now);
    for (const human of this.humans)
      if (human.person === person) human.until = Math.min(human.until, this.time.now);
  }

  private command(command: StoreCommand, by: string) {
    return runCommand(command, this.store, { at: this.time.now, by });
  }

  /** Results of simultaneous commands; one that a crash ended has none. */
  private async all<T>(commands: readonly Promise<T>[]): Promise<readonly (T | null)[]> {
    const results = await Promise.allSettled(commands);
    await this.orDie(async () => {
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    });
    return results.map((result) => (result.status === 'fulfilled' ? result.value : null));
  }

  /** Checks what was sent since the last step. */
  async holds(): Promise<void> {
    const all = this.sandbox.sends(this.sentBefore);
    const named = all.filter(({ text }) => text !== 'stopped');
    const keys = named.map(({ text }) => text.split(' ').slice(0, 2).join(' '));
    expect(keys, 'texts by name and message').toEqual([...new Set(keys)]);
    for (const sent of all.slice(this.seen)) await this.judge(sent);
    this.seen = all.length;
  }

  private async judge({ text, accountId, recipientId: person, at }: SandboxSend): Promise<void> {
    const account = ACCOUNTS.find((name) => API_ID[name] === accountId) ?? 'shop-ig';
    const claims = this.claims.filter(({ send }) => send.text === text && send.account === account);
    const [first] = claims;
    if (first === undefined) throw new Error(`'${text}' was sent without a claim`);
    const [name = ''] = text.split(' ');
    this.judgeWindow(first.send, person, at);
    if (name === 'hand' || name === 'stopped') return;
    if (APPROVED.has(name)) expect([...this.approved], 'approved texts').toContain(text);
    expect(this.dropped.has(first.send.id), `'${text}' was dropped`).toBe(false);
    expect(this.answered.get(first.send.id), `a human had answered before '${text}'`).toBeUndefined();
    const voids = await this.voidTexts();
    for (const human of this.humans.filter((each) => each.account === account && each.person === person)) {
      if (human.text !== null && voids.has(human.text)) continue;
      // An attempt from before may arrive, and one after the pause may be made.
      const isOver = claims.every(
        ({ order, at: claimedAt }) => order > human.order && claimedAt < human.until,
      );
      expect(isOver, `'${text}' over ${human.text ?? 'a human'}`).toBe(false);
    }
  }

  private judgeWindow({ account, text, rule }: Send, person: string | null, at: Instant): void {
    if (account !== 'shop-ig') return;
    const theirs = this.asked.filter((each) => each.account === account && each.person === person);
    const newest = Math.max(...theirs.map((each) => each.at));
    const most = rule === HUMAN_RULE ? 7 * DAY : DAY;
    expect(at - newest, `age of the newest message at '${text}'`).toBeLessThanOrEqual(most);
  }

  /** Replies by hand that did not arrive, which silence nobody. */
  private async voidTexts(): Promise<ReadonlySet<string>> {
    const sends = await this.raw.sends({ states: NOT_ARRIVED, limit: 1_000 });
    return new Set(sends.map(({ text }) => text));
  }

  /** Ends all faults, and lets all drafts and sends end. Checks that each ended once, and for a reason. */
  async settle(): Promise<void> {
    this.faults.length = 0;
    this.crashBefore(Infinity);
    for (const account of ACCOUNTS) await this.resume(account);
    for (let turn = 0; turn < 60; turn += 1) {
      if ((await this.raw.sends({ states: OPEN_STATES, limit: 1 })).length === 0 && turn > 3) break;
      await this.cycle(turn < 10 ? MINUTE : 13 * HOUR);
      await this.holds();
    }
    const sends = await this.raw.sends({ limit: 1_000 });
    expect(sends.filter(({ state }) => (OPEN_STATES as readonly string[]).includes(state))).toEqual([]);
    expect((await this.raw.summary()).undecided).toBe(0);
    const texts = this.sandbox.sends(this.sentBefore).map(({ text }) => text);
    for (const { text, state, reason } of sends) {
      const hasArrived = state === 'sent' || state === 'delivered';
      expect(!hasArrived || texts.includes(text), `'${text}' is ${state} and arrived`).toBe(true);
      expect(hasArrived || reason !== null, `'${text}' is ${state}: ${reason ?? 'no reason'}`).toBe(true);
    }
    for (const text of this.hands)
      expect(
        sends.map((send) => send.text),
        'replies by hand',
      ).toContain(text);
    const ends = (await this.raw.audit()).filter(
      ({ action }) => action === 'draft_approve' || action === 'draft_drop',
    );
    expect(ends.map(({ subject }) => subject)).toEqual([...new Set(ends.map(({ subject }) => subject))]);
  }

  async end(): Promise<void> {
    await this.workspace.stop(5 * SECOND);
    await this.raw.close();
    await this.connections.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Repeats a query on the next process when the process crashes during it. */
  private async surely<T>(step: () => Promise<T>): Promise<T> {
    const { fuse } = this;
    try {
      return await step();
    } catch (error) {
      await this.afterCrash(fuse, error);
      return step();
    }
  }

  /** Work in progress at a crash is lost; a new process continues from what was committed. */
  private async orDie(step: () => Promise<unknown>): Promise<void> {
    const { fuse } = this;
    try {
      await step();
    } catch (error) {
      await this.afterCrash(fuse, error);
    }
  }

  /** Steps that ran beside each other crash together, once. Throws errors that are no crash. */
  private async afterCrash(fuse: Fuse, error: unknown): Promise<void> {
    if (!fuse.isBlown()) throw error;
    if (fuse === this.fuse) this.crashing ??= this.crash();
    await this.crashing;
    this.crashing = null;
  }
}

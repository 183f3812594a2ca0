// Throughput of the pipeline (receive, journal, decide, queue, send) over HTTP, on a real disk.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { aRule, keywords } from '../test/builders.js';
import { diceOf } from './dice.js';
import { openRig, type Rig } from './rig.js';
import type { Written } from './sandbox.js';
import { seedJournal } from './seed.js';
import { ACCOUNTS, trafficOf } from './traffic.js';

const RULES = 10_000;
export const ACCOUNT_COUNT = 20;
const PEOPLE = 400;

export interface Throughput {
  readonly journalRows: number;
  readonly events: number;
  /** Time from the first read to the last decision in the outbox, while nothing is sent. */
  readonly queuedPerSecond: number;
  /** Time from the start of the program to the end of its first poll, with rules compiled beforehand. */
  readonly firstPoll: number;
  /** CPU time of the program for these events, in milliseconds; not set by builds of earlier releases. */
  readonly cpu?: number;
}

/** Throughput of reading, journalling, deciding and queueing N messages that wait when a poll begins. */
export async function benchThroughput(events: number, journalRows: number): Promise<Throughput> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-store-'));
  const storePath = join(folder, 'bench.db');
  seedJournal(storePath, journalRows);
  let lastDecided = 0;
  const onDecision = (): void => void (lastDecided = performance.now());
  const rig = await openRig({
    accounts: ACCOUNT_COUNT,
    rules: rulesOf(),
    observer: { onDecision },
    sendsPerMinute: 1,
    storePath,
  });
  try {
    const started = performance.now();
    await rig.app.once();
    const firstPoll = performance.now() - started;
    await rig.write(messagesOf(events));
    const [began, before] = [performance.now(), cpuUsed()];
    await rig.app.once();
    const cpu = cpuUsed() - before;
    const queuedPerSecond = (events / (lastDecided - began)) * 1000;
    return { journalRows, events, queuedPerSecond, firstPoll, cpu };
  } finally {
    await rig.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface Sends {
  readonly sends: number;
  readonly sentPerSecond: number;
  /** CPU time of the program until then, in milliseconds; not set by builds of earlier releases. */
  readonly cpu?: number;
}

/**
 * Replies per second, from the first read to the last accepted POST, with a commit before and after each. What `once`
 * does afterwards does not count: it waits for checks of sends that are due within 10 s of its last decision, none or
 * hundreds according to the speed of the machine.
 */
export async function benchSends(events: number): Promise<Sends> {
  let last = { at: 0, used: 0 };
  const onAttempt = (): void => void (last = { at: performance.now(), used: cpuUsed() });
  const rig = await openRig({ accounts: ACCOUNT_COUNT, rules: rulesOf(), observer: { onAttempt } });
  try {
    await rig.app.once();
    await rig.write(messagesOf(events));
    const [began, before] = [performance.now(), cpuUsed()];
    await rig.app.once();
    await allSent(rig);
    const sends = (await rig.told()).sends.length;
    return { sends, sentPerSecond: (sends / (last.at - began)) * 1000, cpu: last.used - before };
  } finally {
    await rig.close();
  }
}

/** CPU time of this process in milliseconds. */
function cpuUsed(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

async function allSent({ store }: Rig): Promise<void> {
  while ((await store.sends({ states: ['pending', 'sending'], limit: 1 })).length > 0) await delay(5);
}

export interface Latency {
  readonly interval: number;
  readonly messages: number;
  readonly p50: number;
  readonly p99: number;
}

/** Latency from the moment when lists show a message to the POST of its reply, polling every second. */
export async function benchLatency(messages: number): Promise<Latency> {
  const rule = aRule({ keywords: keywords({ any: ['latency'] }), oncePer: null });
  const echo = {
    ...rule,
    actions: [{ type: 'reply', reply: { texts: ['re {{ message.text }}'], delay: null } }],
  } as const;
  const rig = await openRig({ accounts: 1, rules: [...rulesOf(), echo] });
  try {
    await rig.app.start();
    const dice = diceOf(7);
    for (let n = 0; n < messages; n += 1) {
      await rig.write([{ account: 'account-0', person: `person-${n % 50}`, text: `latency ${n}` }]);
      await delay(150 + dice.below(300));
    }
    await delay(2_500);
    const { written, sends } = await rig.told();
    const sentAt = new Map(sends);
    const waits = written
      .map(([text, at]) => (sentAt.get(`re ${text}`) ?? Infinity) - at)
      .sort((a, b) => a - b);
    const at = (share: number): number => waits[Math.floor(share * waits.length)] ?? NaN;
    return { interval: 1000, messages, p50: at(0.5), p99: at(0.99) };
  } finally {
    await rig.close();
  }
}

export function rulesOf() {
  const ours = new Set(ACCOUNTS.slice(0, ACCOUNT_COUNT));
  return trafficOf('word', RULES, 1).rules.map((rule) => ({
    ...rule,
    accounts: rule.accounts.filter((name) => ours.has(name)),
  }));
}

/** The messages of the engine's benchmark, from four hundred people. */
function messagesOf(count: number): Written[] {
  const dice = diceOf(3);
  return trafficOf('word', RULES, count).events.map(({ text }, n) => {
    const person = dice.below(PEOPLE);
    return { account: `account-${person % ACCOUNT_COUNT}`, person: `person-${person}`, text: `${text} ${n}` };
  });
}

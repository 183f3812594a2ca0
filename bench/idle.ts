// Ten thousand rules and twenty accounts, polled every five seconds, without messages. In its own process, since
// earlier measurements would count as its memory.
import { fork } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { ACCOUNT_COUNT, rulesOf } from './pipeline.js';
import { openRig } from './rig.js';

export interface Idle {
  /** Resident memory, program code included. */
  readonly megabytes: number;
  /** CPU time as a share of one core. */
  readonly cpuPercent: number;
}

export function benchIdle(lasts: number): Promise<Idle> {
  const child = fork(new URL(import.meta.url), [String(lasts)]);
  return new Promise((resolve, reject) => {
    child.once('message', (idle) => resolve(idle as Idle));
    child.once('exit', (code) => reject(new Error(`the idle program ended with ${code ?? 'a signal'}`)));
  });
}

if (process.send && import.meta.filename === process.argv[1]) {
  const rig = await openRig({ accounts: ACCOUNT_COUNT, rules: rulesOf(), schedule: '*/5 * * * * *' });
  await rig.app.start();
  const before = process.cpuUsage();
  const began = performance.now();
  await delay(Number(process.argv[2]));
  const { user, system } = process.cpuUsage(before);
  const idle: Idle = {
    cpuPercent: ((user + system) / 1000 / (performance.now() - began)) * 100,
    megabytes: process.memoryUsage().rss / 2 ** 20,
  };
  await rig.close();
  process.send(idle);
  process.disconnect();
}

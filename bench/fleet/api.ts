// The API of a fleet in a process of its own: the sandbox with a key, an account and contacts for each workspace, which
// measures when each list is read. Argument: the order as JSON.
import { DAY, SECOND } from '../../src/domain/time.js';
import { nextTime } from '../../src/poller/schedule.js';
import { type SharedSandbox, startSharedSandbox } from '../../src/sandbox/server.js';
import { diceOf } from '../dice.js';
import {
  type ApiProgress,
  type FleetOrder,
  type Question,
  type Report,
  scheduleOf,
  sharesOf,
} from './order.js';

process.once('disconnect', () => process.exit());
const order = JSON.parse(process.argv[2] ?? '{}') as FleetOrder;
const keys = Array.from({ length: order.workspaces }, (_, n) => `key-${n}`);
const sandbox = await startSharedSandbox(keys, { limits: null, latency: order.latency });
const seen = watch(sandbox, order);
process.on('message', (question: Question) => {
  if (question === 'begin') seen.begin();
  process.send?.(question === 'report' ? seen.report() : seen.progress());
});
process.send?.({ api: sandbox.url });

function watch({ tenants }: SharedSandbox, { cadence, writes, workspaces }: FleetOrder) {
  const dice = diceOf(5);
  const polled = new Map<string, number>();
  const written = new Map<string, number>();
  const answered = new Map<string, number>();
  const figures = { gaps: [] as number[], late: [] as number[], answers: [] as number[] };
  const schedule = scheduleOf({ cadence });
  let polls = 0;
  let isWarm = false;
  let completeAt: number | null = null;
  for (const [n, [key, tenant]] of [...tenants].entries()) {
    for (const [days, text] of ['hello', 'is it open today?', 'thanks!'].entries()) {
      const at = Date.now() - (days + 1) * DAY;
      tenant.receive({ account: 'shop-ig', contact: `old-${days}`, text, at });
      tenant.comment({ account: 'shop-ig', contact: `old-${days}`, text: 'lovely', at });
    }
    const due = nextTime(schedule, `w${n}`);
    tenant.fault(({ method, path }) => {
      const at = Date.now();
      if (method === 'POST') {
        answered.set(key, (answered.get(key) ?? 0) + 1);
        figures.answers.push(at - (written.get(key) ?? 0));
      } else if (path === '/v2/messages' || path === '/v2/comments') {
        const before = polled.get(`${key} ${path}`);
        if (isWarm) {
          polls += 1;
          if (before !== undefined) figures.gaps.push(at - before);
          const every = cadence * SECOND;
          figures.late.push((((at - due) % every) + every) % every);
        }
        polled.set(`${key} ${path}`, at);
        if (polled.size === 2 * workspaces) completeAt ??= at;
      }
      return 'none';
    });
  }
  const waiting = [...tenants.keys()];
  const write = (): void => {
    // Each contact writes once, at a random point of the run.
    const [key] = waiting.splice(dice.below(waiting.length), 1);
    if (key === undefined) return;
    written.set(key, Date.now());
    tenants.get(key)?.receive({ account: 'shop-ig', contact: 'new', text: 'what is the price?' });
  };
  return {
    begin(): void {
      isWarm = true;
      if (writes > 0) setInterval(write, SECOND / writes);
    },
    progress: (): ApiProgress => ({ streams: polled.size, completeAt, polls }),
    report: (): Report => ({
      streams: polled.size,
      polls,
      gaps: sharesOf(figures.gaps),
      late: sharesOf(figures.late),
      written: written.size,
      answered: answered.size,
      doubled: [...answered.values()].filter((times) => times > 1).length,
      answers: sharesOf(figures.answers),
      violations: [...tenants.values()].reduce((sum, { violations }) => sum + violations.length, 0),
    }),
  };
}

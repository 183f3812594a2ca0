import { REASONS, type Reason } from '../domain/reason.js';
import { formatDuration, formatInstant } from '../domain/time.js';
import type { Summary } from '../store/store.js';
import { print, printJson } from './output.js';
import { type CommonOptions, withReader } from './project.js';

/** `status`: what was read, what was decided, what waits, what went wrong. */
export async function status(options: CommonOptions): Promise<void> {
  await withReader(options, async (store, config) => {
    const summary = await store.summary();
    if (options.json) {
      printJson({ mode: config.mode, ...toJson(summary) });
      return;
    }

    const now = Date.now();
    const ago = (at: number) => `${formatDuration(Math.max(0, now - at))} ago`;
    print(`mode     ${config.mode}`);
    print(
      `events   newest ${summary.newestEventAt === null ? 'none yet' : ago(summary.newestEventAt)}; ${summary.undecided} undecided`,
    );
    for (const { stream, polledAt, mark } of summary.streams) {
      print(`stream   ${stream}  read ${ago(polledAt)}, up to ${formatInstant(mark)}`);
    }
    for (const { scope, until } of summary.pauses) {
      print(`paused   ${scope} ${until === Infinity ? 'until `resume`' : `until ${formatInstant(until)}`}`);
    }
    print('outbox');
    for (const [state, n] of Object.entries(summary.sends)) print(`  ${String(n).padStart(7)}  ${state}`);
    print('reasons');
    const reasons = Object.entries(summary.reasons) as [Reason, number][];
    for (const [reason, n] of reasons.sort((a, b) => b[1] - a[1])) {
      print(`  ${String(n).padStart(7)}  ${reason.padEnd(20)} ${REASONS[reason]}`);
    }
  });
}

/** Times in ISO 8601, as in `journal --json`. JSON has no infinity: a pause without an end has `until: null`. */
function toJson({ newestEventAt, streams, pauses, ...counts }: Summary) {
  return {
    ...counts,
    newestEventAt: newestEventAt === null ? null : formatInstant(newestEventAt),
    streams: streams.map(({ stream, mark, polledAt }) => ({
      stream,
      mark: formatInstant(mark),
      polledAt: formatInstant(polledAt),
    })),
    pauses: pauses.map(({ scope, until }) => ({
      scope,
      until: until === Infinity ? null : formatInstant(until),
    })),
  };
}

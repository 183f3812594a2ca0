import { performance } from 'node:perf_hooks';
import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import { type Millis, SECOND } from '../domain/time.js';
import type { CachedAggregate } from './cached-aggregate.js';
import type { Panel } from './panel.js';

/** Minimum interval between change events to a page. */
const TELL_EVERY: Millis = 250;
/**
 * Interval of change events without a known change: for a failing list, a command of another process, and
 * states that depend on time alone.
 */
const TELL_ANYWAY: Millis = 10 * SECOND;

/**
 * Notifies the page that something changed, not what: the page queries what it shows. A cached aggregate may
 * be older than the change, so the page is notified again when the cache has expired.
 */
export function changes(
  { onChange }: Pick<Panel, 'onChange'>,
  sums: readonly Pick<CachedAggregate<unknown>, 'isOlderThan'>[],
  context: Context,
): Response {
  return streamSSE(context, async (stream) => {
    let isNews = true;
    let isOld = false;
    let changedAt = performance.now();
    const stop = onChange(() => {
      isNews = true;
      changedAt = performance.now();
    });
    stream.onAbort(stop);
    for (let silent = 0; !stream.aborted; silent += TELL_EVERY) {
      const wasOld = isOld;
      isOld = sums.some((sum) => sum.isOlderThan(changedAt));
      if (isNews || (wasOld && !isOld) || silent >= TELL_ANYWAY) {
        // Reset before the await so that concurrent changes are not lost.
        isNews = false;
        silent = 0;
        await stream.writeSSE({ event: 'change', data: '' });
      }
      await stream.sleep(TELL_EVERY);
    }
    stop();
  });
}

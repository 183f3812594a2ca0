import { setTimeout as delay } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import { type Millis, SECOND } from '../domain/time.js';

/** Time after the first poll: by then the start is over. */
const AFTER: Millis = 5 * SECOND;
/** Largest heap that is collected. A larger one would stop the program for too long. */
const MOST_BYTES = 128 * 2 ** 20;

/**
 * Returns the memory that a start took, once and some seconds later: the engine keeps it otherwise, for want of
 * allocations that would make it collect. Stops the program for a fifth of a second. Does nothing if the heap is large,
 * or in a Node without inspector. Never rejects.
 */
export async function releaseMemory(signal: AbortSignal, after = AFTER): Promise<void> {
  try {
    await delay(after, undefined, { signal, ref: false });
    if (getHeapStatistics().used_heap_size > MOST_BYTES) return;
    // The only way to the collection that also shrinks the heap, without a flag.
    const { Session } = await import('node:inspector/promises');
    const session = new Session();
    session.connect();
    try {
      await session.post('HeapProfiler.collectGarbage');
    } finally {
      session.disconnect();
    }
  } catch {
    // The memory stays with the program.
  }
}

import { BlotatoError } from '../../blotato/errors.js';
import { isKeyRefused } from '../../blotato/refusals.js';
import { EVERY_ACCOUNT, probeWait } from '../../domain/block.js';
import { type Instant, SECOND } from '../../domain/time.js';
import type { Sending } from './sending.js';

/** True if the key may be used; otherwise the time of the next probe. */
export type KeyState = { readonly isGood: true } | { readonly isGood: false; readonly askAt: Instant };

/** Wait before the next probe if the API did not respond. */
const ASK_AGAIN = 30 * SECOND;

/**
 * While the key is refused nothing is sent, and from time to time the API is queried for the user, which
 * sends nothing. Concurrent callers share one request. Throws the errors of the store.
 */
export function createKeyProbe({ store, client, clock, signal }: Sending): () => Promise<KeyState> {
  let asking: Promise<KeyState> | null = null;

  async function ask(): Promise<KeyState> {
    const block = (await store.blocks()).find(({ account }) => account === EVERY_ACCOUNT);
    if (!block) return { isGood: true };
    if (block.probeAt > clock()) return { isGood: false, askAt: block.probeAt };
    try {
      await client.me(signal);
    } catch (error) {
      const isRefused = error instanceof BlotatoError && isKeyRefused(error);
      const askAt = clock() + (isRefused ? probeWait(block.refusals, Math.random()) : ASK_AGAIN);
      if (isRefused) await store.block({ ...block, probeAt: askAt }, clock());
      return { isGood: false, askAt };
    }
    await store.unblock(EVERY_ACCOUNT);
    return { isGood: true };
  }

  return () => {
    asking ??= ask().finally(() => {
      asking = null;
    });
    return asking;
  };
}

import type { Store } from '../store/ports/store.js';
import type { Common } from './parts.js';

export interface LinkWatchOptions extends Pick<Common, 'workspace' | 'clock' | 'logger'> {
  readonly store: () => Store;
  /**
   * Returns the store for work beside the cycles, which may continue after another worker acquired the workspace.
   * @default `store`
   */
  readonly besideStore?: (() => Store) | undefined;
}

/** Checks of the links of one workspace. */
export interface LinkWatch {
  /** Runs a check if one is due and none is running. Never throws. */
  check(): Promise<void>;
  /** Ends a running check; no other begins. */
  stop(): Promise<void>;
}

/** Creates the checks of links; without `notify.links` they do nothing. */
export function createLinkWatch(options: LinkWatchOptions): LinkWatch {
  const { config } = options.workspace;
  const isWanted = config.notify?.links === 'daily' && config.notify.kinds.includes('dead_link');
  const stopping = new AbortController();
  let running: Promise<void> | null = null;
  return {
    async check() {
      if (!isWanted || stopping.signal.aborted) return;
      running ??= checkOnce(options, stopping.signal).finally(() => (running = null));
      await running;
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** Logged only: a check that failed is repeated the next day. */
async function checkOnce(
  { workspace, store, besideStore = store, clock, logger }: LinkWatchOptions,
  signal: AbortSignal,
): Promise<void> {
  const { config } = workspace;
  try {
    const { checkLinks } = await import('../notify/dead-links.js');
    const { linksOf } = await import('../project/links.js');
    await checkLinks({
      ...{ store: besideStore(), clock, signal },
      links: () => linksOf(workspace),
      allowHosts: config.webhooks.allowHosts,
      known: config.blotato.baseUrl,
    });
  } catch (error) {
    logger.error({ err: error }, 'the links could not be checked');
  }
}

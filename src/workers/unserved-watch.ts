import { MINUTE, type Millis } from '../domain/time.js';
import type { Logger } from '../log/logger.js';
import { servedWorkspaces, unservedWorkspaces } from '../store/postgres/installation.js';
import type { PgStore } from '../store/postgres/open.js';

export interface UnservedWatchOptions {
  readonly served: PgStore;
  /** A worker without a heartbeat for this long is dead. */
  readonly timeout: Millis;
  readonly logger: Logger;
}

const CHECK_EVERY = 10 * MINUTE;

/** Logs the workspaces with waiting sends that no running worker serves, now and at each change. */
export function watchUnserved({ served, timeout, logger }: UnservedWatchOptions): { stop(): Promise<void> } {
  let logged = '';
  const check = async (): Promise<void> => {
    const found = await unservedWorkspaces(served, await servedWorkspaces(served, timeout));
    const names = found.map(({ name }) => name).join(' ');
    if (names === logged) return;
    logged = names;
    if (found.length === 0) logger.info('all workspaces with waiting sends are served again');
    else
      logger.warn(
        { workspaces: found },
        'sends wait in workspaces that no running worker has in its configuration',
      );
  };
  let checking: Promise<void> = Promise.resolve();
  const checkNext = (): void => {
    checking = checking
      .then(check)
      .catch((error: unknown) =>
        logger.error({ err: error }, 'search for workspaces without a worker failed'),
      );
  };
  checkNext();
  const timer = setInterval(checkNext, CHECK_EVERY);
  return {
    async stop() {
      clearInterval(timer);
      await checking;
    },
  };
}

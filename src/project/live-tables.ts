import { type Millis, SECOND } from '../domain/time.js';
import type { Logger } from '../log/logger.js';
import type { LoadedWorkspace } from './load-in-thread.js';
import type { Tables } from './tables.js';

/** Saves the active versions of tables as their last good versions. Never rejects. */
export function keepTables(
  tables: Tables,
  loaded: readonly LoadedWorkspace[],
  logger: Logger,
): Promise<void> {
  return tables.accept(
    loaded.flatMap((each) => each.tables),
    (error) => logger.error({ err: error }, 'a FAQ table could not be saved beside the store'),
  );
}

const TABLES_EVERY: Millis = SECOND;

/**
 * Fetches tables that are due, and calls `reload` after a change. Returns a function that stops the fetching.
 */
export function watchTables(tables: Tables, reload: () => Promise<void>): () => void {
  let isOver = false;
  let timer: NodeJS.Timeout;
  const tick = async (): Promise<void> => {
    if (await tables.refresh()) await reload();
    if (!isOver) schedule();
  };
  const schedule = (): void => void (timer = setTimeout(() => void tick(), TABLES_EVERY));
  schedule();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}

import type { Config } from '../domain/config.js';
import type { Clock } from '../domain/time.js';
import type { Store } from '../store/store.js';
import type { Notifier, NotifierParts as Watched } from './notifier.js';

/** Who is told, and what about. */
export interface NotifierParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly condition: Watched['condition'];
  readonly logger: {
    info(what: object, message: string): void;
    error(what: object, message: string): void;
  };
}

/** Tells the owner what needs them, where the configuration says so. Null: it does not. */
export async function notifierFor(
  { notify, webhooks }: Pick<Config, 'notify' | 'webhooks'>,
  { store, clock, condition, logger }: NotifierParts,
): Promise<Notifier | null> {
  if (notify === null) return null;
  const { createNotifier } = await import('./notifier.js');
  return createNotifier({
    config: notify,
    store,
    clock,
    allowHosts: webhooks.allowHosts,
    env: process.env,
    condition,
    onTold: (channel, { length: notices }) => logger.info({ channel, notices }, 'the owner was told'),
    onTrouble: (what, error) => logger.error({ err: error }, `${what} failed; it is tried again`),
  });
}

import { createApp } from '../app.js';
import { BlotatoError } from '../blotato/errors.js';
import type { Config } from '../domain/config.js';
import { SECOND } from '../domain/time.js';
import { createLogger } from '../log.js';
import { carryOut, serveControl } from '../server/control.js';
import { type Health, type HealthServer, serveHealth } from '../server/health.js';
import { Exit } from './exit.js';
import { type CommonOptions, projectOf, withWriter } from './project.js';

export interface RunOptions extends CommonOptions {
  readonly once?: boolean;
  readonly shadow?: boolean;
}

/** `run`: poll, decide, send. Until SIGTERM or Ctrl-C; with `--once`, one poll and what may be sent now. */
export async function run(options: RunOptions): Promise<void> {
  const { config: loaded, set } = await projectOf(options);
  const config: Config = options.shadow ? { ...loaded, mode: 'shadow' } : loaded;
  const logger = createLogger({
    ...config.log,
    secrets: [config.blotato.apiKey, config.server?.token ?? ''],
  });

  await withWriter(config, async (store) => {
    const app = createApp({
      config,
      set,
      store,
      clock: Date.now,
      logger,
      ...(options.once ? { confirmAfter: SECOND } : {}),
    });
    const stopControl = await serveControl(config.storePath, async (command) => {
      const result = await carryOut(command, store, Date.now());
      app.nudge();
      return result;
    });
    let server: HealthServer | null = null;
    try {
      server = await listen(config, app.health);
      await checkKey(app.checkKey, (error) =>
        logger.warn({ err: error }, 'Blotato could not be asked about the key; going on'),
      );
      const { mode, accounts } = config;
      logger.info({ mode, accounts: accounts.map((each) => each.name), rules: set.rules.length }, 'started');
      const stopped = signalled((signal) => logger.info({ signal }, 'stopping'));
      if (options.once) await Promise.race([app.once(), stopped]);
      else await Promise.race([app.start().then(() => stopped), stopped]);
      failOnUnread(options, app.health());
    } finally {
      await server?.close();
      await app.stop();
      await stopControl();
      logger.info('stopped');
    }
  });
}

/** Serves the health of the program where the configuration says so. */
async function listen({ server }: Config, health: () => Health): Promise<HealthServer | null> {
  if (!server) return null;
  return serveHealth(server, health, Date.now).catch((error: unknown) => {
    const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    throw isTaken
      ? new Exit(
          1,
          `\`server.port\`: ${server.host}:${server.port} is taken; give another port, or stop what uses it`,
        )
      : error;
  });
}

/** A key that is refused ends the command with 2. A server that cannot be reached does not: it may be back in a minute. */
async function checkKey(check: () => Promise<void>, onOther: (error: unknown) => void): Promise<void> {
  try {
    await check();
  } catch (error) {
    if (error instanceof BlotatoError && error.status === 401) {
      throw new Exit(2, 'Blotato refused the API key (401). Check `blotato.api_key`: keys may end in "=".');
    }
    onOther(error);
  }
}

function signalled(onSignal: (signal: string) => void): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        onSignal(signal);
        resolve();
      });
    }
  });
}

/** Whoever calls `--once` from a timer must hear that nothing was read; a running program goes on trying instead. */
function failOnUnread({ once }: RunOptions, { failing }: Health): void {
  if (once && failing.length > 0)
    throw new Exit(1, `could not be read: ${failing.join(', ')}; see the log above`);
}

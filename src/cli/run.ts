import { createApp } from '../app.js';
import { BlotatoError } from '../blotato/errors.js';
import type { Config } from '../domain/config.js';
import { SECOND } from '../domain/time.js';
import { createLogger } from '../log.js';
import { carryOut, serveControl } from '../server/control.js';
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
  const logger = createLogger({ ...config.log, secrets: [config.blotato.apiKey, config.server.token ?? ''] });

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
    try {
      await checkKey(app.checkKey, (error) =>
        logger.warn({ err: error }, 'Blotato could not be asked about the key; going on'),
      );
      const { mode, accounts } = config;
      logger.info({ mode, accounts: accounts.map((each) => each.name), rules: set.rules.length }, 'started');
      if (options.once) await app.once();
      else await untilStopped(app.start, (signal) => logger.info({ signal }, 'stopping'));
    } finally {
      await app.stop();
      await stopControl();
      logger.info('stopped');
    }
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

async function untilStopped(start: () => Promise<void>, onSignal: (signal: string) => void): Promise<void> {
  const signalled = new Promise<string>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal));
  });
  const started = start();
  onSignal(await Promise.race([signalled, started.then(() => signalled)]));
}

import { withoutKeys } from '../config/keyless.js';
import { loadConfigs } from '../config/load.js';
import { formatDuration, type Millis, SECOND } from '../domain/time.js';
import { isSchedule } from '../poller/schedule.js';
import { Exit } from './exit.js';
import { print, sayFindings } from './output.js';
import type { CommonOptions } from './project.js';

const TIMEOUT: Millis = 4 * SECOND;
/** Addresses that mean every interface, and the one to ask in their place. */
const EVERY_INTERFACE: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/**
 * `status --health`: asks the program for /healthz at `server` of the configuration, for health checks of containers. Exits
 * with 1 unless it responds. Opens no store.
 */
export async function health({ config: file }: Pick<CommonOptions, 'config'>): Promise<void> {
  const loaded = loadConfigs(file, withoutKeys(file, process.env), isSchedule);
  if (!loaded.ok) {
    sayFindings(loaded.findings);
    throw new Exit(1);
  }
  const server = [...loaded.value, ...loaded.broken.map(({ config }) => config)].find(
    (config) => config !== null,
  )?.server;
  if (!server)
    throw new Exit(
      1,
      `${file}: no \`server\` is set, so there is nothing to ask; fix: add server: { port: 8787 }`,
    );
  const name = EVERY_INTERFACE[server.host] ?? server.host;
  const url = `http://${name.includes(':') ? `[${name}]` : name}:${server.port}/healthz`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT) });
    if (!response.ok)
      throw new Error(`it responds with ${response.status}; fix: see \`autoresponder status\``);
  } catch (error) {
    throw new Exit(1, `${url}: ${causeOf(error)}`);
  }
  print(`${url} responds`);
}

/** The cause of a failed request, with its fix: `fetch` hides it behind "fetch failed". */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') {
    return `no response within ${formatDuration(TIMEOUT)}; fix: see the log of the program, and restart it`;
  }
  if (!(error.cause instanceof Error)) return error.message;
  const code = 'code' in error.cause ? String(error.cause.code) : '';
  // A refused connection to a name with several addresses has no message.
  const cause = error.cause.message || code;
  const fix = code === 'ECONNREFUSED' ? 'start the program with `autoresponder run`' : 'check `server`';
  return `${cause}; fix: ${fix}`;
}

import { startSharedSandbox, type Tenant } from '../sandbox/server.js';
import { startTraffic } from '../sandbox/traffic.js';
import { Exit } from './exit.js';
import { print, printJson } from './output.js';
import { integerOf } from './parse.js';
import { type TroubleOptions, troubleOf } from './sandbox-faults.js';

export interface SandboxCommandOptions extends TroubleOptions {
  readonly port: string;
  readonly seed: string;
  readonly rate: string;
  /** Number of API keys. */
  readonly keys: string;
  readonly json?: boolean;
}

/** The key of `sandbox say` without --key. */
const FIRST_KEY = 'sandbox-key';
const KEYS_MOST = 1_000;

/**
 * `sandbox`: runs a local stand-in for the Blotato API, with generated contacts. With several keys each has its own
 * accounts, contacts and limits. Stops with Ctrl-C.
 */
export async function sandbox(options: SandboxCommandOptions): Promise<void> {
  const port = integerOf('--port', options.port, 0, 65_535);
  const seed = integerOf('--seed', options.seed, 0, 2 ** 31);
  const perMinute = integerOf('--rate', options.rate, 0, 6_000);
  const n = integerOf('--keys', options.keys, 1, KEYS_MOST);
  const { release, begin } = troubleOf(options);
  const keys = Array.from({ length: n }, (_, index) =>
    index === 0 ? FIRST_KEY : `${FIRST_KEY}-${index + 1}`,
  );
  const api = await startSharedSandbox(keys, { port, release }).catch((error: unknown) => {
    const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    throw isTaken
      ? new Exit(1, `port ${port} is in use; fix: give another with --port, or 0 for any free port`)
      : error;
  });
  const tenants = [...api.tenants.values()];
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort());

  try {
    for (const tenant of tenants) begin(tenant, ending.signal);
  } catch (error) {
    await api.close();
    throw error;
  }
  announce(api.url, keys, tenants[0], options.json === true);
  const report = (): void => {
    for (const tenant of tenants) show(tenant, n > 1, options.json === true);
  };
  const timer = setInterval(report, REPORT_EVERY);
  if (perMinute > 0) {
    await Promise.all(
      tenants.map((tenant, index) =>
        startTraffic(tenant, { seed: seed + index, perMinute, signal: ending.signal }),
      ),
    );
  } else await new Promise((resolve) => ending.signal.addEventListener('abort', resolve, { once: true }));
  clearInterval(timer);
  report();
  await api.close();
}

function announce(url: string, keys: readonly string[], first: Tenant | undefined, json: boolean): void {
  const [apiKey = FIRST_KEY, ...others] = keys;
  if (json) return printJson({ type: 'started', url, apiKey, ...(others.length === 0 ? {} : { keys }) });
  const known = others.length === 0 ? `key ${apiKey}` : `keys ${keys.join(', ')}`;
  print(`The sandbox listens on ${url}, ${known}. Ctrl-C stops it.`);
  print(`Point the program at it:  blotato: { base_url: ${url}, api_key: ${apiKey} }`);
  if (others.length > 0) print('Each key has its own accounts, with the same ids:');
  for (const { name, id, platform, nativeId, pageId } of first?.world.accounts ?? []) {
    const page = pageId === undefined ? '' : `, page_id "${pageId}"`;
    print(`  account ${name}: id "${id}", ${platform}, native_id "${nativeId}"${page}`);
  }
}

const REPORT_EVERY = 10_000;

/** Prints the calls of a key so far. */
function show(tenant: Tenant, hasOthers: boolean, json: boolean): void {
  const { apiKey } = tenant;
  const sends = tenant.sends().length;
  const calls = tenant.calls();
  if (json) return printJson({ type: 'calls', ...(hasOthers ? { apiKey } : {}), sends, calls });
  const routes = Object.entries(calls).map(
    ([route, statuses]) =>
      `${route} ${Object.entries(statuses)
        .map(([status, n]) => `${n}×${status}`)
        .join(' ')}`,
  );
  print(`${hasOthers ? `${apiKey}: ` : ''}${sends} sends; ${routes.join('; ') || 'no calls yet'}`);
}

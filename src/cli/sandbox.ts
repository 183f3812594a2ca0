import { startSandbox } from '../sandbox/server.js';
import { startTraffic } from '../sandbox/traffic.js';
import { Exit } from './exit.js';
import { print, printJson } from './output.js';
import { integerOf } from './parse.js';
import { type TroubleOptions, troubleOf } from './sandbox-faults.js';

export interface SandboxCommandOptions extends TroubleOptions {
  readonly port: string;
  readonly seed: string;
  readonly rate: string;
  readonly json?: boolean;
}

/** `sandbox`: runs a local stand-in for the Blotato API, with generated contacts. Stops with Ctrl-C. */
export async function sandbox(options: SandboxCommandOptions): Promise<void> {
  const port = integerOf('--port', options.port, 0, 65_535);
  const seed = integerOf('--seed', options.seed, 0, 2 ** 31);
  const perMinute = integerOf('--rate', options.rate, 0, 6_000);
  const { release, begin } = troubleOf(options);
  const api = await startSandbox({ port, release }).catch((error: unknown) => {
    const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    throw isTaken
      ? new Exit(1, `port ${port} is in use; give another with --port, or 0 for any free port`)
      : error;
  });
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort());

  try {
    begin(api, ending.signal);
  } catch (error) {
    await api.close();
    throw error;
  }

  if (options.json) printJson({ type: 'started', url: api.url, apiKey: api.apiKey });
  else {
    print(`The sandbox listens on ${api.url}, key ${api.apiKey}. Ctrl-C stops it.`);
    print(`Point the program at it:  blotato: { base_url: ${api.url}, api_key: ${api.apiKey} }`);
    for (const { name, id, platform, nativeId, pageId } of api.world.accounts) {
      print(
        `  account ${name}: id "${id}", ${platform}, native_id "${nativeId}"${pageId === undefined ? '' : `, page_id "${pageId}"`}`,
      );
    }
  }
  const report = setInterval(
    () => show(api.sends().length, api.calls(), options.json === true),
    REPORT_EVERY,
  );
  if (perMinute > 0) await startTraffic(api, { seed, perMinute, signal: ending.signal });
  else await new Promise((resolve) => ending.signal.addEventListener('abort', resolve, { once: true }));
  clearInterval(report);
  show(api.sends().length, api.calls(), options.json === true);
  await api.close();
}

const REPORT_EVERY = 10_000;

function show(
  sends: number,
  calls: Readonly<Record<string, Readonly<Record<number, number>>>>,
  json: boolean,
): void {
  if (json) return printJson({ type: 'calls', sends, calls });
  const routes = Object.entries(calls).map(
    ([route, statuses]) =>
      `${route} ${Object.entries(statuses)
        .map(([status, n]) => `${n}×${status}`)
        .join(' ')}`,
  );
  print(`${sends} sends; ${routes.join('; ') || 'no calls yet'}`);
}

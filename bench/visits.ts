// The time until the dashboard shows its first content and its numbers, on the store of the demo. Run it by `npm run
// bench:visits`, after `npm run build`. Wall-clock times are those of this machine at its load; the processor
// time of the page is steadier.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type Browser, chromium } from 'playwright-core';

const PROGRAM = fileURLToPath(new URL('../bin/autoresponder.js', import.meta.url));
const BUILT = fileURLToPath(new URL('../dist/dashboard', import.meta.url));
const VISITS = 15;
const TRAFFIC_FOR = 20_000;
const BROWSERS = [process.env['CHROMIUM'] ?? '', '/usr/bin/chromium', '/usr/bin/google-chrome'];

interface Visit {
  /** First Contentful Paint, milliseconds after the navigation. */
  readonly paint: number;
  /** First number on the page, milliseconds after the navigation. */
  readonly numbers: number;
  /** Number of requests to the program until a second after the first number. */
  readonly requests: number;
  /** Processor time of the page's main thread, in milliseconds. */
  readonly cpu: number;
}

const WATCH = `new MutationObserver((_, observer) => {
  if (!document.querySelector('.stat .value')) return;
  observer.disconnect();
  window.numbersAt = performance.now();
}).observe(document, { childList: true, subtree: true })`;

async function visit(browser: Browser, url: string): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(WATCH);
  // A first visit fills the browser's cache with the files, and sets the cookie with the clock of the reader.
  await page.goto(url);
  await page.locator('.stat .value').first().waitFor();
  let requests = 0;
  page.on('request', () => (requests += 1));
  const session = await context.newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const cpuOf = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1_000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0);
  };
  await page.goto(url);
  await page.locator('.stat .value').first().waitFor();
  const cpu = await cpuOf();
  await wait(1_000);
  const paint = await page.evaluate<number>(
    "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN",
  );
  const numbers = await page.evaluate<number>('window.numbersAt');
  await context.close();
  return { paint, numbers, requests, cpu };
}

async function demo(): Promise<{ readonly url: string; readonly end: () => void }> {
  const child = spawn(process.execPath, [PROGRAM, 'demo', '--port', '0', '--rate', '90'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const addressOf = () => /browser: (?<url>http:\S+)/u.exec(output)?.groups?.['url'];
  while (addressOf() === undefined) {
    if (child.exitCode !== null) throw new Error('the demo ended; fix: run `npm run build`');
    await wait(50);
  }
  return { url: addressOf() ?? '', end: () => child.kill() };
}

/** Size of all files of the dashboard, each compressed. */
function compressedSize(): number {
  return readdirSync(BUILT, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + gzipSync(readFileSync(join(parentPath, name))).length, 0);
}

function print(name: string, values: readonly number[]): void {
  const [low, median, high] = [0, 0.5, 1].map((share) => {
    return [...values].sort((a, b) => a - b)[Math.round(share * (values.length - 1))] ?? NaN;
  });
  console.log(
    `${name.padEnd(34)} ${median?.toFixed(0)} (${low?.toFixed(0)} to ${high?.toFixed(0)}), ${values.length} visits`,
  );
}

const executablePath = BROWSERS.find((each) => each !== '' && existsSync(each));
if (executablePath === undefined) throw new Error('no Chromium; fix: install it, or name it in CHROMIUM');
const { url, end } = await demo();
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
try {
  await wait(TRAFFIC_FOR);
  const visits: Visit[] = [];
  for (let n = 0; n < VISITS; n += 1) visits.push(await visit(browser, url));
  console.log(`load ${loadavg()[0]?.toFixed(1)}`);
  print(
    'first content, ms',
    visits.map(({ paint }) => paint),
  );
  print(
    'numbers, ms',
    visits.map(({ numbers }) => numbers),
  );
  print(
    'processor time of the page, ms',
    visits.map(({ cpu }) => cpu),
  );
  print(
    'requests',
    visits.map(({ requests }) => requests),
  );
  console.log(`all files of the dashboard, gzip: ${(compressedSize() / 1_000).toFixed(1)} kB`);
} finally {
  await browser.close();
  end();
}

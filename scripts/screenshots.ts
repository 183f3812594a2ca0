// Takes the pictures in docs/images: runs the demo for a while, and captures each page of its dashboard. `npm run
// build` first. `--out FOLDER`: elsewhere; `--all`: also dark, on a phone and right-to-left.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';

const BROWSERS = [
  process.env['CHROMIUM'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const PROGRAM = fileURLToPath(new URL('../bin/autoresponder.js', import.meta.url));
/** Time that the demo's customers write before the first picture. */
const TRAFFIC_FOR = 45_000;
const PAGES = {
  dashboard: '/',
  'needs-you': '/attention',
  people: '/people',
  leads: '/leads',
  funnels: '/funnels',
  rules: '/rules',
} as const;

interface Look {
  readonly suffix: string;
  readonly width: number;
  readonly height: number;
  readonly scheme: 'light' | 'dark';
  readonly isRightToLeft: boolean;
}

const LIGHT: Look = { suffix: '', width: 1280, height: 900, scheme: 'light', isRightToLeft: false };
const LOOKS: readonly Look[] = [
  LIGHT,
  { ...LIGHT, suffix: '-dark', scheme: 'dark' },
  { ...LIGHT, suffix: '-phone', width: 390, height: 844 },
  { ...LIGHT, suffix: '-rtl', isRightToLeft: true },
];

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

async function take(browser: Browser, url: string, look: Look, out: string): Promise<void> {
  const { width, height, scheme, suffix } = look;
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: scheme });
  for (const [name, path] of Object.entries(PAGES)) {
    await page.goto(`${url}${path}`);
    await shot(page, look, join(out, `${name}${suffix}.png`));
  }
  await page.goto(url);
  // Open an informative entry: a message that got a reply from a rule, and its conversation.
  await page
    .locator('a.event', { hasText: /Replied\s*by/u })
    .first()
    .click();
  await page.locator('.trace').waitFor();
  await shot(page, look, join(out, `why${suffix}.png`));
  await page.getByRole('link', { name: 'the conversation' }).click();
  await page.locator('.dialogue').waitFor();
  await shot(page, look, join(out, `conversation${suffix}.png`));
  await page.close();
}

async function shot(page: Page, { isRightToLeft }: Look, path: string): Promise<void> {
  await page.locator('main .card').first().waitFor();
  if (isRightToLeft) await page.evaluate("document.documentElement.dir = 'rtl'");
  await page.waitForLoadState('load');
  await wait(300);
  await page.screenshot({ path });
}

const { values } = parseArgs({
  options: { out: { type: 'string', default: 'docs/images' }, all: { type: 'boolean', default: false } },
});
const executablePath = BROWSERS.find((each) => each !== '' && existsSync(each));
if (executablePath === undefined) throw new Error('no Chromium; fix: install it, or name it in CHROMIUM');
mkdirSync(values.out, { recursive: true });
const { url, end } = await demo();
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
try {
  await wait(TRAFFIC_FOR);
  for (const look of values.all ? LOOKS : [LIGHT]) await take(browser, url, look, values.out);
  const phone = await browser.newPage({ viewport: { width: 390, height: 844 } });
  await phone.goto(url);
  await shot(phone, LIGHT, join(values.out, 'phone.png'));
} finally {
  await browser.close();
  end();
}

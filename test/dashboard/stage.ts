import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect, vi } from 'vitest';
import type { Reason } from '../../src/domain/reason.js';
import { readSqlite } from '../../src/store/sqlite/store.js';
import { aProject, type Cleanup, type Project, type ProjectOptions } from '../e2e/cli.js';
import type { RunningHere } from '../e2e/run-here.js';

// Long time limits, since the browser shares two cores with the other tests.
export const PATIENCE = { timeout: 120_000, interval: 30 };
const PLACES = [
  process.env['CHROMIUM'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** The path of a browser; undefined on a machine without one, where the page tests are skipped. */
export const CHROMIUM = PLACES.find((place) => place !== '' && existsSync(place));
export const WHY_SKIPPED = 'no Chromium: install it, or name it in CHROMIUM, to test the pages';

/** A running program with its sandbox and its dashboard. */
export interface Served extends Project {
  readonly program: RunningHere;
  readonly url: string;
  /** Waits until the journal has this number of events with the reason. */
  settled(reason: Reason, n?: number): Promise<void>;
}

export async function served(
  test: Cleanup,
  { config = {}, before, ...options }: ProjectOptions & { readonly before?: (project: Project) => void } = {},
): Promise<Served> {
  const project = await aProject(test, {
    ...options,
    config: {
      poll: '{ schedule: "* * * * * *", start: { lookback: 30m } }',
      server: '{ port: 0 }',
      ...config,
    },
  });
  before?.(project);
  const program = project.run();
  await vi.waitFor(() => expect(program.stderr()).toContain('"started"'), PATIENCE);
  const url = /"address":"(?<url>[^"]+)"/u.exec(program.stderr())?.groups?.['url'] ?? '';
  expect(url).not.toBe('');
  return {
    ...project,
    program,
    url,
    settled: async (reason, n = 1) => {
      // Reads from the store directly, because a command would start a process for each check.
      const store = readSqlite(join(project.folder, 'data/autoresponder.db'), Date.now);
      await vi
        .waitFor(async () => {
          expect((await store.journal({ reason, limit: n })).length).toBe(n);
        }, PATIENCE)
        .finally(() => store.close());
    },
  };
}

/** A page of the dashboard in a browser that may request nothing else. */
export interface Seen {
  readonly page: Page;
  /** Errors of the page, and every external address that it requested. */
  readonly wrong: readonly string[];
}

const VIEWPORT = { width: 1280, height: 900 };

let running: Promise<{ readonly browser: Browser; readonly context: BrowserContext }> | null = null;

async function start() {
  const browser = await chromium.launch({
    executablePath: CHROMIUM!,
    args: ['--no-sandbox', '--disable-gpu'],
  });
  const context = await browser.newContext({ viewport: VIEWPORT });
  return { browser, context };
}

/**
 * Opens a page. All pages are tabs of one window, because each window costs more than its page: Chromium
 * draws the window's toolbar with a renderer of its own. The programs differ in their ports, so pages share
 * nothing but cookies. With a token the page acts as its person, also after another login in the window.
 */
export async function open(test: Cleanup, url: string, token?: string): Promise<Seen> {
  running ??= start();
  return opened(test, await (await running).context.newPage(), url, token);
}

/** Opens a page in a window of its own, for a test that logs in: pages of one window share their cookies. */
export async function openAlone(test: Cleanup, url: string): Promise<Seen> {
  running ??= start();
  const context = await (await running).browser.newContext({ viewport: VIEWPORT });
  test.onTestFinished(() => context.close());
  return opened(test, await context.newPage(), url);
}

async function opened({ onTestFinished }: Cleanup, page: Page, url: string, token?: string): Promise<Seen> {
  onTestFinished(() => page.close());
  page.setDefaultTimeout(PATIENCE.timeout);
  if (token !== undefined) await page.setExtraHTTPHeaders({ authorization: `Bearer ${token}` });
  const wrong: string[] = [];
  page.on('pageerror', (error) => wrong.push(error.message));
  page.on('dialog', (dialog) => {
    wrong.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    if (message.type() === 'error') wrong.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(new URL(url).origin)) wrong.push(`asked for ${request.url()}`);
  });
  await page.goto(url);
  return { page, wrong };
}

export async function closeBrowser(): Promise<void> {
  await (await running)?.browser.close();
  running = null;
}

import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, type TestContext, vi } from 'vitest';
import { SECOND } from '../../src/domain/time.js';
import { createApi } from '../../src/server/api.js';
import { createChanges } from '../../src/server/changes.js';
import { serveControl, type StoreCommand } from '../../src/server/control.js';
import type { Panel } from '../../src/server/panel.js';
import { sqliteReports } from '../../src/store/sqlite/store.js';
import { openCopied } from '../store/template.js';

const OWNER = { name: 'owner', role: 'owner' } as const;

/**
 * The API of a store with slow aggregate queries, like one with a year of data. Its time passes by `pass` and by those
 * queries, so that no verdict depends on a busy machine.
 */
function anApi({ onTestFinished }: Pick<TestContext, 'onTestFinished'>, { sumsTake }: { sumsTake: number }) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  let passed = 0;
  const now = vi.spyOn(performance, 'now').mockImplementation(() => passed);
  const pass = async (time: number): Promise<void> => {
    passed += time;
    await vi.advanceTimersByTimeAsync(time);
  };
  const folder = mkdtempSync(join(tmpdir(), 'changes-'));
  const path = join(folder, 'test.db');
  const store = openCopied(path, Date.now);
  const reports = sqliteReports(path);
  const leaving = new AbortController();
  onTestFinished(async () => {
    leaving.abort();
    now.mockRestore();
    vi.useRealTimers();
    await reports.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const { tell, onChange } = createChanges();
  let sums = 0;
  const slow: typeof reports.funnels = async (since) => {
    const figures = await reports.funnels(since);
    passed += sumsTake;
    sums += 1;
    return figures;
  };
  const panel = {
    reports: { ...reports, funnels: slow },
    clock: Date.now,
    set: () => ({ rules: [], written: [] }),
    onChange,
  } as unknown as Panel;
  const api = createApi(panel, () => OWNER);
  const reading = async (): Promise<() => Promise<string>> => {
    const { body } = await api.request('/changes', { signal: leaving.signal });
    const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
    return async () => (await reader.read()).value ?? '';
  };
  const askFunnels = async (): Promise<unknown> => (await api.request('/funnels')).json();
  return { tell, pass, reading, askFunnels, sums: () => sums };
}

const CHANGE = 'event: change';

it("the dashboard's events announce a change again once older cached sums expire", async (test) => {
  const { tell, pass, reading, askFunnels, sums } = anApi(test, { sumsTake: 30 });
  const next = await reading();
  expect(await next()).toContain(CHANGE);
  await askFunnels();
  tell();
  await pass(SECOND / 4);
  expect(await next()).toContain(CHANGE);
  // The page's request gets the older cached sums, which are kept for 50 times as long as they took.
  await askFunnels();
  expect(sums()).toBe(1);
  const again = next();
  await pass(1_500);
  await pass(SECOND / 4);
  expect(await again).toContain(CHANGE);
  await askFunnels();
  expect(sums()).toBe(2);
});

it("the dashboard's events lose no change that occurs while another is sent", async (test) => {
  const { tell, pass, reading } = anApi(test, { sumsTake: 0 });
  const next = await reading();
  expect(await next()).toContain(CHANGE);
  // A slow reader delays the program's writes; no event shows that it waits.
  tell();
  await pass(SECOND);
  tell();
  expect(await next()).toContain(CHANGE);
  const more = next();
  await pass(SECOND);
  expect(await more).toContain(CHANGE);
});

it('resuming a person by the API also ends the pause after a human wrote, as the command does', async () => {
  const asked: StoreCommand[] = [];
  const panel = {
    config: { guards: { humanPause: 3_600_000 } },
    command: async (command: StoreCommand) => {
      asked.push(command);
      return { resumed: true, humans: ['shop-ig'] };
    },
  } as unknown as Panel;
  const answer = await createApi(panel, () => OWNER).request('/resume', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ scope: 'contact:ana' }),
  });
  expect(await answer.json()).toEqual({ resumed: true, humans: ['shop-ig'] });
  expect(asked).toEqual([{ do: 'resume', scope: 'contact:ana', humanPause: 3_600_000 }]);
});

it('the control socket is accessible to its owner only, and the file mask is restored', async ({
  onTestFinished,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'sockets-'));
  const stops = await Promise.all(
    ['a.db', 'b.db'].map((name) => serveControl(join(folder, name), () => Promise.reject(new Error('none')))),
  );
  onTestFinished(async () => {
    for (const stop of stops) await stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const modes = readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777);
  expect(modes).toEqual([0o600, 0o600]);
  const other = mkdtempSync(join(folder, 'other-'));
  expect(statSync(other).mode & 0o777).toBe(0o700);
});

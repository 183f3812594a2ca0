import { readdirSync } from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { type Cleanup, cli, lines, matching, start, PROCESSES } from './cli.js';

const PATIENCE = { timeout: 60_000, interval: 20 };
const RARELY = { timeout: 60_000, interval: 500 };

/** An empty temporary folder, to see which files a demo leaves there. */
function aTemporaryFolder({ onTestFinished }: Cleanup): string {
  const folder = mkdtempSync(join(tmpdir(), 'e2e-tmp-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe.concurrent('demo', PROCESSES, () => {
  it('prints messages, replies and reasons into a pipe, ends by itself and leaves no files', async (test) => {
    const folder = aTemporaryFolder(test);
    const { code, stdout, stderr } = await cli(test, ['demo', '--for', '5s', '--rate', '300'], {
      env: { TMPDIR: folder, NO_COLOR: '1' },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d (?:instagram|facebook|twitter|bluesky) +\S.*: .+$/mu);
    expect(stdout).toMatch(/^ +reply {2}\S.+$/mu);
    expect(stdout).toMatch(/✓ reply of \S+ to \S+: accepted by the API$/mu);
    expect(stdout).toMatch(/^ +\d+ {2}no_match /mu);
    expect(stdout).toMatch(/^ +\d+ {2}(?:replied|queued) /mu);
    expect(stdout).toMatch(/^The sandbox counted [1-9]\d* sends\.$/mu);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('--json prints a line of JSON for each event', async (test) => {
    const { code, stdout, stderr } = await cli(test, ['demo', '--for', '4s', '--rate', '300', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const told = lines(stdout);
    expect(told[0]).toMatchObject({ type: 'started', api: matching(/^http:\/\/127\.0\.0\.1:\d+$/u) });
    expect(told.at(-1)).toMatchObject({ type: 'ended', reasons: { too_old: 3 } });
    expect(new Set(told.map((line) => line.type))).toEqual(
      new Set(['started', 'decision', 'attempt', 'ended']),
    );
    expect(told.find((line) => line.type === 'decision')).toMatchObject({
      event: { id: matching(/^(?:message|comment):/u), text: matching(/./u) },
      decision: { reason: matching(/./u) },
    });
  });

  it('shows what the reader writes as a customer in the dashboard, and the reply', async (test) => {
    const running = start(test, ['demo', '--rate', '1', '--port', '0']);
    await vi.waitFor(() => expect(running.stdout()).toContain('too_old'), PATIENCE);
    const [, url = ''] = /browser: (\S+)/u.exec(running.stdout()) ?? [];
    expect(running.stdout()).toMatch(/ by: npx autoresponder sandbox say --url http:\/\/127\.0\.0\.1:\d+ /u);
    const play = (body: object) =>
      fetch(`${url}/api/play`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-requested-with': 'autoresponder' },
        body: JSON.stringify({
          account: 'shop-ig',
          from: 'Ana Lima',
          kind: 'message',
          text: 'price of the lamp?',
          ...body,
        }),
      });
    expect((await play({ account: 'nobody' })).status).toBe(400);
    expect((await play({})).status).toBe(200);
    await vi.waitFor(
      () => expect(running.stdout()).toMatch(/Ana Lima: price of the lamp\?\n {9}queued by rule /u),
      PATIENCE,
    );
    running.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 0 });
  });

  it.for(['SIGINT', 'a closed pipe'])('ends with 0 at %s, and leaves no files', async (how, test) => {
    const folder = aTemporaryFolder(test);
    const running = start(test, ['demo'], { env: { TMPDIR: folder } });
    await vi.waitFor(() => expect(running.stdout()).toContain('\n'), PATIENCE);
    if (how === 'SIGINT') running.kill('SIGINT');
    else running.closeStdout();
    expect(await running.ended).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe.concurrent('sandbox', PROCESSES, () => {
  it('--port 0 --json prints its address, and serves there', async (test) => {
    const running = start(test, ['sandbox', '--port', '0', '--rate', '600', '--json']);
    await vi.waitFor(() => expect(running.stdout()).toContain('\n'), PATIENCE);
    const [begun] = lines<{ type: string; url: string; apiKey: string }>(running.stdout());
    expect(begun?.type).toBe('started');
    const headers = { 'blotato-api-key': begun!.apiKey };
    await vi.waitFor(async () => {
      const answer = await fetch(`${begun!.url}/v2/messages`, { headers });
      expect(answer.status).toBe(200);
      const { items } = (await answer.json()) as { items: unknown[] };
      expect(items[0]).toMatchObject({ text: matching(/./u) });
      // The sandbox allows 60 reads a minute, as Blotato does.
    }, RARELY);
    running.kill('SIGTERM');
    const { code, stdout, stderr } = await running.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(lines(stdout).at(-1)).toMatchObject({ type: 'calls', sends: 0 });
  });

  it('reports that its port is in use', async (test) => {
    const running = start(test, ['sandbox', '--port', '0', '--rate', '0', '--json']);
    await vi.waitFor(() => expect(running.stdout()).toContain('\n'), PATIENCE);
    const { port } = new URL(lines<{ url: string }>(running.stdout())[0]!.url);
    expect(await cli(test, ['sandbox', '--port', port])).toEqual({
      code: 1,
      stdout: '',
      stderr: `autoresponder: port ${port} is in use; fix: give another with --port, or 0 for any free port\n`,
    });
  });
});

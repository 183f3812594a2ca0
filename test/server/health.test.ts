import { describe, expect, it, onTestFinished } from 'vitest';
import { serve } from '../../src/server/serve.js';
import { createSite } from '../../src/server/site.js';
import { MINUTE } from '../../src/domain/time.js';
import { createPollingMemory } from '../../src/poller/polling-memory.js';
import type { Stream } from '../../src/poller/cycle.js';
import { StoreError } from '../../src/store/ports/store-error.js';
import type { Logger } from '../../src/log/logger.js';
import { aConfig, TUESDAY } from '../builders.js';
import type { Panel } from '../../src/server/panel.js';
import type { Health } from '../../src/domain/health.js';

async function ask(
  path: string,
  {
    health,
    token = null,
    headers = {},
  }: { health: Health; token?: string | null; headers?: Record<string, string> },
) {
  const site = createSite({ token, health: async () => health, clock: () => TUESDAY, panel: null });
  const server = await serve(site, { host: '127.0.0.1', port: 0 });
  onTestFinished(server.close);
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { headers });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('health endpoints', () => {
  it('/healthz is ok while the process runs, whatever it reads', async () => {
    expect(
      (await ask('/healthz', { health: { readAt: null, failing: ['messages'], isKeyRefused: false } }))
        .status,
    ).toBe(200);
  });

  it('/readyz is ready when all lists were read within two minutes, and names those that fail', async () => {
    const fresh = await ask('/readyz', {
      health: { readAt: TUESDAY - MINUTE, failing: [], isKeyRefused: false },
    });
    expect(fresh).toEqual({
      status: 200,
      body: { status: 'ready', read_at: '2026-11-24T08:59:00.000Z', failing: [] },
    });
    const stale = await ask('/readyz', {
      health: { readAt: TUESDAY - 2 * MINUTE, failing: ['comments'], isKeyRefused: false },
    });
    expect(stale).toMatchObject({ status: 503, body: { failing: ['comments'] } });
    expect(
      (await ask('/readyz', { health: { readAt: null, failing: [], isKeyRefused: false } })).status,
    ).toBe(503);
  });

  it('/readyz is ready between two polls of a slow schedule', async () => {
    const readAt = TUESDAY - 10 * MINUTE;
    const every15 = { readAt, dueAt: readAt + 15 * MINUTE, failing: [], isKeyRefused: false };
    expect((await ask('/readyz', { health: every15 })).status).toBe(200);
    const every5 = { ...every15, dueAt: readAt + 5 * MINUTE };
    expect((await ask('/readyz', { health: every5 })).status).toBe(503);
  });

  it('/readyz is not ready when the last read is in the future, as stored by a wrong clock', async () => {
    const health = { readAt: TUESDAY + 60 * MINUTE, failing: [], isKeyRefused: false };
    expect((await ask('/readyz', { health })).status).toBe(503);
    // The clocks of two machines always differ a little.
    expect((await ask('/readyz', { health: { ...health, readAt: TUESDAY + MINUTE } })).status).toBe(200);
  });

  it('/readyz is not ready on a broken store, with a fix', async () => {
    const trouble = 'the store at a.db cannot be written, because the disk is full; fix: free some space';
    const health = { readAt: TUESDAY, failing: [], isKeyRefused: false, trouble };
    expect(await ask('/readyz', { health })).toMatchObject({ status: 503, body: { store: trouble } });
  });

  it('/readyz logs a broken store once every ten minutes, until it works again', () => {
    const time = { now: TUESDAY };
    const said: string[] = [];
    const note = (_: object, message: string) => void said.push(message);
    const logger = { info: note, warn: note, error: note } as unknown as Logger;
    const { readHealth } = createPollingMemory({ config: aConfig(), clock: () => time.now, logger });
    const full = new StoreError('full', 'the disk is full');
    for (let n = 0; n < 20; n += 1) readHealth.troubled(full, 'poll failed; will retry');
    expect(said).toEqual(['poll failed; will retry']);
    expect(readHealth.trouble()).toEqual({ text: 'the disk is full', at: time.now });
    readHealth.troubled(new Error('another'), 'sending failed');
    time.now += 11 * MINUTE;
    readHealth.troubled(full, 'poll failed; will retry');
    expect(said).toEqual(['poll failed; will retry', 'sending failed', 'poll failed; will retry']);
    readHealth.end([{ source: { resource: 'messages' }, platforms: [] } as unknown as Stream]);
    expect(readHealth.trouble()).toBeNull();
  });

  it('a failed API call of the dashboard is logged with its cause', async () => {
    const cause = new Error('no such table: sends');
    const panel = { metrics: () => Promise.reject(cause) } as unknown as Panel;
    const told: unknown[] = [];
    const health = async () => ({ readAt: TUESDAY, failing: [], isKeyRefused: false });
    const onError = (path: string, error: unknown) => told.push([path, error]);
    const site = createSite({ token: 'secret', health, clock: () => TUESDAY, panel, onError });
    const server = await serve(site, { host: '127.0.0.1', port: 0 });
    onTestFinished(server.close);
    const headers = { authorization: 'Bearer secret' };
    const response = await fetch(`http://127.0.0.1:${server.port}/metrics`, { headers });
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('no such table');
    expect(told).toEqual([['/metrics', cause]]);
  });

  it('/readyz stays ready on the previous rules, and names the errors in changed ones', async () => {
    const rulesFaults = ['rules/faq.yaml:3:5: unknown key "keyword"; did you mean "keywords"?'];
    const health = { readAt: TUESDAY, failing: [], isKeyRefused: false, rulesFaults };
    const { status, body } = await ask('/readyz', { health });
    expect([status, body['rules_faults']]).toEqual([200, rulesFaults]);
    const { body: fixed } = await ask('/readyz', { health: { ...health, rulesFaults: [] } });
    expect(fixed).not.toHaveProperty('rules_faults');
  });

  it('only /healthz responds without the token', async () => {
    const health = { readAt: TUESDAY, failing: [], isKeyRefused: false };
    expect((await ask('/readyz', { health, token: 'secret' })).status).toBe(401);
    expect(
      (await ask('/readyz', { health, token: 'secret', headers: { authorization: 'Bearer wrong' } })).status,
    ).toBe(401);
    expect(
      (await ask('/readyz', { health, token: 'secret', headers: { authorization: 'Bearer secret' } })).status,
    ).toBe(200);
    expect((await ask('/healthz', { health, token: 'secret' })).status).toBe(200);
  });
});

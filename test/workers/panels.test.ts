import { describe, expect, it, onTestFinished } from 'vitest';
import type { Config } from '../../src/domain/config.js';
import type { Platform } from '../../src/domain/event.js';
import { DAY } from '../../src/domain/time.js';
import { createSharedPanels } from '../../src/server/shared-panels.js';
import type { Served } from '../../src/store/postgres/open.js';
import { postgresStore, takeOver, workspaceOf } from '../../src/store/postgres/store.js';
import { aConfig, anEvent } from '../builders.js';
import { usePostgres } from '../postgres/use.js';
import { aRuleSet } from '../scenes/rule-set.js';

const RULES =
  'version: 1\nrules:\n  - { id: pricing, on: message, keywords: [price], reply: From 20 EUR. }\n';

let served: Served;
usePostgres((opened) => (served = opened));

/** A person wrote to each workspace; then the dashboards are served. */
async function aSite(configs: readonly Config[], token: string | null) {
  for (const { workspace } of configs) {
    const number = await workspaceOf(served, workspace);
    const store = postgresStore(served, await takeOver(served, number, 'test', Date.now), Date.now);
    const contact = { id: `customer of ${workspace}`, name: null, username: null };
    await store.recordPage(
      'messages',
      [{ event: anEvent({ sourceId: workspace, contact }), beforeStart: false }],
      null,
    );
  }
  const panels = createSharedPanels({
    served,
    numberOf: (workspace) => workspaceOf(served, workspace),
    projectOf: async () => null,
    workspaces: configs.map((config) => ({ config, set: aRuleSet(RULES, config) })),
    clock: Date.now,
  });
  const site = await panels.serve({ host: '127.0.0.1', port: 0, token });
  onTestFinished(() => site.close());
  const url = `http://127.0.0.1:${site.port}`;
  const ask = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${url}${path}`, { headers });
  const logIn = async (given: string): Promise<string | null> => {
    const answer = await fetch(`${url}/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-requested-with': 'autoresponder' },
      body: JSON.stringify({ token: given }),
    });
    if (!answer.ok) return null;
    return answer.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; ');
  };
  return { ask, logIn, url, panels };
}

const bakery = aConfig({ workspace: 'bakery', token: 'token-of-bakery' });
const florist = aConfig({ workspace: 'florist', token: 'token-of-florist' });
const silent = aConfig({ workspace: 'silent', token: null });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('the dashboards of several workspaces', () => {
  it('show each owner their own people, by the token of the workspace', async () => {
    const { ask } = await aSite([bakery, florist, silent], 'common');
    for (const name of ['bakery', 'florist']) {
      const answer = await ask('/api/people', bearer(`token-of-${name}`));
      const { people } = (await answer.json()) as { people: { contactId: string }[] };
      expect(people.map(({ contactId }) => contactId)).toEqual([`customer of ${name}`]);
    }
  });

  it('open to nobody without a token, with a wrong one, or with that of the server', async () => {
    const { ask, logIn } = await aSite([bakery, florist, silent], 'common');
    expect((await ask('/api/people')).status).toBe(401);
    expect((await ask('/api/people', bearer('nonsense'))).status).toBe(401);
    expect((await ask('/api/people', bearer('common'))).status).toBe(401);
    expect((await ask('/metrics', bearer('nonsense'))).status).not.toBe(200);
    expect(await logIn('nonsense')).toBeNull();
    expect((await ask('/healthz')).status).toBe(200);
  });

  it('keep a browser to the workspace that it logged in to, whatever it says of itself', async () => {
    const { ask, logIn } = await aSite([bakery, florist], null);
    const cookie = await logIn('token-of-bakery');
    const own = await ask('/api/people', { cookie: cookie ?? '' });
    expect(await own.json()).toMatchObject({ people: [{ contactId: 'customer of bakery' }] });
    const forged = (cookie ?? '').replace(
      'autoresponder_workspace=bakery',
      'autoresponder_workspace=florist',
    );
    expect(forged).not.toBe(cookie);
    expect((await ask('/api/people', { cookie: forged })).status).toBe(401);
    expect((await ask('/api/people', { cookie: 'autoresponder_workspace=silent' })).status).toBe(401);
  });

  it('are ready when the lists of their workspace were read, by whichever worker', async () => {
    const { ask } = await aSite([bakery, florist], null);
    const number = await workspaceOf(served, 'bakery');
    const store = postgresStore(served, await takeOver(served, number, 'test', Date.now), Date.now);
    const read = (platform: Platform, at: number) =>
      store.endPoll([{ resource: 'messages', marks: new Map([[platform, at]]), at }], at);
    await read('instagram', Date.now());
    // Of an account that is no longer configured.
    await read('bluesky', Date.now() - DAY);
    expect((await ask('/readyz', bearer('token-of-bakery'))).status).toBe(200);
    expect((await ask('/readyz', bearer('token-of-florist'))).status).toBe(503);
    expect((await ask('/readyz')).status).toBe(401);
  });

  it('make those wait who guess whose token it might be', async () => {
    const { ask } = await aSite([bakery, florist], null);
    for (let guess = 0; guess < 5; guess += 1) {
      expect((await ask('/api/people', bearer(`guess ${guess}`))).status).toBe(401);
    }
    expect((await ask('/api/people', bearer('token-of-bakery'))).status).toBe(429);
    expect((await ask('/healthz', bearer('token-of-bakery'))).status).toBe(200);
  });

  it('read no more of a login than a login is', async () => {
    const { url } = await aSite([bakery, florist], null);
    const body = JSON.stringify({ token: 'x'.repeat(3_000_000) });
    expect((await fetch(`${url}/login`, { method: 'POST', body })).status).toBe(413);
  });

  it('say that changed rules are not used, and of faults only those in files of their own', async () => {
    const own = [bakery, florist].map((config) => ({ ...config, rulesPath: `/shops/${config.workspace}` }));
    const { ask, panels } = await aSite(own, null);
    const fault = {
      severity: 'error',
      code: 'unknown-key',
      line: 3,
      column: 5,
      message: 'unknown key',
      mend: null,
      frame: '',
    } as const;
    panels.refuse([{ ...fault, file: '/shops/bakery/faq.yaml' }]);
    const faults = async (name: string) => {
      const answer = await ask('/api/attention', bearer(`token-of-${name}`));
      const { problem } = (await answer.json()) as { problem: { faults: string[] } | null };
      return problem?.faults ?? null;
    };
    expect(await faults('bakery')).toEqual(['/shops/bakery/faq.yaml:3:5: unknown key']);
    expect(await faults('florist')).toEqual([expect.stringMatching(/^other files .* the log/u)]);
    panels.swap('bakery', aRuleSet(RULES, bakery));
    expect(await faults('bakery')).toBeNull();
  });

  it('have figures of their own', async () => {
    const { ask } = await aSite([bakery, florist], null);
    const text = await (await ask('/metrics', bearer('token-of-bakery'))).text();
    expect(text).toMatch(/^autoresponder_live 1$/mu);
    expect(text).not.toContain('florist');
  });

  it('is that of the server where there is one workspace', async () => {
    const alone = aConfig({ workspace: 'alone' });
    const { ask } = await aSite([alone], 'common');
    expect((await ask('/api/people')).status).toBe(401);
    const answer = await ask('/api/people', bearer('common'));
    expect(await answer.json()).toMatchObject({ people: [{ contactId: 'customer of alone' }] });
  });
});

import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { type Caller, ROLES, type Role } from '../../src/domain/role.js';
import { createApi } from '../../src/server/api.js';
import { AGENCY, createGate } from '../../src/server/gate.js';
import { createSite } from '../../src/server/site.js';
import type { Panel } from '../../src/server/panel.js';
import { aConfig, TUESDAY } from '../builders.js';

/** A program in which any change is an error: a role is refused before anything is asked of it. */
function anApi(role: Role) {
  const changed: unknown[] = [];
  const panel = {
    config: aConfig({ server: { host: '127.0.0.1', port: 0, token: 'x', editRules: true } }),
    clock: () => TUESDAY,
    set: () => ({ rules: [], written: [] }),
    onChange: () => () => undefined,
    command: async (command: unknown) => {
      changed.push(command);
      throw new Error('changed');
    },
  } as unknown as Panel;
  const api = createApi(panel, () => ({ name: 'mia', role }));
  return { api, changed, panel };
}

const ROUTES = anApi('owner').api.routes.filter(({ method }) => !['GET', 'ALL'].includes(method));
const READING = ['/try', '/diff'];
const paths = [...new Set(ROUTES.map(({ method, path }) => `${method} ${path}`))];

describe('a token with the role viewer', () => {
  it('is tried on every route that changes something', () => {
    expect(paths).toEqual(expect.arrayContaining(['POST /pause', 'POST /drafts/:id/approve']));
    expect(paths.length).toBeGreaterThan(10);
  });

  it.each(paths.filter((each) => !READING.some((path) => each.endsWith(` ${path}`))))(
    'is refused: %s',
    async (route) => {
      const [method = '', path = ''] = route.split(' ');
      const { api, changed } = anApi('viewer');
      const answer = await api.request(path.replaceAll(/:\w+/gu, '1'), {
        method,
        body: '{}',
        headers: { 'content-type': 'application/json' },
      });
      expect([answer.status, changed]).toEqual([403, []]);
    },
  );
});

it.each(['nonsense', '0', '-1', '1.5', 'Infinity'])(
  'a change of the draft or send %s is refused',
  async (id) => {
    const { api, changed } = anApi('owner');
    for (const path of paths
      .map((each) => each.split(' ')[1] ?? '')
      .filter((each) => each.includes('/:id/'))) {
      const body = JSON.stringify({ version: 0 });
      const headers = { 'content-type': 'application/json' };
      const answer = await api.request(path.replace(':id', id), { method: 'POST', body, headers });
      expect([path, answer.status, changed]).toEqual([path, 400, []]);
    }
  },
);

it('the owner of one workspace changes no rules that others use; the agency does', async () => {
  const { panel } = anApi('owner');
  const shared = { ...panel, config: { ...panel.config, sharesRules: true } };
  const closedFor = async (caller: Caller): Promise<unknown> => {
    const answer = await createApi(shared, () => caller).request('/rule-files/files/a.yaml');
    return [answer.status, ((await answer.json()) as { error: string }).error];
  };
  const refused = [403, expect.stringContaining('other workspaces use these rules as well') as unknown];
  expect(await closedFor({ name: 'owner', role: 'owner' })).toEqual(refused);
  expect(await closedFor({ name: 'agency', role: 'owner' })).toEqual(refused);
  expect(await closedFor(AGENCY)).toEqual([404, 'the rules folder has no file a.yaml']);
});

it('an agent changes no rules', async () => {
  const { api } = anApi('agent');
  for (const { path } of ROUTES.filter(({ path }) => path.startsWith('/rule-files'))) {
    const answer = await api.request(path.replaceAll(/:\w+/gu, '1'), { method: 'POST', body: '{}' });
    expect([path, answer.status]).toEqual([path, 403]);
  }
});

describe('the site, for the token of a viewer', () => {
  const { changed, panel } = anApi('owner');
  const token = 'token-of-vi';
  const tokens = [{ name: 'vi', role: 'viewer' as const, token }];
  const page = { body: new TextEncoder().encode('<div id="app">'), type: 'text/html', isHashed: false };
  const assets = new Map([['/index.html', { ...page, gzip: () => page.body }]]);
  const health = () => Promise.reject(new Error('not asked'));
  const site = createSite({ token: 'the-owner', tokens, clock: () => TUESDAY, panel, health, assets });
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'x-requested-with': 'autoresponder',
  };
  const all = site.routes.flatMap(({ method, path }) =>
    (method === 'ALL' ? ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] : [method]).map(
      (verb) => `${verb} ${path}`,
    ),
  );

  it('changes nothing on any route', async () => {
    const tried = [...new Set(all)].filter((route) => !route.endsWith('/changes'));
    expect(tried.length).toBeGreaterThan(40);
    for (const route of tried) {
      const [method = '', path = ''] = route.split(' ');
      const url = `http://127.0.0.1${path.replaceAll(/:\w+/gu, '1').replaceAll('*', 'x')}`;
      const answer = await site.request(url, {
        method,
        headers,
        ...(method === 'GET' ? {} : { body: '{}' }),
      });
      const isAllowed = method === 'GET' || /\/(?:try|diff|login|logout)$/u.test(path);
      expect([route, isAllowed || answer.status === 403 || answer.status === 404]).toEqual([route, true]);
    }
    expect(changed).toEqual([]);
  });

  it.each(['/metrics', '/readyz'])('%s is not refused, so Prometheus needs no more', async (path) => {
    const { status } = await site.request(`http://127.0.0.1${path}`, { headers });
    expect([401, 403]).not.toContain(status);
    const nobody = await site.request(`http://127.0.0.1${path}`);
    expect(nobody.status).toBe(401);
  });

  it('names the person and the role, so that the page hides what they may not do', async () => {
    const answer = await site.request('http://127.0.0.1/session', { headers });
    expect(await answer.json()).toMatchObject({ isIn: true, name: 'vi', role: 'viewer' });
  });
});

describe('the tokens of `server.tokens`', () => {
  const tokens = ROLES.map((role) => ({ name: `a ${role}`, role, token: `token-of-${role}` }));
  const gate = createGate('the-owner', () => TUESDAY, { tokens });
  const site = new Hono().use(gate.guard).all('/', (c) => c.json(gate.callerOf(c)));
  const ask = (token: string) =>
    site.request('http://127.0.0.1/', { headers: { authorization: `Bearer ${token}` } });

  it.each(tokens)('name their person and role: $role', async ({ name, role, token }) => {
    expect(await (await ask(token)).json()).toEqual({ name, role });
  });

  it('leave the token of the owner as it was, and let nobody else in', async () => {
    expect(await (await ask('the-owner')).json()).toEqual({ name: 'owner', role: 'owner' });
    expect((await ask('token-of-nobody')).status).toBe(401);
  });

  it('keep their role after a login', async () => {
    const open = new Hono().post('/login', async (c) => c.text(gate.logIn(c, await c.req.text())));
    const login = await open.request('/login', { method: 'POST', body: 'token-of-viewer' });
    const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
    const answer = await site.request('http://127.0.0.1/', { headers: { cookie } });
    expect(await answer.json()).toEqual({ name: 'a viewer', role: 'viewer' });
  });
});

import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { request } from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import type { RuleFileView } from '../../src/server/edit-views.js';
import type { RulesView } from '../../src/server/views.js';
import { matching, PROCESSES } from '../e2e/cli.js';
import { served } from './stage.js';

const OWN = { 'x-requested-with': 'autoresponder', 'content-type': 'application/json' };
const TOKEN = 'a-token-of-the-test';
const WITH_TOKEN = { server: `{ port: 0, token: ${TOKEN} }` };

interface Said {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Sends requests without `fetch`, which forbids setting the headers that matter here. */
async function ask(
  url: string,
  {
    method = 'GET',
    headers = {},
    body = '',
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Said> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method, headers }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }),
      );
    });
    call.on('error', reject);
    call.end(body);
  });
}

describe.concurrent('the dashboard without a token', PROCESSES, () => {
  it('accepts only this machine under its own host names: DNS rebinding is refused', async (test) => {
    const { url } = await served(test);
    expect((await ask(`${url}/api/now`)).status).toBe(200);
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:80']) {
      expect([host, (await ask(`${url}/api/now`, { headers: { host } })).status]).toEqual([host, 403]);
    }
    const { port } = new URL(url);
    expect((await ask(`${url}/api/now`, { headers: { host: `localhost:${port}` } })).status).toBe(200);
    expect((await ask(`${url}/healthz`, { headers: { host: 'evil.example' } })).status).toBe(200);
    const { body } = await ask(`${url}/readyz`, { headers: { host: 'evil.example' } });
    expect(Object.keys(JSON.parse(body) as object)).toEqual(['status']);
  });

  it('refuses changes requested by another site in the same browser', async (test) => {
    const { url, cli } = await served(test);
    const pause = { method: 'POST', body: JSON.stringify({ scope: 'all', for: null }) };
    // Requests that a form or script of another site could send if the header were not checked.
    for (const headers of [
      { 'content-type': 'text/plain' },
      { ...OWN, origin: 'https://evil.example' },
      { ...OWN, origin: 'null' },
      { 'content-type': 'application/json', origin: url },
    ]) {
      expect((await ask(`${url}/api/pause`, { ...pause, headers })).status).toBe(403);
    }
    expect((await cli('status', '--json')).stdout).toContain('"pauses":[]');
    expect((await ask(`${url}/api/pause`, { ...pause, headers: { ...OWN, origin: url } })).status).toBe(200);
    const nowhere = {
      method: 'POST',
      headers: OWN,
      body: JSON.stringify({ scope: 'account:shop-igg', for: null }),
    };
    expect(await ask(`${url}/api/pause`, nowhere)).toMatchObject({
      status: 400,
      body: '{"error":"the configuration has no account shop-igg"}',
    });
    expect((await cli('status', '--json')).stdout).toContain('"scope":"all"');
  });

  it('runs only its own scripts (Content-Security-Policy)', async (test) => {
    const { url } = await served(test);
    const { headers, body } = await ask(url);
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:|data:/u);
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
    // No browser executes a data block, and no text in the block can end it.
    expect(body).not.toMatch(/<script(?![^>]* src=)(?! type="application\/json" id="data">[^<]*<\/script>)/u);
    expect(body).toContain('"/api/now":{');
    expect(headers['cache-control']).toBe('no-store');
    const zipped = await fetch(`${url}${/src="(?<path>[^"]*)"/u.exec(body)?.groups?.['path'] ?? ''}`);
    expect(zipped.headers.get('content-encoding')).toBe('gzip');
    expect(await zipped.text()).toContain('Autoresponder');
    expect(body).not.toMatch(/ style=| on[a-z]+=/u);
    expect((await ask(`${url}/assets/../../package.json`)).body).not.toContain('dependencies');
    expect((await ask(`${url}/assets/%2e%2e/%2e%2e/package.json`)).body).not.toContain('dependencies');
  });

  it('pauses a contact or a conversation that the store knows, others only as unseen', async (test) => {
    const { url, cli, sandbox, settled } = await served(test);
    const contact = { id: 'ana:1', name: 'Ana' };
    const { conversationId } = sandbox.receive({ account: 'shop-ig', contact, text: 'price?' });
    await settled('replied');
    const pause = (body: object) =>
      ask(`${url}/api/pause`, {
        method: 'POST',
        headers: OWN,
        body: JSON.stringify({ ...body, for: null }),
      });
    for (const [scope, kind] of [
      ['contact:4711', 'contact'],
      ['contact:Ana', 'contact'],
      ['contact:ana', 'contact'],
      ['conversation:nowhere', 'conversation'],
    ] as const) {
      const { status, body } = await pause({ scope });
      const text = `no ${kind} with the id \\"${scope.replace(/^\w+:/u, '')}\\" is in the store; fix: `;
      expect([scope, status, body]).toEqual([scope, 404, expect.stringContaining(text)]);
    }
    expect((await cli('status', '--json')).stdout).toContain('"pauses":[]');
    for (const body of [
      { scope: 'contact:ana:1' },
      { scope: `conversation:${conversationId}` },
      { scope: 'contact:4711', unseen: true },
    ]) {
      expect(await pause(body)).toMatchObject({ status: 200 });
      expect((await cli('status', '--json')).stdout).toContain(`"scope":"${body.scope}"`);
    }
  });

  it('reports what is wrong with a request, and nothing more', async (test) => {
    const { url } = await served(test);
    const post = (path: string, body: string) =>
      ask(`${url}/api/${path}`, { method: 'POST', headers: OWN, body });
    expect(await post('pause', '{"scope":"everything"}')).toMatchObject({ status: 400 });
    expect(await post('pause', 'no JSON')).toMatchObject({ status: 400 });
    for (const length of [9_007_199_254_740_991, 36_501 * 24 * 3_600_000]) {
      const endless = await post('pause', JSON.stringify({ scope: 'all', for: length }));
      expect(endless).toMatchObject({ status: 400, body: matching(/longer than 100 years; fix: /u) });
    }
    expect(await post('sends/99/retry', '')).toMatchObject({ status: 409 });
    expect(await post('sends/x/retry', '')).toMatchObject({ status: 400 });
    expect(await post('try', '{"text":"a","kind":"message","account":"nobody","at":1}')).toMatchObject({
      status: 400,
    });
    expect(await post('diff', `{"rules":"${'x'.repeat(1_500_000)}"}`)).toMatchObject({ status: 400 });
    expect(await ask(`${url}/api/nothing`)).toMatchObject({ status: 404 });
    expect(await ask(`${url}/api/events/message:none`)).toMatchObject({ status: 404 });
    expect(await ask(`${url}/api/events?before=x`)).toMatchObject({ status: 400 });
  });
});

describe.concurrent('rule files in the dashboard', PROCESSES, () => {
  it('can be changed if `server.edit_rules` allows it, and the former version is kept', async (test) => {
    const { url, folder, read, write } = await served(test, {
      config: { server: '{ port: 0, edit_rules: true }' },
    });
    const api = `${url}/api/rule-files`;
    const get = async <T>(path: string) => JSON.parse((await ask(`${api}${path}`)).body) as T;
    const post = async (path: string, body: object) => {
      const { status, body: text } = await ask(`${api}${path}`, {
        method: 'POST',
        headers: OWN,
        body: JSON.stringify(body),
      });
      return { status, body: JSON.parse(text) as Record<string, unknown> };
    };
    const active = async () => {
      const { body } = await ask(`${url}/api/rules`);
      return (JSON.parse(body) as RulesView).rules.map(({ id, mode }) => `${id} ${mode}`);
    };
    expect(await get('')).toEqual({ closed: null, files: ['rules.yaml'], off: [] });
    expect(await get<object>('/schema')).toMatchObject({ type: 'object' });
    const opened = await get<RuleFileView>('/files/rules.yaml');
    expect(opened.text).toBe(read('rules/rules.yaml'));

    // The text is checked and tested while it is typed, and nothing is written.
    const dearer = opened.text
      .replace('From 20 EUR', 'From 30 EUR')
      .replace('expect: silent', 'expect: { rule: pricing }');
    const checked = await post('/files/rules.yaml/check', { text: dearer, replay: true });
    expect(checked).toMatchObject({
      status: 200,
      body: { faults: [], tests: [{ failures: [] }, { name: 'says hello' }], diff: { replayed: 0 } },
    });
    const failures = (checked.body['tests'] as { failures: string[] }[])[1]?.failures;
    expect(failures).toHaveLength(1);
    const broken = opened.text.replace('on: message', 'om: message');
    const fault = { severity: 'error', file: 'rules.yaml', line: 3, column: 20, message: matching(/"om"/u) };
    expect((await post('/files/rules.yaml/check', { text: broken })).body).toMatchObject({
      faults: expect.arrayContaining([expect.objectContaining(fault)]) as unknown,
      tests: null,
    });
    expect(await post('/files/rules.yaml', { ...opened, text: broken })).toMatchObject({
      status: 422,
      body: { faults: expect.arrayContaining([expect.objectContaining(fault)]) as unknown },
    });
    expect(read('rules/rules.yaml')).toBe(opened.text);

    const saved = await post('/files/rules.yaml', { ...opened, text: dearer });
    expect(saved).toMatchObject({ status: 200, body: { problem: null } });
    expect(read('rules/rules.yaml')).toBe(dearer);
    expect(read(`rules/${String(saved.body['kept'])}`)).toBe(opened.text);
    expect((await ask(`${url}/api/rules`)).body).toContain('From 30 EUR');

    // A click on the switch saves the file in the same way.
    expect(await post('/switch', { id: 'guide', file: 'rules.yaml', to: 'off' })).toMatchObject({
      status: 200,
    });
    expect(await active()).toEqual(['pricing live']);
    expect(await get('')).toMatchObject({ off: [{ id: 'guide', file: 'rules.yaml' }] });
    expect(await post('/switch', { id: 'guide', file: 'rules.yaml', to: 'shadow' })).toMatchObject({
      status: 200,
    });
    expect(await active()).toEqual(['pricing live', 'guide shadow']);
    expect(await post('/switch', { id: 'nobody', file: 'rules.yaml', to: 'off' })).toMatchObject({
      status: 409,
    });

    // Somebody else changed the file since it was opened.
    const mine = await get<RuleFileView>('/files/rules.yaml');
    write('rules/rules.yaml', mine.text.replace('Here it is.', 'Here you are.'));
    expect(
      await post('/files/rules.yaml', { ...mine, text: mine.text.replace('Here it is.', 'Mine.') }),
    ).toMatchObject({
      status: 409,
      body: {
        diff: expect.arrayContaining([
          { kind: 'removed', text: matching(/Here you are\./u) },
          { kind: 'added', text: matching(/Mine\./u) },
        ]) as unknown,
      },
    });
    expect(read('rules/rules.yaml')).toContain('Here you are.');

    // No file outside the rules folder is opened, nor through a link.
    write('outside.yaml', 'version: 1\n');
    symlinkSync(join(folder, 'outside.yaml'), join(folder, 'rules', 'linked.yaml'));
    const names = [
      '..%2foutside.yaml',
      '%2e%2e%2foutside.yaml',
      '.hidden.yaml',
      'rules.txt',
      'linked.yaml',
      'none.yaml',
    ];
    for (const name of [...names, '..%5coutside.yaml', '.old%2fx.yaml', '%00.yaml']) {
      expect([name, (await ask(`${api}/files/${name}`)).status]).toEqual([name, 404]);
      const put = await post(`/files/${name}`, { text: 'version: 1\n', version: '' });
      expect([name, put.status]).toEqual([name, 404]);
    }
    expect(read('outside.yaml')).toBe('version: 1\n');
  });

  it('cannot be changed without `server.edit_rules`', async (test) => {
    const { url } = await served(test);
    expect((await ask(`${url}/api/rule-files`)).body).toContain('server.edit_rules: true');
    for (const path of ['/files/rules.yaml', '/schema']) {
      expect([path, (await ask(`${url}/api/rule-files${path}`)).status]).toEqual([path, 403]);
    }
    for (const path of ['/files/rules.yaml', '/files/rules.yaml/check', '/switch']) {
      const { status } = await ask(`${url}/api/rule-files${path}`, {
        method: 'POST',
        headers: OWN,
        body: '{}',
      });
      expect([path, status]).toEqual([path, 403]);
    }
  });
});

describe('the files of the dashboard', () => {
  it('are at most 120 kB compressed', () => {
    const folder = fileURLToPath(new URL('../../dist/dashboard/', import.meta.url));
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) =>
      each.isFile(),
    );
    const sizes = files.map(({ parentPath, name }) => gzipSync(readFileSync(join(parentPath, name))).length);
    expect(files.length).toBeGreaterThan(2);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(120_000);
  });
});

describe.concurrent('/metrics', PROCESSES, () => {
  it('counts sends that failed after Blotato accepted them, and the log has them too', async (test) => {
    const { url, sandbox, settled, program } = await served(test);
    const { id } = sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price?' });
    // Without a message of the contact the messaging window is closed in the sandbox, and accepted sends fail later.
    sandbox.fault(({ method }) => {
      if (method === 'POST') sandbox.world.deleteMessage(id);
      return 'none';
    });
    await settled('failed');
    await vi.waitFor(() => expect(program.stderr()).toContain('"msg":"send ended"'), { timeout: 60_000 });
    const ended = program
      .stderr()
      .split('\n')
      .find((line) => line.includes('"msg":"send ended"'));
    expect(JSON.parse(ended ?? '')).toMatchObject({
      level: 50,
      event: `message:${id}`,
      rule: 'pricing',
      state: 'failed',
      detail: expect.stringContaining('outside of the allowed window') as string,
    });
    const { body } = await ask(`${url}/metrics`);
    expect(body.split('\n')).toContain('autoresponder_failed_sends{account="shop-ig",reason="failed"} 1');
  });

  it('counts decisions and attempts, and is shown with the token only', async (test) => {
    const { url, sandbox, settled } = await served(test, { config: WITH_TOKEN });
    sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price?' });
    sandbox.receive({ account: 'shop-ig', contact: 'bo', text: 'hello' });
    await settled('replied');
    await settled('no_match');
    expect((await ask(`${url}/metrics`)).status).toBe(401);
    const { headers, body } = await ask(`${url}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } });
    expect(headers['content-type']).toContain('text/plain');
    for (const line of [
      'autoresponder_decisions_total{kind="message",platform="instagram",account="shop-ig",reason="no_match"} 1',
      'autoresponder_attempts_total{action="reply",platform="instagram",account="shop-ig",state="accepted"} 1',
      'autoresponder_queue_sends{account="shop-ig"} 0',
      'autoresponder_account_blocked{account="shop-fb"} 0',
      'autoresponder_rules 2',
      'autoresponder_rules_broken 0',
      'autoresponder_live 1',
      'autoresponder_lists_failing 0',
      'autoresponder_reading_late 0',
      'autoresponder_failed_sends{account="shop-fb",reason="private_reply_used"} 0',
    ]) {
      expect(body.split('\n')).toContain(line);
    }
    expect(body).toMatch(/^autoresponder_last_read_timestamp_seconds 1\d{9}/mu);
    // No text or name of a person becomes a label.
    expect(body).not.toMatch(/ana|price\?/u);
  });
});

describe.concurrent('the dashboard with a token', PROCESSES, () => {
  it('reveals nothing without the token, and exchanges it for an HttpOnly SameSite cookie', async (test) => {
    const { url } = await served(test, { config: WITH_TOKEN });
    expect((await ask(`${url}/api/now`)).status).toBe(401);
    expect((await ask(`${url}/readyz`)).status).toBe(401);
    expect((await ask(url)).body).not.toContain('id="data"');
    expect((await ask(`${url}/api/now`, { headers: { authorization: `Bearer ${TOKEN}` } })).status).toBe(200);
    expect((await ask(`${url}/api/now`, { headers: { authorization: `Bearer ${TOKEN}x` } })).status).toBe(
      401,
    );

    const login = (token: string) =>
      ask(`${url}/login`, {
        method: 'POST',
        headers: { ...OWN, origin: url },
        body: JSON.stringify({ token }),
      });
    expect((await login('wrong')).status).toBe(401);
    const { status, headers } = await login(TOKEN);
    const [cookie = ''] = headers['set-cookie'] ?? [];
    expect(status).toBe(200);
    expect(cookie).toMatch(/; HttpOnly/u);
    expect(cookie).toMatch(/; SameSite=Strict/u);
    expect(cookie).not.toContain(TOKEN);
    const session = { cookie: cookie.split(';')[0] ?? '' };
    expect((await ask(`${url}/api/now`, { headers: session })).status).toBe(200);
    expect((await ask(url, { headers: session })).body).toContain('id="data"');
    expect((await ask(`${url}/api/now`, { headers: { cookie: 'autoresponder_session=' } })).status).toBe(401);

    await ask(`${url}/logout`, { method: 'POST', headers: { ...session, ...OWN } });
    expect((await ask(`${url}/api/now`, { headers: session })).status).toBe(401);
  });

  it('blocks a client for a while after wrong tokens', async (test) => {
    const { url } = await served(test, { config: WITH_TOKEN });
    const login = (token: string) =>
      ask(`${url}/login`, { method: 'POST', headers: OWN, body: JSON.stringify({ token }) });
    for (let guess = 0; guess < 5; guess += 1) expect((await login(`guess ${guess}`)).status).toBe(401);
    expect(await login(TOKEN)).toMatchObject({ status: 429, headers: { 'retry-after': '60' } });

    const figures = (token: string) =>
      ask(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
    // Failed logins from the address do not block Prometheus.
    expect((await figures(TOKEN)).status).toBe(200);
    // A scraper that still sends an old token blocks nobody either.
    for (let scrape = 0; scrape < 9; scrape += 1) expect((await figures('of last year')).status).toBe(401);
    expect((await figures(TOKEN)).status).toBe(200);
    for (let guess = 0; guess < 5; guess += 1) await figures(`guess ${guess}`);
    expect(await figures(TOKEN)).toMatchObject({ status: 429, headers: { 'retry-after': '60' } });
    expect(await ask(`${url}/session`, { headers: { authorization: `Bearer ${TOKEN}` } })).toMatchObject({
      body: matching(/^\{"isIn":false,"needsToken":true,/u),
    });
  });

  it('never shows the token or the API key', async (test) => {
    const { url, sandbox, settled } = await served(test, { config: WITH_TOKEN });
    sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price?' });
    await settled('replied');
    const headers = { authorization: `Bearer ${TOKEN}` };
    const event = JSON.parse((await ask(`${url}/api/events`, { headers })).body) as {
      events: { id: string }[];
    };
    const paths = [
      'now',
      'events',
      'attention',
      'people',
      'rules',
      'tests',
      `events/${event.events[0]?.id ?? ''}`,
      'people/shop-ig/ana',
    ];
    for (const path of paths) {
      const { status, body } = await ask(`${url}/api/${path}`, { headers });
      expect([path, status]).toEqual([path, 200]);
      expect(body).not.toContain(TOKEN);
      expect(body).not.toContain(sandbox.apiKey);
    }
  });
});

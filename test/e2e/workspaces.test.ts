import { mkdirSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { startSharedSandbox, type Tenant } from '../../src/sandbox/server.js';
import { usePostgres } from '../postgres/use.js';
import { aProject, type Cleanup, lines, matching, PROCESSES, RULES } from './cli.js';
import { runHere } from './run-here.js';

const NAMES = ['bakery', 'florist'] as const;
type Name = (typeof NAMES)[number];
const keyOf = (name: Name): string => `key-of-${name}`;
const databases = usePostgres();
const PATIENCE = { timeout: 60_000, interval: 50 };

/** Two workspaces in files of a folder, each with rules of its own; both were polled once. */
async function twoShops(test: Cleanup) {
  const api = await startSharedSandbox(NAMES.map(keyOf), { limits: null, queuedFor: 20 });
  test.onTestFinished(() => api.close());
  const project = await aProject(test);
  const shop = (name: Name): Tenant => api.tenants.get(keyOf(name))!;
  mkdirSync(join(project.folder, 'workspaces'));
  project.write(
    'config.yaml',
    `version: 1
mode: live
store: ${await databases.database()}
blotato: { base_url: "${api.url}" }
workspaces: ./workspaces
throttle: { sends_per_minute: 6000, reads_per_minute: 6000 }
log: { level: info, pretty: false }
`,
  );
  for (const name of NAMES) {
    const { id, nativeId } = shop(name).world.accounts.find((account) => account.name === 'shop-ig')!;
    project.write(`${name}.yaml`, RULES);
    project.write(
      `workspaces/${name}.yaml`,
      `blotato: { api_key: ${keyOf(name)} }
token: token of ${name}
rules: ../${name}.yaml
accounts: [{ name: shop-ig, id: "${id}", platform: instagram, native_id: "${nativeId}" }]
`,
    );
  }
  expect(await project.cli('run', '--once')).toMatchObject({ code: 0 });
  return {
    ...project,
    shop,
    ask: (contact: string) => {
      for (const name of NAMES) shop(name).receive({ account: 'shop-ig', contact, text: 'price?' });
    },
    answered: (name: Name) =>
      shop(name)
        .sends()
        .map((send) => send.recipientId),
    status: async (name: Name) => {
      const { code, stdout } = await project.cli('status', '--json', '--workspace', name);
      return { code, ...(JSON.parse(stdout) as Record<string, unknown>) };
    },
  };
}

describe.concurrent('run with several workspaces', PROCESSES, () => {
  it('serves a workspace whose rules have errors by its last valid rules, and the others as usual', async (test) => {
    const { ask, answered, shop, status, write, cli } = await twoShops(test);
    write('bakery.yaml', RULES.replace('keywords: [price]', 'keyword: [price]'));
    write('florist.yaml', RULES.replace('From 20', 'From 30'));
    ask('ana');
    const { code, stderr } = await cli('run', '--once');
    expect(stderr).toContain(
      'the rules of a workspace have errors; its last rules without errors are active',
    );
    expect(stderr).toMatch(/bakery\.yaml:3:\d+: unknown key \\?"keyword\\?"/u);
    expect([code, answered('bakery'), answered('florist')]).toEqual([1, ['ana'], ['ana']]);
    expect([shop('bakery').sends()[0]?.text, shop('florist').sends()[0]?.text]).toEqual([
      expect.stringContaining('From 20'),
      expect.stringContaining('From 30'),
    ]);
    const faults = [expect.stringMatching(/bakery\.yaml:3:\d+: unknown key "keyword"/u)];
    expect(await status('bakery')).toMatchObject({
      ...{ code: 1, workspace: 'bakery', rules: { inForce: 2, problem: { faults } } },
    });
    expect(await status('florist')).toMatchObject({ code: 0, workspace: 'florist', rules: null });

    write('bakery.yaml', RULES);
    expect(await cli('run', '--once')).toMatchObject({ code: 0 });
    expect(await status('bakery')).toMatchObject({ code: 0, rules: null });
  });

  it('omits a workspace whose configuration has errors, serves the others, and stops if every one has errors', async (test) => {
    const { ask, answered, status, write, read, cli } = await twoShops(test);
    const bakery = read('workspaces/bakery.yaml');
    write('workspaces/bakery.yaml', `modus: live\n${bakery}`);
    ask('ana');
    const { code, stderr } = await cli('run', '--once');
    expect(stderr).toContain('a workspace is not served, because its files have errors');
    expect(stderr).toMatch(/workspaces\/bakery\.yaml:1:1: unknown key \\?"modus\\?"/u);
    expect([code, answered('bakery'), answered('florist')]).toEqual([1, [], ['ana']]);
    expect([(await status('bakery')).code, (await status('florist')).code]).toEqual([1, 0]);
    const shown = await cli('status', '--workspace', 'bakery');
    expect(shown.stderr).toContain('unknown key "modus"');
    expect(shown.stdout).toMatch(
      /^mode {5}unknown: the configuration has errors\nof {7}bakery\n[^]*\nworkers {2}none running\n/u,
    );

    write('config.yaml', `modus: live\n${read('config.yaml')}`);
    const stopped = await cli('run', '--once');
    expect(stopped).toMatchObject({ code: 1, stdout: '' });
    expect(stopped.stderr).toContain('config.yaml:1:1: error: unknown key "modus"');
    expect(stopped.stderr).not.toContain('"started"');
  });

  it('names a workspace that is missing from the configuration while its sends wait', async (test) => {
    const { ask, status, shop, folder, cli } = await twoShops(test);
    shop('bakery').fault(({ method }) => (method === 'POST' ? 'rate_limit' : 'none'));
    ask('ana');
    await cli('run', '--once');
    expect(await status('florist')).toMatchObject({ unserved: [] });
    rmSync(join(folder, 'workspaces/bakery.yaml'));
    expect(await status('florist')).toMatchObject({ unserved: [{ name: 'bakery', waiting: 1 }] });
    expect((await cli('status', '--workspace', 'florist')).stdout).toMatch(
      /unserved workspace bakery: 1 send waits/u,
    );
  });

  it('stops at the reload for a workspace that was removed, and continues when it is back', async (test) => {
    const { ask, answered, folder, read, write, run, status, shop } = await twoShops(test);
    write('config.yaml', `${read('config.yaml')}server: { port: 0, agency_token: token of all }\n`);
    const running = run('--config', join(folder, 'config.yaml'));
    const logged = (text: string) => vi.waitFor(() => expect(running.stderr()).toContain(text), PATIENCE);
    await logged('"msg":"dashboard started"');
    const port = /"address":"[^"]+:(\d+)"/u.exec(running.stderr())?.[1] ?? '';
    const get = async (path: string, token: string) =>
      fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: `Bearer ${token}` } });
    const shown = async () =>
      (
        (await (await get('/api/agency', 'token of all')).json()) as { rows: { workspace: string }[] }
      ).rows.map(({ workspace }) => workspace);
    expect([(await get('/api/now', 'token of bakery')).status, await shown()]).toEqual([200, [...NAMES]]);

    const bakery = read('workspaces/bakery.yaml');
    shop('bakery').fault(({ method }) => (method === 'POST' ? 'rate_limit' : 'none'));
    ask('ana');
    await vi.waitFor(() => expect(answered('florist')).toEqual(['ana']), PATIENCE);
    await vi.waitFor(
      async () => expect(await status('bakery')).toMatchObject({ sends: { pending: 1 } }),
      PATIENCE,
    );
    rmSync(join(folder, 'workspaces/bakery.yaml'));
    await logged(
      '"workspaces":["bakery"],"msg":"removed workspaces are no longer served, and their tokens open nothing"',
    );
    // Its running cycle may still send. It has ended when a whole cycle of the other one brings it no call.
    const calls = () => JSON.stringify(shop('bakery').calls());
    for (let before = '', n = 0; before !== calls(); n += 1) {
      before = calls();
      shop('florist').receive({ account: 'shop-ig', contact: `guest-${n}`, text: 'price?' });
      await vi.waitFor(() => expect(answered('florist')).toContain(`guest-${n}`), PATIENCE);
    }
    shop('bakery').fault(() => 'none');
    ask('ben');
    await vi.waitFor(() => expect(answered('florist')).toContain('ben'), PATIENCE);
    expect((await get('/api/now', 'token of bakery')).status).toBe(401);
    await vi.waitFor(async () => expect(await shown()).toEqual(['florist']), PATIENCE);
    await vi.waitFor(
      async () =>
        expect(await status('florist')).toMatchObject({ unserved: [{ name: 'bakery', waiting: 1 }] }),
      PATIENCE,
    );
    expect(answered('bakery')).toEqual([]);

    write('workspaces/bakery.yaml', bakery);
    await logged('"msg":"removed workspaces are served again"');
    await vi.waitFor(() => expect(new Set(answered('bakery'))).toEqual(new Set(['ana', 'ben'])), PATIENCE);
    expect((await get('/api/now', 'token of bakery')).status).toBe(200);
  });

  it('shows all workspaces, one a line, in `status` without a name', async (test) => {
    const { ask, shop, write, read, cli, folder } = await twoShops(test);
    const line = (name: string, rest: string) => new RegExp(`^${name} +${rest}$`, 'mu');
    const once = await cli('status');
    expect(once).toMatchObject({ code: 0, stderr: '' });
    expect(once.stdout.trim().split('\n')).toHaveLength(2);
    expect(once.stdout).toMatch(line('bakery', 'live +no worker runs it +0 waiting +read .+ ago'));

    shop('bakery').fault(({ method }) => (method === 'POST' ? 'rate_limit' : 'none'));
    write('florist.yaml', RULES.replace('keywords: [price]', 'keyword: [price]'));
    ask('ana');
    await cli('run', '--once');
    expect((await cli('pause', '--workspace', 'bakery')).stdout).toBe(
      'all of bakery: paused until `autoresponder resume --workspace bakery`\n',
    );
    const broken = await cli('status');
    expect(broken.code).toBe(1);
    expect(broken.stdout).toMatch(line('bakery', 'live +paused, no worker runs it +1 waiting +read .+ ago'));
    expect(broken.stdout).toMatch(
      line('florist', 'live .+ 0 waiting .+ NOT the rules in the files: .*florist\\.yaml:3:\\d+: .+'),
    );

    write('workspaces/florist.yaml', `modus: live\n${read('workspaces/florist.yaml')}`);
    rmSync(join(folder, 'workspaces/bakery.yaml'));
    write('workspaces/cafe.yaml', read('workspaces/florist.yaml').replaceAll('florist', 'cafe').slice(12));
    const { code, stdout, stderr } = await cli('status', '--json');
    expect(stderr).toContain('unknown key "modus"');
    expect([code, lines(stdout)]).toEqual([
      1,
      [
        expect.objectContaining({ workspace: 'bakery', mode: null, ready: false, waiting: 1 }),
        expect.objectContaining({
          workspace: 'cafe',
          mode: 'live',
          health: 'served from the next start',
          readAt: null,
        }),
        expect.objectContaining({
          workspace: 'florist',
          mode: null,
          health: 'its configuration has errors; no worker runs it',
          readAt: expect.stringMatching(/^20\d\d-/u) as string,
        }),
      ],
    ]);
  });

  it('counts in `status` what needs a person beside what waits', async (test) => {
    const { ask, shop, cli } = await twoShops(test);
    shop('bakery').fault(({ method }) => (method === 'POST' ? 'late_replied' : 'none'));
    ask('ana');
    await vi.waitFor(
      async () => {
        await cli('run', '--once');
        const { stdout } = await cli('status');
        expect(stdout).toMatch(/^bakery .* 0 waiting, 1 for a person \(outbox list\) +read/mu);
        expect(stdout).toMatch(/^florist .* 0 waiting +read/mu);
        // Each try starts two commands, which takes seconds on a busy machine.
      },
      { ...PATIENCE, timeout: 200_000 },
    );
    expect(lines((await cli('status', '--json')).stdout)).toMatchObject([
      { needPerson: 1 },
      { needPerson: 0 },
    ]);
  });

  it('counts in `status` the contacts who wait for a human', async (test) => {
    const { ask, write, cli } = await twoShops(test);
    const reply = `version: 1\nrules: [{ id: human, on: message, keywords: [price], reply: "A colleague will.", handoff: true }]\n`;
    write('bakery.yaml', reply);
    ask('ana');
    await cli('run', '--once');
    const { stdout } = await cli('status');
    expect(stdout).toMatch(/^bakery .* \d waiting, 1 contact for a human +read/mu);
    expect(stdout).toMatch(/^florist .* \d waiting +read/mu);
    expect(lines((await cli('status', '--json')).stdout)).toMatchObject([
      { waitForHuman: 1 },
      { waitForHuman: 0 },
    ]);
  });

  it('continues in a named workspace with the configuration that `migrate` prints', async (test) => {
    const project = await aProject(test, { config: { server: '{ port: 0 }' } });
    const { cli, sandbox, read, write, options } = project;
    write('config.yaml', `# of the shop\n${read('config.yaml')}\n# the last line\n`);
    expect(await cli('run', '--once')).toMatchObject({ code: 0 });
    sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'stop' });
    expect(await cli('run', '--once')).toMatchObject({ code: 0 });
    const to = await databases.empty();
    const args = ['migrate', '--from', 'sqlite:./data/autoresponder.db', '--to', to, '--workspace', 'bakery'];
    const moved = await cli(...args, '--json');
    expect(moved.code).toBe(0);
    const { config } = JSON.parse(moved.stdout) as { config: string };
    expect(config).toMatch(/^# of the shop\nversion: 1\n/u);
    expect(config).toMatch(/\nstore: \$\{DATABASE_URL\}\nworkspaces:\n {2}- name: bakery\n {4}mode: live\n/u);
    write('config.yaml', config);
    sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price?' });
    sandbox.receive({ account: 'shop-ig', contact: 'ben', text: 'price?' });
    const env = { ...options.env, DATABASE_URL: to };
    expect(await runHere(['run', '--once'], { cwd: project.folder, env })).toMatchObject({ code: 0 });
    const asked = ['journal', '--json', '--reason', 'opted_out'];
    const { stdout } = await runHere(asked, { cwd: project.folder, env });
    expect(lines(stdout).map(({ text }) => text)).toContain('price?');
    expect(sandbox.sends().map(({ recipientId }) => recipientId)).toEqual(['ana', 'ben']);
  });

  it.for([
    ['a folder', 'workspaces: ./workspaces'],
    ['a list', 'workspaces:'],
  ] as const)(
    'joins %s of workspaces with what `migrate --into` prints',
    async ([kind, workspaces], test) => {
      const project = await aProject(test, {});
      const { cli, folder, read, write, options } = project;
      expect(await cli('run', '--once')).toMatchObject({ code: 0 });
      const to = await databases.empty();
      mkdirSync(join(folder, 'agency/workspaces'), { recursive: true });
      write('agency/config.yaml', `version: 1\nstore: \${DATABASE_URL}\n${workspaces}\n`);
      const from = ['--from', 'sqlite:./data/autoresponder.db', '--to', to, '--into', 'agency/config.yaml'];
      expect(await cli('migrate', ...from)).toMatchObject({
        code: 1,
        stderr: matching(/--into needs .*; fix: /u),
      });
      const moved = await cli('migrate', ...from, '--workspace', 'bakery', '--json');
      const { config, file } = JSON.parse(moved.stdout) as { config: string; file: string };
      if (kind === 'a folder')
        expect([file, config]).toEqual(['agency/workspaces/bakery.yaml', matching(/^mode: live\n/u)]);
      else
        expect([file, config]).toEqual([
          'agency/config.yaml',
          matching(/^ {2}- name: bakery\n {4}mode: live\n/u),
        ]);
      expect(config).not.toContain('store:');
      const up = kind === 'a folder' ? '../..' : '..';
      const own = config.replace(/(?<=^ *rules: )\.(?=\/)/mu, up);
      write(file, kind === 'a folder' ? own : read(file) + own);
      const env = { ...options.env, DATABASE_URL: to };
      const args = ['journal', '--json', '--config', 'agency/config.yaml', '--workspace', 'bakery'];
      expect(await runHere(args, { cwd: folder, env })).toMatchObject({ code: 0 });
    },
  );

  it('takes the next port where `server.port` is in use, and shows its workers in `status`', async (test) => {
    const { cli, folder, read, write, run, status } = await twoShops(test);
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    test.onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    expect(await status('bakery')).toMatchObject({ rules: null, workers: [] });
    write('config.yaml', `${read('config.yaml')}server: { host: 127.0.0.1, port: ${port} }\n`);
    const running = run('--config', join(folder, 'config.yaml'));
    await vi.waitFor(() => expect(running.stderr()).toContain('dashboard started'), PATIENCE);
    expect(running.stderr()).toMatch(
      new RegExp(`"port":${port},"next":\\d+,"msg":"\`server.port\` is in use`, 'u'),
    );
    await vi.waitFor(
      async () =>
        expect(await status('florist')).toMatchObject({
          rules: { inForce: 2 },
          workers: [
            { name: matching(new RegExp(`^.+-${process.pid}-`, 'u')), seenAt: matching(/^\d{4}-.+Z$/u) },
          ],
        }),
      PATIENCE,
    );
    expect((await cli('doctor')).stdout).toMatch(/program: running with 2 rules, on 1 worker\n/u);
    write('workspaces/bakery.yaml', `modus: live\n${read('workspaces/bakery.yaml')}`);
    await vi.waitFor(() => expect(running.stderr()).toMatch(/"workspaces":\["bakery"\],"faults"/u), PATIENCE);
    expect(running.stderr()).toContain('the workspaces named here; their previous rules stay active');
    const { code, stdout } = await cli('status', '--json', '--workspace', 'bakery');
    expect([code, JSON.parse(stdout)]).toEqual([
      1,
      expect.objectContaining({
        mode: null,
        rules: expect.objectContaining({ inForce: 2 }) as unknown,
        workers: [expect.objectContaining({ name: matching(/^.+-\d+-/u) })],
        findings: [expect.objectContaining({ message: matching(/unknown key "modus"/u) })],
      }),
    ]);
    expect(running.stderr().match(/reload failed/gu)).toHaveLength(1);
  });

  it('are all checked by doctor, each under its name, and those with errors count', async (test) => {
    const { cli, write } = await twoShops(test);
    const all = await cli('doctor');
    expect(all.stdout).toMatch(
      /^workspace bakery\n[^]*\n\nworkspace florist\n[^]*account shop-ig[^]*\nNothing is wrong/u,
    );
    expect(all.stdout).toContain('program: not running\n');
    expect(all.code).toBe(0);
    write('bakery.yaml', RULES.replace('keywords: [price]', 'keyword: [price]'));
    const { code, stdout, stderr } = await cli('doctor');
    expect(code).toBe(1);
    expect(stderr).toContain('unknown key "keyword"');
    expect(stdout).toMatch(/^workspace florist\n[^]*\n1 problem to fix/u);
    const { findings } = JSON.parse((await cli('doctor', '--json')).stdout) as {
      findings: { workspace: string; about: string; message: string }[];
    };
    expect(new Set(findings.map(({ workspace }) => workspace))).toEqual(new Set(['florist', 'bakery']));
    expect(findings.find(({ workspace }) => workspace === 'bakery')).toMatchObject({
      about: 'configuration',
      message: matching(/bakery\.yaml:3:\d+: unknown key "keyword"/u),
    });
  });
});

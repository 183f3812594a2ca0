import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { usePostgres } from '../postgres/use.js';
import { aProject, lines, matching, type Project, type Running, RULES, PROCESSES } from './cli.js';

const PATIENCE = { timeout: 60_000, interval: 20 };
/** Also replies to messages from before the start, so that a test needs no earlier poll. */
const LOOK_BACK = { poll: '{ schedule: "* * * * * *", start: { lookback: 30m } }' };

async function started(running: Running): Promise<void> {
  await vi.waitFor(() => expect(running.stderr()).toContain('"started"'), PATIENCE);
}

/** Waits for the first poll, so that later messages are not history. */
async function polled({ sandbox }: Project): Promise<void> {
  await vi.waitFor(() => expect(sandbox.calls()['GET /v2/comments']).toBeDefined(), PATIENCE);
}

function askAll({ sandbox }: Project, many: number): void {
  for (let n = 0; n < many; n += 1) {
    sandbox.receive({ account: 'shop-ig', contact: `person-${n}`, text: `price for ${n}?` });
  }
}

function recipients({ sandbox }: Project): (string | null)[] {
  return sandbox
    .sends()
    .map((send) => send.recipientId)
    .sort();
}

const databases = usePostgres();

describe.concurrent('run --once', PROCESSES, () => {
  it('ignores history, replies to later messages, exits with 0 and prints nothing on stdout', async (test) => {
    const project = await aProject(test);
    const { sandbox } = project;
    sandbox.receive({ account: 'shop-ig', contact: 'old', text: 'price?' });
    const first = await project.cli('run', '--once');
    expect(first).toMatchObject({ code: 0, stdout: '' });
    expect(sandbox.sends()).toEqual([]);

    sandbox.receive({ account: 'shop-x', contact: 'ana', text: 'The price, please' });
    sandbox.receive({ account: 'shop-fb', contact: 'bo', text: 'hello' });
    sandbox.comment({ account: 'shop-ig', contact: 'cy', text: 'guide' });
    const second = await project.cli('run', '--once');
    expect(second).toMatchObject({ code: 0, stdout: '' });
    expect(
      sandbox
        .sends()
        .map(({ kind, recipientId, text }) => [kind, recipientId, text])
        .sort(),
    ).toEqual([
      ['comment', 'cy', 'Check your DMs!'],
      ['message', 'ana', matching(/^From 20 EUR, /u)],
      ['message', 'cy', 'Here it is.'],
    ]);
    expect(lines(second.stderr).map((line) => line.msg)).toEqual(
      expect.arrayContaining(['started', 'event decided', 'send attempted', 'stopped']),
    );
    expect(sandbox.violations).toEqual([]);
  });

  it.for([
    ['run', '--once'],
    ['run', '--shadow'],
  ])('exits with 2 and one clear line when Blotato refuses the key: %s %s', async (args, test) => {
    const project = await aProject(test, { key: 'not-the-key' });
    const { code, stdout, stderr } = await project.cli(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trim().split('\n').at(-1)).toBe(
      'autoresponder: Blotato refused the API key (401); fix: check `blotato.api_key`: keys may end in "="',
    );
    expect(stderr).not.toContain('not-the-key');
    expect(project.sandbox.calls()).toEqual({ 'GET /v2/users/me': { 401: 1 } });
  });

  it('exits with the same codes on PostgreSQL as on SQLite, and reads each workspace once', async (test) => {
    const store = JSON.stringify(await databases.database());
    const refused = await aProject(test, { key: 'not-the-key', config: { store } });
    const { code, stderr } = await refused.cli('run', '--once');
    expect({ code, last: stderr.trim().split('\n').at(-1) }).toEqual({
      code: 2,
      last: 'autoresponder: Blotato refused the API key (401); fix: check `blotato.api_key`: keys may end in "="',
    });
    expect(refused.sandbox.calls()).toEqual({ 'GET /v2/users/me': { 401: 1 } });

    const project = await aProject(test, { config: { ...LOOK_BACK, store } });
    expect(await project.cli('run', '--once')).toMatchObject({ code: 0, stdout: '' });
    project.sandbox.fault(({ path }) => (path === '/v2/comments' ? 'error_500_before' : 'none'));
    const failed = await project.cli('run', '--once');
    expect(failed.stderr.trim().split('\n').at(-1)).toBe(
      'autoresponder: could not read comments; fix: see the log above for the cause',
    );
    expect(failed.code).toBe(1);
  });

  it('exits with 1 when no list could be read, and reports which', async (test) => {
    const project = await aProject(test);
    project.sandbox.fault(() => 'error_500_before');
    const { code, stderr } = await project.cli('run', '--once');
    expect(code).toBe(1);
    expect(stderr.trim().split('\n').at(-1)).toBe(
      'autoresponder: could not read messages or comments; fix: see the log above for the cause',
    );
  });

  it('exits with 1 when one list could not be read, after processing the others', async (test) => {
    const project = await aProject(test, { config: LOOK_BACK });
    askAll(project, 1);
    project.sandbox.fault(({ path }) => (path === '/v2/comments' ? 'error_500_before' : 'none'));
    const { code, stderr } = await project.cli('run', '--once');
    expect(code).toBe(1);
    expect(stderr.trim().split('\n').at(-1)).toBe(
      'autoresponder: could not read comments; fix: see the log above for the cause',
    );
    expect(recipients(project)).toEqual(['person-0']);
  });

  it('refuses the store of another customer, sends nothing from it, and accepts it after `adopt`', async (test) => {
    const project = await aProject(test, { key: 'the key of somebody else' });
    expect(await project.cli('run', '--once')).toMatchObject({ code: 2 });
    project.write('config.yaml', project.read('config.yaml').replaceAll(/"id":"/gu, '"id":"7'));
    Object.assign(project.options.env!, { BLOTATO_API_KEY: project.sandbox.apiKey });
    const refused = await project.cli('run', '--once');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(
      /belongs to another customer: .*`autoresponder adopt --workspace default`/u,
    );
    expect(project.sandbox.calls()).toEqual({ 'GET /v2/users/me': { 401: 1 } });
    expect(await project.cli('pause')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: matching(/belongs to another customer/u),
    });
    expect(await project.cli('adopt')).toMatchObject({
      code: 0,
      stdout: matching(/now belongs to this key/u),
    });
    expect(await project.cli('run', '--once')).toMatchObject({ code: 0 });
    const left = Object.values(project.left()).join('');
    expect(left).not.toContain('the key of somebody else');
  });

  it('logs once that a list cannot be read, and once that it can again', async (test) => {
    const project = await aProject(test, { config: LOOK_BACK });
    let refused = 0;
    project.sandbox.fault(({ method, path }) => {
      if (method !== 'GET' || path !== '/v2/comments') return 'none';
      refused += 1;
      return 'error_500_before';
    });
    const running = project.run();
    // A call is retried before its list counts as failing: this takes several polls.
    await vi.waitFor(() => expect(refused).toBeGreaterThan(8), { ...PATIENCE, timeout: 60_000 });
    project.sandbox.fault(null);
    const again = () => expect(running.stderr()).toContain('list can be read again');
    await vi.waitFor(again, { ...PATIENCE, timeout: 60_000 });
    expect(running.stderr().match(/poll failed; will retry \(/gu)).toHaveLength(1);
  });

  it('--shadow sends nothing, and journals the decisions', async (test) => {
    const project = await aProject(test, { config: LOOK_BACK });
    project.sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price?' });
    project.sandbox.comment({ account: 'shop-fb', contact: 'bo', text: 'guide' });
    expect(await project.cli('run', '--once', '--shadow')).toMatchObject({ code: 0 });
    expect(project.sandbox.sends()).toEqual([]);
    const { stdout } = await project.cli('journal', '--json');
    expect(
      lines(stdout)
        .map(({ text, rule, reason }) => [text, rule, reason])
        .sort(),
    ).toEqual([
      ['guide', 'guide', 'shadow'],
      ['price?', 'pricing', 'shadow'],
    ]);
    // Nothing is sent later either: a live run does not send what was decided in shadow.
    expect(await project.cli('run', '--once')).toMatchObject({ code: 0 });
    expect(project.sandbox.sends()).toEqual([]);
  });
});

describe.concurrent('run', PROCESSES, () => {
  it.for(['SIGTERM', 'SIGINT'] as const)(
    'at %s while sends are in flight exits with 0, and the next start sends the rest',
    async (signal, test) => {
      const project = await aProject(test, { config: LOOK_BACK });
      askAll(project, 60);
      const running = project.start('run');
      let posts = 0;
      let isKilled = false;
      project.sandbox.fault(({ method }) => {
        posts += method === 'POST' ? 1 : 0;
        if (posts < 5 || isKilled) return 'none';
        isKilled = true;
        running.kill(signal);
        return 'none';
      });
      const { code, stdout } = await running.ended;
      expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
      expect(project.sandbox.sends().length).toBeLessThan(60);

      expect(await project.cli('run', '--once')).toMatchObject({ code: 0 });
      expect(recipients(project)).toEqual(Array.from({ length: 60 }, (_, n) => `person-${n}`).sort());
    },
  );

  it('at SIGTERM while a response of the API hangs does not wait for its time limit, and the send is ambiguous', async (test) => {
    const project = await aProject(test, { config: LOOK_BACK });
    askAll(project, 1);
    let isHanging = false;
    project.sandbox.fault(({ method }) => {
      if (method !== 'POST') return 'none';
      isHanging = true;
      return 'hang';
    });
    const running = project.start('run');
    await vi.waitFor(() => expect(isHanging).toBe(true), PATIENCE);
    running.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ code: 0 });
    const { stdout } = await project.cli('outbox', 'list', '--json');
    expect(lines(stdout)).toMatchObject([{ contactId: 'person-0', state: 'ambiguous', attempts: 1 }]);
  });

  it('at SIGTERM during the check of the key exits with 0 and sends nothing', async (test) => {
    const project = await aProject(test, { config: LOOK_BACK });
    askAll(project, 1);
    project.sandbox.fault(({ method }) => (method === 'POST' ? 'rate_limit' : 'none'));
    expect(await project.cli('run', '--once')).toMatchObject({ code: 0 });
    expect(lines((await project.cli('outbox', 'list', '--json')).stdout)).toMatchObject([
      { state: 'pending' },
    ]);

    let isAsked = false;
    project.sandbox.fault(({ path }) => {
      isAsked ||= path === '/v2/users/me';
      return path === '/v2/users/me' ? 'hang' : 'none';
    });
    const running = project.run();
    await vi.waitFor(() => expect(isAsked).toBe(true), PATIENCE);
    running.kill('SIGTERM');
    const { code, stderr } = await running.ended;
    expect(code).toBe(0);
    expect(lines(stderr).map((line) => line.msg)).toEqual(['stopping', 'stopped']);
    expect(project.sandbox.sends()).toEqual([]);
    expect(lines((await project.cli('outbox', 'list', '--json')).stdout)).toMatchObject([
      { state: 'pending' },
    ]);
  });

  it('after SIGKILL right after a POST arrived, the next start finds the send, and does not repeat it', async (test) => {
    const project = await aProject(test, { config: LOOK_BACK });
    askAll(project, 1);
    const running = project.start('run');
    project.sandbox.fault(({ method }) => {
      if (method === 'POST') running.kill('SIGKILL');
      return method === 'POST' ? 'drop_after' : 'none';
    });
    expect(await running.ended).toMatchObject({ code: null });
    expect(project.sandbox.sends()).toHaveLength(1);

    project.sandbox.fault(null);
    expect(await project.cli('run', '--once')).toMatchObject({ code: 0 });
    expect(project.sandbox.sends()).toHaveLength(1);
    const { stdout } = await project.cli('journal', '--json', '--rule', 'pricing');
    expect(lines(stdout)).toMatchObject([{ text: 'price for 0?', reason: 'replied' }]);
  });

  it('a second run on the same store exits with 75 and the reason; the first continues', async (test) => {
    const project = await aProject(test);
    const running = project.start('run');
    await started(running);
    await polled(project);
    const second = await project.cli('run');
    expect(second).toEqual({
      code: 75,
      stdout: '',
      stderr: `autoresponder: another autoresponder is using the store at ${join(project.folder, 'data/autoresponder.db')}; fix: stop it first, or configure another store\n`,
    });
    project.sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price?' });
    await vi.waitFor(() => expect(recipients(project)).toEqual(['ana']), PATIENCE);
  });

  it('continues when its log pipe is closed', async (test) => {
    const project = await aProject(test);
    const running = project.start('run');
    await started(running);
    await polled(project);
    running.closeStderr();
    project.sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price?' });
    await vi.waitFor(() => expect(recipients(project)).toEqual(['ana']), PATIENCE);
    running.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ code: 0 });
  });

  it('writes only its own log to stderr, also when a poll takes longer than the schedule', async (test) => {
    const project = await aProject(test);
    let hung = 0;
    project.sandbox.fault(({ path }) => {
      if (path !== '/v2/messages' || hung > 0) return 'none';
      hung = Date.now();
      return 'hang';
    });
    const running = project.start('run');
    await vi.waitFor(() => expect(hung).toBeGreaterThan(0), PATIENCE);
    await vi.waitFor(() => expect(Date.now() - hung).toBeGreaterThan(2_500), PATIENCE);
    running.kill('SIGTERM');
    const { code, stdout, stderr } = await running.ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(() => lines(stderr)).not.toThrow();
  });
});

describe.concurrent('run with an invalid setup', PROCESSES, () => {
  const WRONG = [
    {
      what: 'a key of the configuration that is unknown',
      config: { modus: 'live' },
      line: 'config.yaml:10:1: error: unknown key "modus"; did you mean "mode"?',
    },
    {
      what: 'an environment variable that is not set',
      config: { store: '"sqlite:${NOT_SET}/x.db"' },
      line: 'NOT_SET',
    },
    {
      what: 'a rule whose template has an unknown root',
      rules: RULES.replace('{{ message.id }}', '{{ visitor.id }}'),
      line: 'rules/rules.yaml:3:',
    },
    { what: 'a rule file that is empty', rules: '', line: 'rules/rules.yaml' },
  ];

  it.for(WRONG)(
    '($what) exits with 1, names the place, and starts nothing',
    async ({ config = {}, rules = RULES, line }, test) => {
      const project = await aProject(test, { config, rules });
      const { code, stdout, stderr } = await project.cli('run', '--once');
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain(line);
      expect(stderr).not.toMatch(/^\s+at /mu);
      expect(existsSync(join(project.folder, 'data'))).toBe(false);
      expect(project.sandbox.calls()).toEqual({});
    },
  );

  it('takes the next free port where `server.port` is in use, and logs which', async (test) => {
    const taken = await aProject(test);
    const port = Number(new URL(taken.sandbox.url).port);
    const project = await aProject(test, { config: { server: `{ host: 127.0.0.1, port: ${port} }` } });
    const { code, stderr } = await project.cli('run', '--once');
    expect(code).toBe(0);
    const { next } =
      lines(stderr).find(({ msg }) => /is in use; using another port/u.test(String(msg))) ?? {};
    expect(next).toBeGreaterThan(port);
    expect(stderr).toContain(`"address":"http://127.0.0.1:${String(next)}"`);
  });

  it('exits with 1 and a fix where no port is left', async (test) => {
    const last = createServer();
    await new Promise<void>((resolve) => last.listen(65_535, '127.0.0.1', resolve));
    test.onTestFinished(() => void last.close());
    const project = await aProject(test, { config: { server: '{ host: 127.0.0.1, port: 65535 }' } });
    const { code, stderr } = await project.cli('run', '--once');
    expect(code).toBe(1);
    expect(stderr.trim().split('\n').at(-1)).toBe(
      'autoresponder: `server.port`: 127.0.0.1:65535 and the ports up to 65535 are in use; fix: give another port, or stop the programs that use them',
    );
    expect(project.sandbox.sends()).toEqual([]);
  });
});

import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkNotify } from '../../src/cli/doctor-notify.js';
import { aConfig } from '../builders.js';
import { aProject, RULES, PROCESSES } from './cli.js';

interface Report {
  readonly ok: boolean;
  readonly findings: readonly { about: string; state: string; message: string; mend: string | null }[];
}

const QUIETLY = {
  ...{ kinds: [], digest: 0, silentAfter: 0 },
  quiet: null,
  link: null,
  webhook: null,
  email: null,
};
const reportOf = (stdout: string) => JSON.parse(stdout) as Report;
const FINE_RULES = RULES.replace(', {{ message.id }}', '');

describe.concurrent('doctor', PROCESSES, () => {
  it('finds nothing wrong in a valid installation, and sends nothing', async (test) => {
    const project = await aProject(test, { rules: FINE_RULES });
    const { code, stdout, stderr } = await project.cli('doctor');
    expect([code, stderr]).toEqual([0, '']);
    for (const line of [
      'key: Blotato accepts the key',
      'clock:',
      'page of shop-fb: 1288852254291983 is',
      'tests: 2 tests passed',
    ]) {
      expect(stdout).toContain(line);
    }
    expect(stdout).toMatch(/Nothing is wrong; 3 hints above, marked with !\.\n$/u);
    expect(project.sandbox.sends()).toEqual([]);
    // The budgets are checked only if the store exists.
    await project.cli('run', '--once');
    expect((await project.cli('doctor')).stdout).toContain('contacts: 0 contacts got a reply this month');
  });

  it('reports a refused key, and makes no further calls', async (test) => {
    const project = await aProject(test, { rules: FINE_RULES, key: 'blt_wrong' });
    const { code, stdout } = await project.cli('doctor', '--json');
    const { ok, findings } = reportOf(stdout);
    expect([code, ok]).toEqual([1, false]);
    expect(findings.at(-1)).toMatchObject({
      about: 'key',
      state: 'error',
      message: 'Blotato refuses the key (401)',
      mend: expect.stringContaining('blotato.api_key') as string,
    });
    expect(stdout).not.toContain('blt_wrong');
  });

  it('suggests the right account, platform and page for wrong ones', async (test) => {
    const project = await aProject(test, { rules: FINE_RULES });
    const config = project.read('config.yaml');
    project.write(
      'config.yaml',
      config.replace('"98434"', '"1"').replace('"page_id":"1288852254291983"', '"page_id":"99"'),
    );
    const { code, stdout } = await project.cli('doctor', '--json');
    const { findings } = reportOf(stdout);
    expect(code).toBe(1);
    expect(findings.filter(({ state }) => state === 'error')).toMatchObject([
      {
        about: 'account shop-ig',
        message: 'Blotato lists no account 1',
        mend: expect.stringContaining('98434 (lumen.shop)') as string,
      },
      {
        about: 'page of shop-fb',
        message: 'the account has no page 99',
        mend: expect.stringContaining('1288852254291983') as string,
      },
    ]);
  });

  it('names a permission that is missing, budgets that are too high, and tests that fail', async (test) => {
    const project = await aProject(test, {
      rules: FINE_RULES.replace('expect: { rule: pricing }', 'expect: silent'),
      sandbox: {},
    });
    project.sandbox.fault(({ path }) => (path.endsWith('/comments') ? 'no_permission' : 'none'));
    const { stdout } = await project.cli('doctor', '--json');
    const { findings } = reportOf(stdout);
    const of = (about: string) => findings.find((each) => each.about === about);
    expect(of('comments of shop-ig')).toMatchObject({
      state: 'error',
      mend: 'Connect the account again in Blotato, with the permission for comments.',
    });
    expect(of('budgets')).toMatchObject({ state: 'warning' });
    expect(of('tests')).toMatchObject({ state: 'error', message: 'failed: asks the price' });
  });

  it.each([
    ['true', 'fine', /^\/\S+\/true can be run/u, null],
    ['./tell.sh', 'error', /^\.\/tell\.sh does not exist or is not executable$/u, 'chmod +x ./tell.sh'],
    [
      'no-such-program-here',
      'error',
      /^there is no program no-such-program-here in PATH$/u,
      'the whole path',
    ],
  ])('checks the program of notify.command: %s', async (program, state, message, fix) => {
    const findings = await checkNotify(aConfig({ notify: { ...QUIETLY, command: [program, '--now'] } }));
    expect(findings).toEqual([
      {
        about: 'notify command',
        state,
        message: expect.stringMatching(message) as string,
        fix: fix === null ? null : (expect.stringContaining(fix) as string),
      },
    ]);
  });

  it('has one line for each channel of `notify`, and sends no notice', async () => {
    const asked: string[] = [];
    const mail = createServer((socket) => {
      socket.on('data', (chunk) => {
        const command = chunk.toString();
        asked.push(command.slice(0, 4));
        if (command.startsWith('QUIT')) socket.end('221 bye\r\n');
        else socket.write(command.startsWith('AUTH') ? '535 no\r\n' : '250-fine\r\n250 AUTH PLAIN\r\n');
      });
      socket.on('error', () => undefined);
      socket.write('220 mail.example\r\n');
    });
    await new Promise<void>((resolve) => mail.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void mail.close());
    const host = `127.0.0.1:${(mail.address() as AddressInfo).port}`;
    const told = (smtp: string, secret: string | null = null) =>
      checkNotify(
        aConfig({
          notify: {
            ...QUIETLY,
            webhook: { url: 'https://hooks.example/secret-path', secret },
            email: { smtp, from: 'bot@mail.example', to: ['owner@mail.example'] },
            command: ['true'],
            slack: { url: 'https://hooks.slack.com/services/T/B/secret-path' },
          },
        }),
      );
    const [webhook, email, slack, command, ...others] = await told(`smtp://${host}/?ignoreTLS=true`);
    expect(others).toEqual([]);
    expect(webhook).toEqual({
      about: 'notify webhook',
      state: 'fine',
      message: `not asked, since hooks.example may take any request for a notice; to try it: curl --json '{"text":"try"}' ADDRESS`,
      fix: null,
    });
    expect(email).toEqual({
      about: 'notify email',
      state: 'fine',
      message: `${host} accepts the connection; only a notice can check the receivers`,
      fix: null,
    });
    expect(slack).toMatchObject({
      about: 'notify slack',
      message: expect.stringContaining('not asked') as string,
    });
    expect(command?.about).toBe('notify command');

    const refused = await told(`smtp://bot:secret-word@${host}/?ignoreTLS=true`, 'key');
    expect(refused[0]?.message).toContain('without the signature');
    expect(refused[1]).toMatchObject({ state: 'error', message: expect.stringContaining('535') as string });
    const gone = await told('smtp://127.0.0.1:1');
    expect(gone[1]).toMatchObject({
      state: 'error',
      message: expect.stringContaining('ECONNREFUSED') as string,
    });
    expect(JSON.stringify([webhook, slack, refused, gone])).not.toMatch(/secret-(?:path|word)/u);
    expect(asked).not.toContain('MAIL');
  });

  it('reports an unreachable server, with a fix', async (test) => {
    const project = await aProject(test, { rules: FINE_RULES });
    await project.sandbox.close();
    const { code, stdout } = await project.cli('doctor', '--json');
    expect(code).toBe(1);
    expect(reportOf(stdout).findings.at(-1)).toMatchObject({
      about: 'key',
      mend: 'Check the network, and `blotato.base_url` if you set it.',
    });
  });
});

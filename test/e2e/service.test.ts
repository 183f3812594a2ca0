import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { aProject, matching, PROCESSES } from './cli.js';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);

/** The block of commands of docs/operations.md that begins with this line. */
function commandsFrom(start: string): string {
  const blocks = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8').matchAll(/```sh\n(.+?)```/gsu);
  return [...blocks].map(([, commands = '']) => commands).find((each) => each.startsWith(start)) ?? '';
}

it.skipIf(process.platform !== 'linux')(
  'docs/operations.md upgrades the service without a second store, other secrets or a start before the check',
  PROCESSES,
  async (test) => {
    const { folder, read } = await aProject(test);
    const etc = join(folder, 'etc/autoresponder');
    mkdirSync(etc, { recursive: true });
    const config = `${read('config.yaml')}server: { port: 0, token: "\${TOKEN_OF_OWNER}" }\n`;
    writeFileSync(join(etc, 'config.yaml'), config);
    writeFileSync(join(etc, 'secrets.env'), 'TOKEN_OF_OWNER=0123456789abcdef\n');
    cpSync(join(folder, 'rules'), join(etc, 'rules'), { recursive: true });
    writeFileSync(join(folder, 'blotato-autoresponder-0.0.9.tgz'), '');
    mkdirSync(join(folder, 'bin'));
    const programs = {
      sudo: 'exec "$@"',
      git: 'echo "git $*" >>done',
      npm: 'echo "npm $*" >>done; [ "$1" != pack ] || touch blotato-autoresponder-0.1.0.tgz',
      systemctl: 'echo "systemctl $*" >>done',
      autoresponder: `echo "$1" >>done; exec "${process.execPath}" "${ROOT}/bin/autoresponder.js" "$@"`,
    };
    for (const [name, text] of Object.entries(programs))
      writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    const commands = commandsFrom('git pull').replaceAll(/(?<= )\/(?=etc\/)/gu, `${folder}/`);
    const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}` };
    await run('sh', ['-ec', commands], { cwd: folder, env });
    expect(read('done').trim().split('\n')).toEqual([
      ...['git pull', 'npm ci', 'npm pack', 'systemctl stop autoresponder'],
      ...['npm install --global ./blotato-autoresponder-0.1.0.tgz', 'check', 'systemctl start autoresponder'],
    ]);
    expect(read('etc/autoresponder/config.yaml')).toBe(config);
  },
);

// The commands are those of GNU, as on every machine with systemd.
it.skipIf(process.platform !== 'linux')(
  'docs/operations.md moves a project into the service, which does not reply again',
  PROCESSES,
  async (test) => {
    const config = { poll: '{ schedule: "* * * * * *", start: { lookback: 30m } }' };
    const { folder, sandbox, cli, read } = await aProject(test, { config });
    sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price?' });
    expect(await cli('run', '--once')).toMatchObject({ code: 0 });
    expect(sandbox.sends()).toHaveLength(1);

    const here = `sudo() { "$@"; }
systemctl() { echo "systemctl $*" >>systemctl; }
autoresponder() { "${process.execPath}" "${ROOT}/bin/autoresponder.js" "$@"; }
set -e
`;
    const commands = commandsFrom('sudo systemctl stop autoresponder').replaceAll(
      /(?<=[ :])\/(?=etc\/|var\/lib\/)/gu,
      `${folder}/`,
    );
    await run('sh', ['-c', here + commands], { cwd: folder });
    expect(read('systemctl')).toBe('systemctl stop autoresponder\nsystemctl enable --now autoresponder\n');

    const moved = ['--config', 'etc/autoresponder/config.yaml'];
    const store = `store: sqlite:${folder}/var/lib/autoresponder/autoresponder.db`;
    expect(read('etc/autoresponder/config.yaml').match(/^store:.*$/gmu)).toEqual([store]);
    expect(await cli('journal', ...moved)).toMatchObject({ code: 0, stdout: matching(/pricing .*replied/u) });
    expect(await cli('run', '--once', ...moved)).toMatchObject({ code: 0 });
    expect(sandbox.sends()).toHaveLength(1);
  },
);

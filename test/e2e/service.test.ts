import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
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

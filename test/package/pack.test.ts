import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv, promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');

it(
  'the package installs from its tarball in an empty folder, and runs init, check, test and demo',
  { timeout: 600_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pack-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }), 240_000);
    // The variable is removed, because with a key `init` would read the accounts from the API.
    const { BLOTATO_API_KEY: _key, ...ours } = process.env;
    const env = { ...ours, NO_COLOR: '1' };
    const sh = (command: string, ...args: string[]) => run(command, args, { cwd: folder, env });

    // Packs the build of `npm ci`: a new build would replace files that other tests are using.
    await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT });
    const [tarball = ''] = readdirSync(folder);
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    // An installation has no lock file of ours: the versions it gets must work on this Node too.
    const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--engine-strict'];
    const installed = await sh('npm', 'install', ...flags, `./${tarball}`);
    expect(installed.stderr).toBe('');

    const autoresponder = (...args: string[]) => sh(join(folder, 'node_modules/.bin/autoresponder'), ...args);
    await autoresponder('init', '--yes');
    const checked = await autoresponder('check');
    expect(checked.stdout).toMatch(/^\.\/config\.yaml: 1 account, 2 rules, 3 tests, mode shadow\n/u);
    expect(checked.stderr).toContain('id: "0" is a placeholder');
    expect(readFileSync(join(folder, 'config.yaml'), 'utf8')).toMatch(
      /^# yaml-language-server: \$schema=node_modules\/blotato-autoresponder\/schema\/config\.schema\.json\n/u,
    );
    expect((await autoresponder('test')).stdout).toMatch(/\b0 failed\n/u);
    const demo = await autoresponder('demo', '--for', '4s', '--port', '0');
    expect(demo.stdout).toMatch(/^Watch it in your browser: http:\/\/127\.0\.0\.1:\d+$/mu);
    await followsOperations(folder, sh);
    const packed = (await sh('tar', 'tzf', tarball)).stdout.split('\n');
    expect(packed).toContain('package/dist/dashboard/index.html');
    expect(packed).toContain('package/deploy/autoresponder.service');
    expect(
      packed.filter((file) => /^package\/(?:test|src|bench|data|\.)|\.map$|tsbuildinfo/u.test(file)),
    ).toEqual([]);
  },
);

/** Runs the commands of docs/operations.md for systemd after `npm pack`, with folders of the test and without systemd itself. */
async function followsOperations(
  folder: string,
  sh: (command: string, ...args: string[]) => Promise<unknown>,
): Promise<void> {
  const page = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
  const [, commands = ''] = /With systemd.*?```sh\n(.+?)```/su.exec(page) ?? [];
  // The package was packed before; it is installed as the page says, under another prefix and from npm's cache.
  const prefix = join(folder, 'global');
  const here = `sudo() { "$@"; }
npm() { case "$1" in ci | pack) ;; *) command npm "$@" --prefix "${prefix}" --offline --no-audit --no-fund ;; esac }
systemctl() { echo "systemctl $*" >>"${folder}/systemctl"; }
PATH="${prefix}/bin:$PATH"
set -e
`;
  const etc = join(folder, 'etc');
  await sh('sh', '-c', here + commands.replaceAll(' /etc/', ` ${etc}/`));
  expect(readFileSync(join(folder, 'systemctl'), 'utf8')).toBe('systemctl enable --now autoresponder\n');
  const service = readFileSync(join(etc, 'systemd/system/autoresponder.service'), 'utf8');
  const [, secrets = ''] = /^EnvironmentFile=(.+)$/mu.exec(service) ?? [];
  expect(statSync(join(folder, secrets)).mode & 0o777).toBe(0o600);
  expect(parseEnv(readFileSync(join(folder, secrets), 'utf8'))).toEqual({
    BLOTATO_API_KEY: 'your-key-may-end-in-=',
    AUTORESPONDER_TOKEN: 'a-long-random-text',
  });
  const [, config = ''] = /^ExecStart=.* run --config (.+)$/mu.exec(service) ?? [];
  const [, state = ''] = /^StateDirectory=(.+)$/mu.exec(service) ?? [];
  expect(readFileSync(join(folder, config), 'utf8')).toContain(`\nstore: sqlite:/var/lib/${state}/`);
  await sh(join(prefix, 'bin/autoresponder'), 'check', '--config', join(folder, config));
}

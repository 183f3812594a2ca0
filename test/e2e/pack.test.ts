import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');

it(
  'the package installs from its tarball in an empty folder, and runs init, check, test and demo',
  { timeout: 240_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pack-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const env = { ...process.env, BLOTATO_API_KEY: 'of-the-test', NO_COLOR: '1' };
    const sh = (command: string, ...args: string[]) => run(command, args, { cwd: folder, env });

    // Packs the build of `npm ci`: a new build would replace files that other tests are using.
    await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT });
    const [tarball = ''] = readdirSync(folder);
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    // An installation has no lock file of ours: the versions it gets must work on this Node too.
    const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--engine-strict'];
    await sh('npm', 'install', ...flags, `./${tarball}`);

    const autoresponder = (...args: string[]) => sh(join(folder, 'node_modules/.bin/autoresponder'), ...args);
    await autoresponder('init', '--yes');
    expect((await autoresponder('check')).stdout).toMatch(/: fine\n$/u);
    expect((await autoresponder('test')).stdout).toMatch(/\b0 failed\n/u);
    const demo = await autoresponder('demo', '--for', '4s', '--port', '0');
    expect(demo.stdout).toMatch(/^Watch it in your browser: http:\/\/127\.0\.0\.1:\d+$/mu);
    const packed = (await sh('tar', 'tzf', tarball)).stdout.split('\n');
    expect(packed).toContain('package/dist/dashboard/index.html');
    expect(packed).toContain('package/deploy/autoresponder.service');
    expect(
      packed.filter((file) => /^package\/(?:test|src|bench|data|\.)|\.map$|tsbuildinfo/u.test(file)),
    ).toEqual([]);
  },
);

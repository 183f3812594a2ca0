import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { cli, matching, PROCESSES } from './cli.js';

function aFolder({ onTestFinished }: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'init-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe.concurrent('init', PROCESSES, () => {
  it('--yes writes a project that passes check and test, without questions and without a key', async (test) => {
    const cwd = aFolder(test);
    expect(await cli(test, ['init', '--yes'], { cwd })).toMatchObject({ code: 0, stderr: '' });
    expect(await cli(test, ['check', '--strict'], { cwd })).toMatchObject({ code: 0, stderr: '' });
    const { code, stdout } = await cli(test, ['test'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('2 passed, 0 failed');
  });

  it('asks, asks again after an invalid answer, and writes the answers', async (test) => {
    const cwd = aFolder(test);
    const input = 'Lumen\nmyspace\nfacebook\n43538\n1288852254291983\nEurope/Pariss\nEurope/Paris\n10:00\n\n';
    const { code, stderr } = await cli(test, ['init'], { cwd, input });
    expect(code).toBe(0);
    expect(stderr).toContain('"myspace": write one of: facebook, instagram, twitter');
    expect(stderr).toContain('"Europe/Pariss": write an IANA name');
    const config = readFileSync(join(cwd, 'config.yaml'), 'utf8');
    for (const said of [
      '"Lumen"',
      'platform: facebook',
      '"43538"',
      '"1288852254291983"',
      'Europe/Paris',
      '"10:00-18:00"',
    ]) {
      expect(config).toContain(said);
    }
    expect(await cli(test, ['check', '--strict'], { cwd })).toMatchObject({ code: 0, stderr: '' });
  });

  it('overwrites nothing, and writes nothing at all when input ends early', async (test) => {
    const cwd = aFolder(test);
    expect(await cli(test, ['init'], { cwd, input: 'Lumen\n' })).toMatchObject({
      code: 1,
      stderr: matching(/the input ended too early; --yes/u),
    });
    writeFileSync(join(cwd, 'config.yaml'), 'mine');
    expect(await cli(test, ['init', '--yes'], { cwd })).toEqual({
      code: 1,
      stdout: '',
      stderr: 'autoresponder: ./config.yaml already exists; init never overwrites a file\n',
    });
    expect(readFileSync(join(cwd, 'config.yaml'), 'utf8')).toBe('mine');
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { parse } from 'yaml';
import { aProject, cli, matching, PROCESSES } from './cli.js';

function aFolder({ onTestFinished }: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'init-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe.concurrent('init', PROCESSES, () => {
  it('--yes writes a project that passes check and test, without questions and without a key', async (test) => {
    const cwd = aFolder(test);
    expect(await cli(test, ['init', '--yes'], { cwd })).toMatchObject({ code: 0, stderr: '' });
    const checked = await cli(test, ['check', '--json'], { cwd });
    const { findings } = JSON.parse(checked.stdout) as { findings: Record<string, unknown>[] };
    expect([checked.code, findings.map(({ code, message }) => [code, message])]).toEqual([
      0,
      [
        ['placeholder', 'id: "0" is a placeholder of `init`'],
        ['placeholder', 'brand: "My shop" is a placeholder of `init`'],
      ],
    ]);
    const { code, stdout } = await cli(test, ['test'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('3 passed, 0 failed');
  });

  it.for([
    ['Asia/Tokyo', 'Asia/Tokyo'],
    ['America/New_York', 'America/New_York'],
    ['UTC', 'UTC'],
    ['Etc/UTC', 'UTC'],
    ['GMT', 'UTC'],
    ['Nowhere/Atlantis', 'UTC'],
  ] as const)(
    '--yes takes the time zone of the machine, and mentions UTC: TZ=%s',
    async ([TZ, zone], test) => {
      const cwd = aFolder(test);
      const begun = await cli(test, ['init', '--yes'], { cwd, env: { TZ }, input: '' });
      expect(begun).toMatchObject({ code: 0, stderr: '' });
      const text = readFileSync(join(cwd, 'config.yaml'), 'utf8');
      expect(text.match(/timezone: \S+/u)?.[0]).toBe(`timezone: ${zone}`);
      const isSaid = zone === 'UTC';
      expect(/timezone: UTC +# .*write yours if they are not in UTC/u.test(text)).toBe(isSaid);
      expect(/hours are in UTC; .*change `timezone` in \S+config\.yaml/u.test(begun.stdout)).toBe(isSaid);
    },
  );

  it('--from makes the first rules by an importer, and leaves nothing behind if that fails', async (test) => {
    const cwd = aFolder(test);
    writeFileSync(join(cwd, 'faq.csv'), 'keywords,answer\nprice,\n');
    expect(await cli(test, ['init', '--yes', '--from', 'faq.csv'], { cwd })).toMatchObject({
      code: 1,
      stderr: matching(/faq\.csv:2:2: answer: is empty\n {2}fix: /u),
    });
    writeFileSync(join(cwd, 'faq.csv'), 'keywords,answer\nprice,20 EUR\n');
    expect(await cli(test, ['init', '--yes', '--from', 'csv:faq.csv'], { cwd })).toMatchObject({ code: 0 });
    expect(readFileSync(join(cwd, 'rules/csv.yaml'), 'utf8')).toContain('reply: "20 EUR"');
    expect(await cli(test, ['test'], { cwd })).toMatchObject({
      code: 0,
      stdout: matching(/1 passed, 0 failed/u),
    });
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

  it('takes the accounts, pages and own ids from the API when it has a key', async (test) => {
    const { sandbox } = await aProject(test);
    for (const account of ['shop-ig', 'shop-fb']) sandbox.receive({ account, contact: 'ana', text: 'hello' });
    const cwd = aFolder(test);
    const env = { BLOTATO_API_KEY: sandbox.apiKey };
    const begun = await cli(test, ['init', '--yes', '--url', sandbox.url], { cwd, env });
    expect(begun).toMatchObject({ code: 0, stdout: matching(/Next: `autoresponder doctor`/u) });
    expect(begun.stderr).toContain('found on instagram: lumen.shop (98434)');
    expect(begun.stderr).toMatch(/^left out, since the API cannot send on bluesky: \S+ \(60311\)$/mu);
    const config = parse(readFileSync(join(cwd, 'config.yaml'), 'utf8')) as { accounts: object[] };
    const known = sandbox.world.accounts.filter(({ platform }) => platform !== 'bluesky');
    const wanted = known.map(({ name, id, platform, pageId, nativeId }) => ({
      ...{ name, id, platform },
      ...(pageId === undefined ? {} : { page_id: pageId }),
      ...(name === 'shop-x' ? {} : { native_id: nativeId }),
    }));
    expect(config.accounts).toMatchObject(wanted);
    expect(await cli(test, ['check', '--strict'], { cwd })).toMatchObject({ code: 0, stderr: '' });
    expect(await cli(test, ['doctor'], { cwd })).toMatchObject({
      code: 1,
      stderr: matching(/the environment variable BLOTATO_API_KEY is not set/u),
    });
    expect(await cli(test, ['doctor'], { cwd, env })).toMatchObject({ code: 0 });
  });

  it('reports why no account was found with the key, and continues without', async (test) => {
    const { sandbox } = await aProject(test);
    const cwd = aFolder(test);
    const env = { BLOTATO_API_KEY: 'wrong' };
    const { code, stderr } = await cli(test, ['init', '--yes', '--url', sandbox.url], { cwd, env });
    expect([code, stderr]).toEqual([
      0,
      matching(/could not be read with the key of BLOTATO_API_KEY: .*401/u),
    ]);
  });

  it('overwrites nothing, and writes nothing at all when input ends early', async (test) => {
    const cwd = aFolder(test);
    expect(await cli(test, ['init'], { cwd, input: 'Lumen\n' })).toMatchObject({
      code: 1,
      stderr: matching(/the input ended too early; fix: .*--yes/u),
    });
    writeFileSync(join(cwd, 'config.yaml'), 'mine');
    expect(await cli(test, ['init', '--yes'], { cwd })).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'autoresponder: ./config.yaml already exists, and init overwrites no file; fix: work in a new folder, or name a new file with --config\n',
    });
    expect(readFileSync(join(cwd, 'config.yaml'), 'utf8')).toBe('mine');
  });
});

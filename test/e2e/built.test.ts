import { describe, expect, it, vi } from 'vitest';
import { loadHolidays } from '../../src/engine/calendar/holidays.js';
import { DAY } from '../../src/domain/time.js';
import { aProject, lines, start, PROCESSES } from './cli.js';

/** One call of each command that other tests call without starting a process. */
const COMMANDS: readonly (readonly [args: string, stdout: RegExp, stderr?: RegExp])[] = [
  ['check', /: fine\n$/u],
  ['test', /^2 passed, 0 failed$/mu],
  ['explain --text price', /pricing/u],
  ['replay --input events.jsonl', /./u],
  ['status', /mode/u],
  ['journal --json', /"reason":"replied"/u],
  ['outbox list --all', /./u],
  ['contacts show ana', /ana/u],
  ['pause --for 1h', /paused/u, /get no reply after it either/u],
  ['doctor', /./u],
  ['schema rules', /"\$schema"/u],
];

describe('each command of the built program', PROCESSES, () => {
  it('loads its modules, and works', async (test) => {
    const project = await aProject(test, {
      config: { poll: '{ schedule: "* * * * * *", start: { lookback: 30m } }' },
    });
    project.write('events.jsonl', '{"text": "price?"}\n');
    project.sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price?' });
    project.sandbox.receive({ account: 'shop-ig', contact: 'bo', text: 'returns?' });
    project.write('other.csv', 'keywords,answer\nreturns,Within 30 days.\n');
    expect(await project.cli('run', '--once')).toMatchObject({ code: 0 });
    expect(await project.cli('import', 'csv', 'other.csv', '--against-journal')).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(
        /reply to 1 that got no reply:\n.*"returns\?"\nand do not reply to 1 that got one:\n.*"price\?"/u,
      ) as string,
    });
    for (const [args, stdout, stderr = /^$/u] of COMMANDS) {
      const ended = await start(test, args.split(' '), project.options).ended;
      expect({ args, code: ended.code }).toEqual({ args, code: 0 });
      expect(ended.stderr).toMatch(stderr);
      expect(ended.stdout).toMatch(stdout);
    }
  });
});

it('the bundle has the holidays of the library, without its time zones', PROCESSES, async () => {
  const bundled = new URL('../../dist/cli/holidays.js', import.meta.url).href;
  const built = (await import(bundled)) as { readonly loadHolidays: typeof loadHolidays };
  // Rules by date, by Easter, by other calendars and by the equinox; time zones far from UTC, and with a change at midnight.
  const codes = ['FR', 'DE-BY', 'US-CA', 'JP', 'CN', 'IL', 'IR', 'SA', 'BD', 'NZ', 'CL', 'PY', 'AZ', 'CU'];
  const days = Array.from({ length: 366 }, (_, day) =>
    new Date(Date.UTC(2026, 0, 1) + day * DAY).toISOString().slice(0, 10),
  );
  const [ofLibrary, ofBundle] = [await loadHolidays(codes), await built.loadHolidays(codes)];
  const named = (lookup: typeof ofLibrary) =>
    codes.flatMap((code) => days.map((day) => [code, day, lookup(code, day)]).filter(([, , name]) => name));
  expect(named(ofBundle)).toEqual(named(ofLibrary));
  expect(named(ofLibrary).length).toBeGreaterThan(100);
});

it(
  'the thread of the built program checks rule files again and again, and the switch saves',
  PROCESSES,
  async (test) => {
    const project = await aProject(test, {
      config: { server: '{ host: 127.0.0.1, port: 0, edit_rules: true }' },
    });
    const running = project.start('run');
    const started = (): { port: number } => {
      const found = lines(running.stderr()).find(({ msg }) => msg === 'dashboard started');
      return found as unknown as { port: number };
    };
    await vi.waitFor(() => expect(started()).toBeDefined(), { timeout: 60_000, interval: 50 });
    const files = `http://127.0.0.1:${started().port}/api/rule-files`;
    const { files: names } = (await (await fetch(files)).json()) as { files: readonly [string] };
    const headers = { 'content-type': 'application/json', 'x-requested-with': 'autoresponder' };
    const post = (path: string, body: object) =>
      fetch(`${files}/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    const text = 'version: 1\nrules: [ { id: a, on: message, tag: b } ]\n';
    for (let n = 0; n < 3; n += 1) {
      const checked = await post(`files/${names[0]}/check`, { text, replay: n === 1 });
      expect(await checked.json()).toMatchObject({ faults: [], tests: [] });
    }
    const saved = await post('switch', { id: 'pricing', file: names[0], to: 'shadow' });
    expect({ status: saved.status, body: await saved.json() }).toMatchObject({
      status: 200,
      body: { problem: null },
    });
    expect(project.read(`rules/${names[0]}`)).toContain('mode: shadow');
  },
);

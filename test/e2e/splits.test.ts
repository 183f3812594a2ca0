import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openSqlite } from '../../src/store/sqlite/store.js';
import { aDecision, anEvent } from '../builders.js';
import { runHere } from './run-here.js';

/** A project in which 20 contacts took two branches and 10 were held out, and some of them wrote again. */
async function aProject(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'splits-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(
    join(folder, 'config.yaml'),
    'version: 1\nblotato: { api_key: sandbox }\nstore: sqlite:./s.db\nrules: ./rules.yaml\naccounts: [{ name: shop-ig, id: "98434", platform: instagram }]\n',
  );
  writeFileSync(join(folder, 'rules.yaml'), 'version: 1\nrules: [{ id: lamp, on: message, reply: Hi }]\n');
  const now = Date.now();
  const store = openSqlite(join(folder, 's.db'), () => now);
  const writes = async (n: number, at: number) => {
    const contact = { id: `c${n}`, name: null, username: null };
    const event = anEvent({ sourceId: `m${n}-${at}`, at, contact });
    await store.recordPage('messages', [{ event, beforeStart: false }], null);
    return event;
  };
  for (let n = 0; n < 30; n += 1) {
    const event = await writes(n, now - 1_000);
    const branch = ['short', 'long', 'hold_out'][n % 3] ?? '';
    const effects = [{ type: 'branch', rule: 'lamp', split: 'short/long', branch } as const];
    await store.recordDecision(event, aDecision({ reason: 'acted', actions: [], effects }), now - 500);
  }
  // Eight of `short`, four of `long`, and two of those held out.
  for (const n of [0, 3, 6, 9, 12, 15, 18, 21, 1, 4, 7, 10, 2, 5]) await writes(n, now);
  await store.close();
  return folder;
}

it('status shows each branch of a split with its interval, and the difference to those held out', async () => {
  const { stdout, code } = await runHere(['status'], { cwd: await aProject(), env: {} });
  expect(code).toBe(0);
  const shown = stdout.slice(stdout.indexOf('splits '));
  expect(shown.split('\n').slice(0, 5)).toEqual([
    'splits   of the last 30 days: contacts who wrote afterwards, with the interval of 95 %',
    '  lamp short/long',
    expect.stringMatching(
      /^ {4}hold_out +10 {2}wrote 2 = 20\.0 % \(5\.7 to 51\.0\) {2}completed 0$/u,
    ) as string,
    expect.stringMatching(
      /^ {4}long +10 {2}wrote 4 = 40\.0 % \(16\.8 to 68\.7\) {2}completed 0 {2}against hold_out \+20\.0 points \(-[\d.]+ to [\d.]+\)$/u,
    ) as string,
    expect.stringMatching(
      /^ {4}short +10 {2}wrote 8 = 80\.0 % \(49\.0 to 94\.3\) {2}completed 0 {2}against hold_out \+60\.0 points \([\d.]+ to [\d.]+\)$/u,
    ) as string,
  ]);
});

it('export splits prints the same figures as CSV, and as JSON', async () => {
  const cwd = await aProject();
  const csv = (await runHere(['export', 'splits'], { cwd, env: {} })).stdout.trimEnd().split(/\r?\n/u);
  expect(csv[0]).toBe(
    'rule,split,branch,contacts,wrote,completed,share,low,high,difference,difference_low,difference_high',
  );
  expect(csv[1]).toMatch(/^lamp,short\/long,hold_out,10,2,0,0\.2,0\.0566\d+,0\.5098\d+,,,$/u);
  expect(csv[3]).toMatch(/^lamp,short\/long,short,10,8,0,0\.8,0\.49\d+,0\.943\d+,0\.6\d*,0\.\d+,0\.\d+$/u);
  const json = (await runHere(['export', 'splits', '--json'], { cwd, env: {} })).stdout.trimEnd().split('\n');
  expect(json.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { branch: 'hold_out', contacts: 10, wrote: 2, difference: null },
    { branch: 'long', contacts: 10, wrote: 4 },
    { branch: 'short', contacts: 10, wrote: 8, share: { value: 0.8 } },
  ]);
});

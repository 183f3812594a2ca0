import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadConfigs, parseConfig } from '../../src/config/load.js';
import type { Checked } from '../../src/domain/finding.js';
import { isSchedule } from '../../src/poller/schedule.js';

const ACCOUNT = '{ name: shop-ig, id: "98434", platform: instagram }';
const FIX = 'Write five or six fields, such as "*/5 * * * * *" for every 5 seconds.';

function placesOf(checked: Checked<unknown>): readonly string[] {
  return checked.ok
    ? []
    : checked.findings.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

describe('a schedule that the scheduler does not accept', () => {
  it('is reported with its place and its fix, beside errors in other values', () => {
    const text = `version: 1\nblotato: { api_key: k }\naccounts: [${ACCOUNT}]\npoll:\n  schedule: hourly\n  comments: 7\n`;
    const checked = parseConfig(text, 'config.yaml', {}, isSchedule);
    expect(placesOf(checked)).toEqual([
      '5:13 schedule: "hourly" is not a schedule',
      expect.stringMatching(/^6:13 comments: /u),
    ]);
    expect(checked).toMatchObject({ findings: [{ code: 'wrong-value', fix: FIX }, {}] });
  });

  it('is reported for a workspace in the list too, beside the shared one', () => {
    const text = [
      'version: 1',
      'store: postgres://me@db.example/answers',
      'poll: { schedule: hourly }',
      'workspaces:',
      `  - { name: bakery, blotato: { api_key: k }, accounts: [${ACCOUNT}], poll: { schedule: never } }`,
    ].join('\n');
    expect(placesOf(parseConfig(text, 'config.yaml', {}, isSchedule))).toEqual([
      '3:19 schedule: "hourly" is not a schedule',
      '5:129 schedule: "never" is not a schedule',
    ]);
  });

  it('is reported in the file of a workspace', () => {
    const folder = mkdtempSync(join(tmpdir(), 'schedule-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    mkdirSync(join(folder, 'shops'));
    const file = join(folder, 'config.yaml');
    writeFileSync(file, 'version: 1\nstore: postgres://me@db.example/answers\nworkspaces: ./shops\n');
    const shop = `blotato: { api_key: k }\naccounts: [${ACCOUNT}]\npoll: { schedule: "0 0 31 2 *" }\n`;
    writeFileSync(join(folder, 'shops/bakery.yaml'), shop);
    expect(placesOf(loadConfigs(file, {}, isSchedule))).toEqual([
      '3:19 schedule: "0 0 31 2 *" is not a schedule',
    ]);
  });
});

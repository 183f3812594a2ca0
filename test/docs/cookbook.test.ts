import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { runRuleTest } from '../../src/rehearsal/rule-tests.js';
import { loadConfig } from '../../src/config/load.js';
import { isSchedule } from '../../src/poller/schedule.js';
import type { Config } from '../../src/domain/config.js';
import { loadHolidays } from '../../src/engine/calendar/holidays.js';
import { compileSet } from '../../src/engine/rule-set.js';
import { outsideWindow } from '../../src/lint/outside-window.js';
import { ruleContext } from '../../src/project/project.js';
import { createTableLog, tableSource } from '../../src/project/table-source.js';
import { parseRules } from '../../src/rules/parse.js';
import { TUESDAY } from '../builders.js';

const FOLDER = fileURLToPath(new URL('../../docs/cookbook/', import.meta.url));
/** The variables of the recipes that call other services. */
const KEYS = { NEWSLETTER_KEY: 'n', CRM_KEY: 'c', WORKFLOW_SECRET: 'w', SHOP_KEY: 's' };
const FILES = readdirSync(`${FOLDER}rules`).filter((name) => name.endsWith('.yaml'));

describe('the cookbook', () => {
  let config: Config;
  beforeAll(() => {
    const loaded = loadConfig(`${FOLDER}config.yaml`, {}, isSchedule);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings, null, 2));
    expect(loaded.warnings).toEqual([]);
    config = loaded.value;
  });

  it('lists all its recipes in its table', () => {
    const listed = [...readFileSync(`${FOLDER}README.md`, 'utf8').matchAll(/\(rules\/([^)]+)\)/gu)];
    expect(listed.map(([, file]) => file)).toEqual(FILES);
  });

  it.each(FILES)('%s is valid, has a comment with its purpose, and passes its tests', async (file) => {
    const text = readFileSync(`${FOLDER}rules/${file}`, 'utf8');
    expect(text).toMatch(/^# yaml-language-server: .*\n# [A-Z"]/u);
    const { calendars } = config;
    const tableOf = tableSource(config, new Map(), createTableLog());
    const parsed = parseRules(text, `${FOLDER}rules/${file}`, { ...ruleContext(config, KEYS), tableOf });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.findings, null, 2));
    expect(parsed.warnings).toEqual([]);

    const { rules, tests } = parsed.value;
    expect(rules.flatMap((rule) => outsideWindow(rule, { config }))).toEqual([]);
    const set = compileSet(rules, calendars, await loadHolidays(['FR']));
    const acted = new Set<string | null>();
    for (const test of tests) {
      const { failures, last } = await runRuleTest(test, { config, set, now: TUESDAY });
      expect({ test: test.name, failures }).toEqual({ test: test.name, failures: [] });
      if (last && last.decision.actions.length > 0) acted.add(last.decision.rule);
    }
    // The tests of a recipe show a reply for each of its rules.
    expect([...acted].sort()).toEqual(rules.map(({ id }) => id).sort());
  });
});

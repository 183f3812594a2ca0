import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import { isSchedule } from '../../src/poller/schedule.js';
import { codeFile } from '../../src/project/codes.js';
import type { Finding } from '../../src/domain/finding.js';
import { checkKeyword } from '../../src/engine/text/keywords.js';
import type { RuleContext } from '../../src/rules/parse.js';
import { loadRules } from '../../src/rules/load.js';
import { formatFinding } from '../../src/yaml/frame.js';

/** Messages about patterns and lengths of time name the fix themselves. */
const FIX_IN_MESSAGE = /: (?:write|use|match|fix) /u;
const HERE = relative(process.cwd(), import.meta.dirname);

/** A key and values of other variables that must never be shown. */
const SECRETS = ['sEcReT', 'blt_secret_4f9a', 'blt_4f9a1c77d2', 'hunter2', 'fifty-days-or-so', 'chatty'];
const ENV = { BLOTATO_API_KEY: 'blt_secret_4f9a', RETENTION: 'fifty-days-or-so', LEVEL: 'chatty-as-ever', EMPTY: '' };

const CONTEXT: RuleContext = {
  accounts: [
    { name: 'shop-ig', platform: 'instagram' },
    { name: 'shop-fb', platform: 'facebook' },
  ],
  calendars: ['shop'],
  // A substitute for the check of the template engine: it reports one unknown root.
  checkTemplate: (text) => {
    const offset = text.indexOf('contcat');
    if (offset === -1) return [];
    return [{ message: 'unknown name `contcat`', fix: 'did you mean `contact`?', offset }];
  },
  checkKeyword,
  codesOf: codeFile,
  hasVariable: (name) => name === 'CRM_SECRET',
};

function yamlFiles(folder: string): string[] {
  return readdirSync(join(HERE, folder))
    .filter((name) => name.endsWith('.yaml'))
    .sort();
}

function findingsOf(file: string): readonly Finding[] {
  const checked = file.includes('/config/') ? loadConfig(file, ENV, isSchedule) : loadRules(file, CONTEXT);
  return checked.ok ? [] : checked.findings;
}

/** The output for the user, with the file's own name instead of its path. */
function shown(file: string): string {
  const findings = findingsOf(file).map((finding) => formatFinding(finding));
  return `${findings.join('\n\n')}\n`.replaceAll(`${join(file, '..')}/`, '');
}

describe.each(['config', 'rules'])('the error output for test/faults/%s', (folder) => {
  it.each(yamlFiles(folder))('%s is reported with its place and the fix', (name) => {
    const file = join(HERE, folder, name);
    const expected = readFileSync(file.replace(/\.yaml$/u, '.expected.txt'), 'utf8');
    expect(shown(file)).toBe(expected);
    expect(findingsOf(file)).not.toHaveLength(0);
  });

  it.each(yamlFiles(folder))('%s has a fix for each error', (name) => {
    const hasFix = ({ fix, message }: Finding) => fix !== null || FIX_IN_MESSAGE.test(message);
    const withoutFix = findingsOf(join(HERE, folder, name)).filter((finding) => !hasFix(finding));
    expect(withoutFix.map(({ line, message }) => `${line}: ${message}`)).toEqual([]);
  });

  it('has a code that does not change, for programs', async () => {
    const lines = yamlFiles(folder).map((name) => {
      const codes = findingsOf(join(HERE, folder, name)).map(({ code }) => code);
      return `${name}: ${codes.join(' ')}\n`;
    });
    await expect(lines.join('')).toMatchFileSnapshot(`${folder}/codes.txt`);
  });

  it.each(yamlFiles(folder))('%s shows no secret', (name) => {
    const file = join(HERE, folder, name);
    const everything = JSON.stringify(findingsOf(file)) + shown(file);
    for (const secret of SECRETS) expect(everything).not.toContain(secret);
  });

  it.each(yamlFiles(folder))('%s is reported from top to bottom', (name) => {
    const places = findingsOf(join(HERE, folder, name)).map(({ line, column }) => line * 10_000 + column);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });
});

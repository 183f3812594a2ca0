import { describe, expect, it } from 'vitest';
import { parseRules } from '../../src/rules/parse.js';
import { checkTemplate } from '../../src/actions/compose/render.js';
import { checkKeyword } from '../../src/engine/text/keywords.js';
import { openYaml } from '../../src/yaml/document.js';
import { reportFixedZones } from '../../src/config/fixed-zones.js';
import { IS_RIGHT, LOOKS_RIGHT } from '../vectors/looks-right.js';

function findings(text: string) {
  const context = { accounts: [], calendars: [], checkTemplate, checkKeyword };
  const checked = parseRules(text, 'faq.yaml', context);
  return checked.ok ? checked.warnings : checked.findings;
}

const ruleOf = (line: string): string => `version: 1\nrules:\n  - id: a\n    on: message\n    ${line}\n`;

describe('a rule file that is valid but probably wrong', () => {
  it.each(LOOKS_RIGHT)('gets a warning for %s', (line, code, fix) => {
    const [found, ...others] = findings(ruleOf(line)).filter(({ code: each }) => each === code);
    expect(found).toMatchObject({ severity: 'warning', fix: expect.stringContaining(fix) as string });
    expect(found?.line).toBeGreaterThan(4);
    expect(others.length).toBe(line.includes('“how') ? 1 : 0);
  });

  it.each(IS_RIGHT)('gets no warning for %s', (line) => expect(findings(ruleOf(line))).toEqual([]));
});

it('a keyword that YAML reads as a comment is reported as such', () => {
  const found = findings(ruleOf('reply: Hi\n    keywords:\n      - price\n      - #sale'));
  expect(found.map(({ code, fix }) => [code, fix])).toContainEqual([
    'lost-text',
    'Put the whole text in quotes: "#sale".',
  ]);
});

it('a date without quotes is refused as a keyword', () => {
  const found = findings(ruleOf('reply: Hi\n    keywords: [2026-01-01]'));
  expect(found).toMatchObject([
    { severity: 'error', code: 'needs-quotes', fix: 'Put it in quotes: "2026-01-01".' },
  ]);
  expect(findings(ruleOf('reply: Hi\n    keywords: ["2026-01-01"]'))).toEqual([]);
});

it('a version in quotes and an unknown version have different errors', () => {
  const [found] = findings("version: '1'\nrules: []\n");
  expect(found).toMatchObject({ code: 'wrong-type', fix: 'Write version: 1, without quotes.' });
});

it.each([
  ['EST', 'America/New_York'],
  ['MST', 'America/Denver'],
  ['Etc/GMT+5', 'Europe/Paris'],
])('the zone %s gets a warning', (zone, meant) => {
  const source = openYaml(`calendars: { shop: { timezone: ${zone} } }`, 'config.yaml');
  reportFixedZones(source, []);
  expect(source.findings()).toMatchObject([
    { code: 'fixed-timezone', severity: 'warning', fix: `Write a place: ${meant}.` },
  ]);
});

it.each(['UTC', 'Europe/Berlin', 'EST5EDT', 'America/Phoenix'])('the zone %s gets no warning', (zone) => {
  const source = openYaml(`calendars: { shop: { timezone: ${zone} } }`, 'config.yaml');
  reportFixedZones(source, []);
  expect(source.findings()).toEqual([]);
});

import { describe, expect, it } from 'vitest';
import { loadConfigs } from '../../src/config/load.js';
import { isSchedule } from '../../src/poller/schedule.js';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ENV = { KEY: 'key-of-florist', AGENCY: 'token-of-agency' };
const OPEN = 'other machines can reach';
const VIEWER = 'tokens: [{ name: vi, role: viewer, token: token-of-vi }]';

/** Messages about an installation: a bakery with `token`, and a florist with `own`, in a list or a folder. */
function messages(server: string, own: string, isFolder: boolean): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'tokens-'));
  try {
    const rest = 'accounts: [{ name: shop-ig, id: "1", platform: instagram }]';
    const bakery = `blotato: { api_key: key }, ${rest}, token: token-of-bakery`;
    const florist = `blotato: { api_key: "\${KEY}" }, ${rest}${own === '' ? '' : `, ${own}`}`;
    mkdirSync(join(folder, 'shops'));
    writeFileSync(join(folder, 'shops/bakery.yaml'), `{ ${bakery} }`);
    writeFileSync(join(folder, 'shops/florist.yaml'), `{ ${florist} }`);
    const list = `\n  - { name: bakery, ${bakery} }\n  - { name: florist, ${florist} }`;
    const text = `version: 1\nstore: postgres://a@b/c\nserver: { ${server} }\nworkspaces: ${isFolder ? './shops' : list}\n`;
    writeFileSync(join(folder, 'config.yaml'), text);
    const read = loadConfigs(join(folder, 'config.yaml'), ENV, isSchedule);
    if (!read.ok) return read.findings.map(({ message }) => message);
    const broken = read.broken.flatMap(({ workspace, findings }) =>
      findings.map(({ message }) => `${workspace}: ${message}`),
    );
    return [...read.warnings.map(({ message }) => message), ...broken];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it.each([
  ['./rules', './rules/', true],
  ['./rules', './rules/florist.yaml', true],
  ['./rules', './rules-2', false],
])('rules at %s and %s are shared: %s', (bakery, florist, isShared) => {
  const folder = mkdtempSync(join(tmpdir(), 'shared-'));
  const shop = (name: string, rules: string): string =>
    `  - { name: ${name}, blotato: { api_key: ${name} }, rules: ${rules}, accounts: [{ name: a, id: "1", platform: instagram }] }\n`;
  const text = `version: 1\nstore: postgres://a@b/c\nworkspaces:\n${shop('bakery', bakery)}${shop('florist', florist)}`;
  writeFileSync(join(folder, 'config.yaml'), text);
  const read = loadConfigs(join(folder, 'config.yaml'), ENV, isSchedule);
  rmSync(folder, { recursive: true });
  expect(read.ok && read.value.map(({ sharesRules = false }) => sharesRules)).toEqual([isShared, isShared]);
});

describe.each([
  ['list', false],
  ['folder', true],
])('with several workspaces in a %s, the tokens', (_, isFolder) => {
  it.each([
    ['host: 0.0.0.0', 'token: token-of-florist', []],
    ['host: 0.0.0.0', VIEWER, []],
    ['host: 0.0.0.0, agency_token: "${AGENCY}"', '', []],
    ['host: 0.0.0.0', '', [`host: ${OPEN} this address, but there is no token of workspace florist`]],
    [
      'host: 0.0.0.0, agency_token: "${NONE:-}"',
      '',
      [`host: ${OPEN} this address, but there is no token of workspace florist`],
    ],
    ['host: 127.0.0.1', '', []],
    [
      'token: token-of-server',
      VIEWER,
      ['token: opens nothing, because each of several workspaces has its own'],
    ],
    [VIEWER, '', ['tokens: with several workspaces each has its own']],
  ] as const)('of `server: { %s }` and a workspace with `%s`', (server, own, expected) => {
    expect(messages(server, own, isFolder)).toEqual(expected);
  });

  it.each([
    ['', 'token: token-of-bakery', 'token: workspace bakery has the same token'],
    ['', VIEWER.replace('token-of-vi', 'token-of-bakery'), 'token: workspace bakery has the same token'],
    ['', `token: token-of-vi, ${VIEWER}`, 'token: workspace florist has the same token'],
    ['agency_token: token-of-vi', VIEWER, 'token: `server.agency_token` is the same token'],
    ['host: 0.0.0.0', 'token: "${NONE:-}"', 'variable NONE is not set, and its default is empty'],
    ['host: 0.0.0.0', 'token: ""', 'token: empty, which is no token'],
    ['host: 0.0.0.0', 'token: "${UNSET}"', 'the environment variable UNSET is not set'],
    [
      '',
      VIEWER.replace('token-of-vi', 'short'),
      'token: shorter than 8 characters: it can be guessed, and the log does not hide it',
    ],
  ] as const)('`%s` and a workspace with `%s` are a finding of the workspace', (server, own, expected) => {
    const found = messages(server, own, isFolder);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(expected);
    if (isFolder && !expected.includes('shorter')) expect(found[0]).toMatch(/^florist: /u);
  });
});

it.each([
  ['rules: ../rules/, mode: life', true],
  ['mode: life', true],
  ['rules: ../florist, mode: life', false],
  ['rules: [', true],
])('rules are shared with a workspace whose file has errors, %s: %s', (florist, isShared) => {
  const folder = mkdtempSync(join(tmpdir(), 'shared-'));
  const shop = (name: string, more: string): string =>
    `{ blotato: { api_key: ${name} }, accounts: [{ name: a, id: "1", platform: instagram }], ${more} }\n`;
  mkdirSync(join(folder, 'shops'));
  writeFileSync(join(folder, 'shops/bakery.yaml'), shop('bakery', 'mode: live'));
  writeFileSync(join(folder, 'shops/florist.yaml'), shop('florist', florist));
  writeFileSync(join(folder, 'config.yaml'), 'version: 1\nstore: postgres://a@b/c\nworkspaces: ./shops\n');
  const read = loadConfigs(join(folder, 'config.yaml'), ENV, isSchedule);
  rmSync(folder, { recursive: true });
  expect(read.ok && read.broken.map(({ workspace }) => workspace)).toEqual(['florist']);
  expect(read.ok && read.value.map(({ sharesRules = false }) => sharesRules)).toEqual([isShared]);
});

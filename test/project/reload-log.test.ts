import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createLogger } from '../../src/log/logger.js';
import { loadWorkspaces } from '../../src/project/load-in-thread.js';
import { createReloader, liveWorkspace } from '../../src/project/reload.js';

const RULES = 'version: 1\nrules: [ { id: pricing, on: message, keywords: [price], reply: From 20 EUR. } ]\n';
const BROKEN = RULES.replace('keywords', 'keyword');
const shop = (name: string, more = `rules: ./${name}.yaml`) =>
  `  - { name: ${name}, ${more}, blotato: { api_key: "\${${name.toUpperCase()}_KEY}" }, accounts: [{ name: shop-ig, id: "1", platform: instagram }] }\n`;
const CONFIG = `version: 1\nstore: postgres://shop@127.0.0.1/shop\nworkspaces:\n${shop('bakery')}${shop('florist')}`;
const ONLY =
  'version: 1\nblotato: { api_key: "${BAKERY_KEY}" }\nrules: ./bakery.yaml\naccounts: [{ name: shop-ig, id: "1", platform: instagram }]\n';
const FAULT = expect.stringMatching(/bakery\.yaml:2:\d+: unknown key "keyword"/u) as unknown;

interface Line {
  readonly msg: string;
  readonly faults?: readonly string[];
}

/** A program of these files; `change` writes files, and reloads as often as the watcher would: once more where the list of watched files changed. */
async function aProgram(config: string) {
  const folder = mkdtempSync(join(tmpdir(), 'reload-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const write = (files: Readonly<Record<string, string>>): void => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, `${name}.yaml`), text);
  };
  write({ config, bakery: RULES, florist: RULES, baker: RULES });
  const order = { file: join(folder, 'config.yaml'), env: { BAKERY_KEY: 'b', FLORIST_KEY: 'f', EMPTY: '' } };
  const loaded = await loadWorkspaces(order);
  if (!loaded.ok) throw new Error(loaded.findings[0]?.message);
  const workspaces = loaded.value.map((each) => liveWorkspace(each, Date.now));
  let text = '';
  const out = { write: (line: string) => (text += line) !== '' } as unknown as NodeJS.WritableStream;
  const logger = createLogger({ level: 'info', pretty: false, secrets: [] }, out);
  const reloader = createReloader({ order, workspaces, onChange: () => undefined, clock: Date.now, logger });
  const printed = (): Line[] => {
    const lines = text.split('\n').filter((line) => line !== '');
    text = '';
    return lines.map((line) => JSON.parse(line) as Line);
  };
  return {
    problems: () => workspaces.map(({ problem }) => problem?.faults ?? null),
    async change(files: Readonly<Record<string, string>>) {
      write(files);
      await reloader.reload('a file changed');
      const first = printed();
      await reloader.reload('a file changed');
      return { first, recheck: printed() };
    },
  };
}

it('logs a failed reload of one of several workspaces in one line, with each error once', async () => {
  const { change } = await aProgram(CONFIG);
  const { first, recheck } = await change({ bakery: BROKEN });
  expect(first).toEqual([
    expect.objectContaining({
      ...{ faults: [FAULT], workspaces: ['bakery'] },
      msg: expect.stringMatching(/^reload failed for the workspaces named here/u) as unknown,
    }),
  ]);
  expect(recheck).toEqual([]);
  const fixed = await change({ bakery: RULES });
  expect(fixed.first).toEqual([
    expect.objectContaining({ msg: 'rules and calendars reloaded', fixed: true }),
  ]);
});

it.for([
  ['the rules of the only workspace', ONLY, { bakery: BROKEN }, FAULT],
  ['the rules of all workspaces', CONFIG, { bakery: BROKEN, florist: BROKEN }, FAULT],
  ['the configuration', ONLY, { config: `modus: live\n${ONLY}` }, expect.stringContaining('"modus"')],
  ['accounts', ONLY, { config: ONLY.replace('"1"', '"2"') }, expect.stringContaining('accounts changed')],
] as const)('says nothing of reloaded rules where none are: %s', async ([, config, files, fault]) => {
  const { change } = await aProgram(config);
  const { first } = await change(files);
  expect(first.map(({ msg }) => msg)).toEqual(['reload failed; the previous rules stay active']);
  expect(first[0]?.faults?.[0]).toEqual(fault);
  expect(new Set(first[0]?.faults).size).toBe(first[0]?.faults?.length);
});

it.for([
  [
    'without its variable',
    shop('cafe', 'rules: ./bakery.yaml'),
    { missing: [expect.stringMatching(/config\.yaml:6:\d+: the environment variable CAFE_KEY is not set/u)] },
  ],
  [
    'without the variable of its token',
    shop('cafe', 'token: "${NO_TOKEN}", rules: ./bakery.yaml').replace('${CAFE_KEY}', 'cafe'),
    { missing: [expect.stringContaining('NO_TOKEN is not set')] },
  ],
  ['with all that it needs', shop('cafe', 'rules: ./bakery.yaml').replace('${CAFE_KEY}', 'cafe'), {}],
] as const)('a new workspace %s is announced once, and alarms no other', async ([, added, found]) => {
  const { change, problems } = await aProgram(CONFIG);
  const { first, recheck } = await change({ config: CONFIG + added });
  const announced = first.filter(({ msg }) => msg === 'new workspaces are served from the next start');
  expect(announced).toEqual([expect.objectContaining({ workspaces: ['cafe'], ...found })]);
  expect([...first, ...recheck].map(({ msg }) => msg)).not.toContainEqual(expect.stringContaining('failed'));
  expect(recheck.filter(({ msg }) => msg.startsWith('new'))).toEqual([]);
  expect(problems()).toEqual([null, null]);
});

it('a workspace that gets a key of a variable that is not set keeps its rules, and alarms no other', async () => {
  const { change, problems } = await aProgram(CONFIG);
  const { first } = await change({ config: CONFIG.replace('${FLORIST_KEY}', '${NEW_KEY}') });
  expect(first.map(({ msg }) => msg)).toEqual([expect.stringContaining('the workspaces named here')]);
  expect(problems()).toEqual([null, [expect.stringContaining('NEW_KEY is not set')]]);
});

it.for([
  ['a value that all share', CONFIG.replace('version: 1', 'version: 1\nretention: "${AGES}"')],
  ['every workspace', CONFIG.replaceAll('_KEY}', '_NOT}')],
  ['one, beside another error', `modus: live\n${CONFIG.replace('FLORIST_KEY', 'NOT')}`],
] as const)('a variable of %s that is not set keeps the rules of all', async ([, config]) => {
  const { change, problems } = await aProgram(CONFIG);
  await change({ config });
  expect(problems().every((faults) => faults !== null)).toBe(true);
});

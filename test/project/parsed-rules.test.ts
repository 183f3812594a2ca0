import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serialize } from 'node:v8';
import { describe, expect, it, onTestFinished } from 'vitest';
import { lineOf } from '../../src/domain/finding.js';
import type { Config } from '../../src/domain/config.js';
import { finish } from '../../src/domain/steps.js';
import { createAsked } from '../../src/project/asked.js';
import { readChanged } from '../../src/project/changed-files.js';
import { onlyOrigin, readParsedRules, saveParsedRules } from '../../src/project/parsed-rules.js';
import { loadConfigsOf } from '../../src/project/load-request.js';
import { readProjects } from '../../src/project/project.js';
import { groupOf } from '../../src/project/rule-group.js';
import { createTableLog } from '../../src/project/table-source.js';
import { createTables } from '../../src/project/tables.js';

const CONFIG = `version: 1
blotato: { api_key: k }
store: sqlite:./store/bot.db
rules: ./rules
accounts: [{ name: shop-ig, id: "1", platform: instagram }]
calendars:
  shop: { timezone: Europe/Paris, open: { mon-fri: ["09:00-12:00"] } }
`;
const RULES = `version: 1
rules:
  - { id: once, on: message, keywords: [price, "café", "👍"], once_per: { contact: forever }, reply: 20 EUR }
  - { id: again, on: message, keywords: [price, "café", "👍"], when: { fact: hours, params: { calendar: shop }, operator: equal, value: open }, reply: 20 EUR }
  - id: code
    on: message
    keywords: [code]
    reply: "Here it is:"
    then: [code: { from: codes.csv, save: code, low: 1 }, webhook: { url: "https://shop.example/hook", headers: { X-Key: "\${HOOK_KEY}" } }]
saved_replies: { hours: "9 to 12" }
`;

const ENV = { HOOK_KEY: 'x' };

interface Place {
  readonly folder: string;
  readonly file: string;
  /** The file beside the store. */
  readonly stored: string;
}

function project(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'parsed-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'rules'));
  mkdirSync(join(folder, 'store'));
  writeFileSync(join(folder, 'config.yaml'), CONFIG);
  writeFileSync(join(folder, 'rules/a.yaml'), RULES);
  writeFileSync(join(folder, 'rules/codes.csv'), 'A1\nA2\n');
  return { folder, file: join(folder, 'config.yaml'), stored: join(folder, 'store/bot.db-rules') };
}

async function read({ file }: Place) {
  const configs = loadConfigsOf({ file, env: ENV });
  const asked = createAsked();
  const access = { tables: createTables(), log: createTableLog(), asked };
  const found = await readProjects(configs, file, ENV, access);
  const origin = onlyOrigin(configs);
  if (!found.ok || !origin) throw new Error(found.ok ? 'no store' : found.findings.map(lineOf).join());
  const [{ rules: all } = { rules: null }] = found.value;
  if (!all) throw new Error('nothing was read');
  return { parsed: { parts: groupOf(all).parts, models: [], asked }, config: origin.config };
}

async function save(place: Place) {
  const { parsed, config } = await read(place);
  await saveParsedRules(parsed, config);
  return parsed;
}

/** The saved rules with the changed files, if they can be used. */
function known({ file }: Place, env: Record<string, string | undefined> = ENV) {
  const origin = onlyOrigin(loadConfigsOf({ file, env }));
  if (!origin) throw new Error('the configuration is wrong');
  const saved = readParsedRules(origin.config, env);
  return saved && finish(readChanged(saved, origin, env));
}

describe('rules that the last start parsed', () => {
  it('are the same as from their own files, with texts, saved replies and places', async () => {
    const place = project();
    const { parts, asked } = await save(place);
    const text = readFileSync(join(place.folder, 'rules/a.yaml'), 'utf8');
    expect(known(place)).toMatchObject({ parts, asked, changed: 0, texts: [{ text }] });
    expect(known(place)?.saved).toMatchObject([{ name: 'hours' }]);
    expect(known(place)?.rules[0]?.oncePer?.time).toBe(Infinity);
    expect(known(place)?.rules.map(({ place: { line } }) => line)).toEqual([3, 4, 5]);
  });

  it('are not kept for a store without a folder, nor for several workspaces', async () => {
    const config = { store: { kind: 'postgres', url: 'postgres://db/x' } } as Config;
    await saveParsedRules({ parts: [], models: [], asked: createAsked() }, config);
    expect(readParsedRules(config, {})).toBeNull();
    const sqlite = { store: { kind: 'sqlite', path: 'x.db' } } as Config;
    expect(onlyOrigin({ ok: true, value: [sqlite, sqlite], broken: [], warnings: [] })).toBeNull();
    expect(onlyOrigin({ ok: false, findings: [] })).toBeNull();
  });

  const edit = (name: string, from: string, to: string) => (place: Place) => {
    const path = join(place.folder, name);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain(from);
    writeFileSync(path, text.replace(from, to));
  };
  it.each<[string, (place: Place) => void, Record<string, string | undefined>?]>([
    ['a letter of a rule with a list of codes', edit('rules/a.yaml', 'café', 'cafe')],
    ['a further rule file without rules', ({ folder }) => writeFileSync(join(folder, 'rules/b.yaml'), 'x')],
    ['a missing rule file', ({ folder }) => rmSync(join(folder, 'rules/a.yaml'))],
    [
      'a rule file in another encoding',
      ({ folder }) => writeFileSync(join(folder, 'rules/a.yaml'), 'é', 'latin1'),
    ],
    ['the API key', edit('config.yaml', 'api_key: k', 'api_key: l')],
    ['the name of an account', edit('config.yaml', 'shop-ig', 'shop-insta')],
    ['a calendar', edit('config.yaml', '12:00', '13:00')],
    ['the mode', edit('config.yaml', 'rules:', 'mode: live\nrules:')],
    ['the file of codes', edit('rules/codes.csv', 'A2', 'A1')],
    ['a missing file of codes', ({ folder }) => rmSync(join(folder, 'rules/codes.csv'))],
    ['a variable that is no longer set', () => undefined, {}],
  ])('are read anew after a change: %s', async (_, change, env) => {
    const place = project();
    await save(place);
    change(place);
    expect(known(place, env)).toBeNull();
  });

  const patched = (at: number) => (bytes: Buffer) => {
    const copy = Buffer.from(bytes);
    const index = at < 0 ? copy.length + at : at;
    copy[index] = (copy[index] ?? 0) ^ 1;
    return copy;
  };
  const forged = serialize({ parts: [], models: [], asked: createAsked() });
  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['empty', () => Buffer.alloc(0)],
    ['only a digest', (bytes) => bytes.subarray(0, 32)],
    ['cut in the digest', (bytes) => bytes.subarray(0, 20)],
    ['cut in the middle', (bytes) => bytes.subarray(0, bytes.length >> 1)],
    ['without its last byte', (bytes) => bytes.subarray(0, -1)],
    ['longer by a byte', (bytes) => Buffer.concat([bytes, Buffer.of(0)])],
    ['with another first bit', patched(0)],
    ['with another bit behind the digest', patched(32)],
    ['with another last bit', patched(-1)],
    ['zeros', (bytes) => Buffer.alloc(bytes.length)],
    ['text', () => Buffer.from('rules: []\n'.repeat(100))],
    ['other rules behind the same digest', (bytes) => Buffer.concat([bytes.subarray(0, 32), forged])],
    [
      'other rules with a digest that needs no key',
      () => Buffer.concat([createHash('sha256').update(forged).digest(), forged]),
    ],
  ])('are read anew if the file is damaged or forged: %s', async (_, change) => {
    const place = project();
    await save(place);
    writeFileSync(place.stored, change(readFileSync(place.stored)));
    expect(known(place)).toBeNull();
  });

  it('are read anew if the file is missing, or a folder, or that of another installation', async () => {
    const [place, other] = [project(), project()];
    expect(known(place)).toBeNull();
    mkdirSync(place.stored);
    expect(known(place)).toBeNull();
    rmSync(place.stored, { recursive: true });
    await save(other);
    writeFileSync(place.stored, readFileSync(other.stored));
    expect(known(place)).toBeNull();
  });
});

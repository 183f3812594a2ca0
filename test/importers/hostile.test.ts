import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { configForImport } from '../../src/cli/import-config.js';
import { readSource } from '../../src/cli/import-source.js';
import { FORMATS, type Format } from '../../src/importers/formats.js';
import { ImportError } from '../../src/importers/imported.js';
import { parseJson } from '../../src/importers/json.js';
import { named } from '../../src/importers/rules-text.js';
import { readYaml } from '../../src/importers/yaml-source.js';
import { BAD_JSON, BAD_YAML, JSON_FORMATS, LARGE, NO_TEXTS, YAML_FORMATS } from '../vectors/hostile-files.js';

// A busy machine reads the largest file in 20 seconds.
vi.setConfig({ testTimeout: 120_000 });

const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const config = configForImport({ config: join(folder, 'none.yaml') });

/** The error of an import, which names a fix. */
async function refusalOf(format: Format, source: string): Promise<string> {
  const error = await readSource(format, source, config).catch((thrown: unknown) => thrown);
  if (!(error instanceof ImportError)) throw new Error(`no ImportError: ${String(error)}`);
  expect(error.fix).not.toBe('');
  return error.message;
}

function write(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

/** The error of a reader of a syntax. */
function thrownBy(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof ImportError && error.fix !== '') return error.message;
    throw error;
  }
  return 'no error';
}

describe.each(FORMATS)('import %s refuses', (format) => {
  it.each(NO_TEXTS)('%s', async (_why, bytes, error) => {
    const file = write('no-text', Uint8Array.from(bytes));
    const source = format === 'dialogflow' ? inAgent(Uint8Array.from(bytes)) : file;
    expect(await refusalOf(format, source)).toMatch(error);
  });

  it('a folder, or one without its files', async () => {
    const empty = join(folder, 'empty');
    mkdirSync(join(empty, 'intents', 'a.json'), { recursive: true });
    mkdirSync(join(empty, 'b.yml'), { recursive: true });
    expect(await refusalOf(format, empty)).toMatch(/is a folder, where one file|holds no file that fits/u);
  });

  it('a file that does not exist, and an address', async () => {
    expect(await refusalOf(format, join(folder, 'no-such-file'))).toMatch(/cannot be read: ENOENT/u);
    expect(await refusalOf(format, 'https://lumen.example/a')).toMatch(/cannot be read: ENOENT/u);
  });

  it('a file that is larger than 16 MB', async () => {
    const file = write('large', Buffer.alloc(16 * 1024 * 1024 + 1, 0x20));
    expect(await refusalOf(format, file)).toMatch(/has 16777217 bytes, but at most 16777216/u);
  });
});

/** The folder of a Dialogflow agent with one intent. */
function inAgent(content: string | Uint8Array): string {
  const agent = join(folder, 'agent');
  mkdirSync(join(agent, 'intents'), { recursive: true });
  writeFileSync(join(agent, 'intents', 'a.json'), content);
  return agent;
}

describe('JSON', () => {
  it.each(BAD_JSON)('with %s is refused with its place', (_why, text, error) => {
    expect(thrownBy(() => parseJson({ name: 'a.json', text: text() }))).toMatch(error);
  });

  it.each(JSON_FORMATS)('of %s is checked', async (format) => {
    const file = write('twice.json', '{"a": 1,\n"a": 2}');
    expect(await refusalOf(format, file)).toMatch(/^twice\.json:2:1: has the key "a" twice/u);
  });

  it('of dialogflow is checked', async () => {
    expect(await refusalOf('dialogflow', inAgent('{"a": 1,\n"a": 2}'))).toMatch(
      /^agent\/intents\/a\.json:2:1: has the key "a" twice/u,
    );
  });

  it('is read as JSON.parse reads it', () => {
    const text = ` {"a": [1, -2.5e+3, 0, true, false, null, "x\\"\\\\\\u00e9\\n", ""], "": {}, "b": [[], {}]}\r\n\t`;
    for (const each of [text, '1', '"a"', 'null', '[]', '{}'])
      expect(parseJson({ name: 'a.json', text: each })).toEqual(JSON.parse(each));
  });
});

describe('YAML', () => {
  it.each(BAD_YAML)('with %s is refused with its place', (_why, text, error) => {
    expect(thrownBy(() => readYaml({ name: 'a.yaml', text: text() }))).toMatch(error);
  });

  it.each(YAML_FORMATS)('of %s is checked', async (format) => {
    const file = write('twice.yaml', 'a: 1\na: 2');
    expect(await refusalOf(format, file)).toMatch(
      /^twice\.yaml:2:1: is not valid YAML: the key "a" occurs twice/u,
    );
  });
});

describe('large files', () => {
  it.each(LARGE)('with %s are read', async (_why, format, text, error) => {
    const file = write('large', text());
    if (error !== null) return expect(await refusalOf(format, file)).toMatch(error);
    const { rules } = await readSource(format, file, config);
    expect(new Set(named(rules).map(({ id }) => id)).size).toBe(rules.length);
  });
});

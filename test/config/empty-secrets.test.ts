import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfigs } from '../../src/config/load.js';
import { isSchedule } from '../../src/poller/schedule.js';
import { answersFrom, areSame, createAsked } from '../../src/project/asked.js';
import { isSecretKey } from '../../src/yaml/secrets.js';
import { OPTIONAL, SECRETS } from '../vectors/secrets.js';

function findingsOf(text: string, env: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  try {
    writeFileSync(join(folder, 'config.yaml'), text);
    const read = loadConfigs(join(folder, 'config.yaml'), env, isSchedule);
    return read.ok ? [] : read.findings;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

/** Paths of the texts whose key is that of a secret. */
function secretsIn(schema: Schema, path = ''): readonly string[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, each]) => {
    const at = path === '' ? key : `${path}.${key}`;
    return isSecretKey(key) && !each.items && !each.properties ? [at] : secretsIn(each, at);
  });
  const items = schema.items ? secretsIn(schema.items, `${path}[]`) : [];
  return [
    ...new Set([
      ...own,
      ...items,
      ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((each) => secretsIn(each, path)),
    ]),
  ];
}

describe('an empty secret', () => {
  it('is tested for every secret of the configuration', () => {
    const schema = JSON.parse(
      readFileSync(join(import.meta.dirname, '../../schema/config.schema.json'), 'utf8'),
    ) as Schema;
    expect(SECRETS.map(({ at }) => at).toSorted()).toEqual([...secretsIn(schema)].toSorted());
  });

  describe.each(SECRETS)('at $at', ({ at, text }) => {
    it.each(['""', "''", '"  "', '"${EMPTY}"', '"${BLANK}"', '"${NONE:- }"'])(
      'is refused, with its place and a fix: %s',
      (value) => {
        const written = text(value);
        const key = at.slice(at.lastIndexOf('.') + 1);
        const [first] = findingsOf(written, { EMPTY: '', BLANK: ' ' });
        const lines = written.split('\n');
        const line = lines.findIndex((each) => each.includes(`${key}: ${value}`));
        const column = lines[line]!.indexOf(`${key}: ${value}`) + key.length + 3;
        expect(first).toMatchObject({ severity: 'error', line: line + 1, column });
        expect(first?.message).toMatch(new RegExp(`^${key}: `, 'u'));
        expect(first?.fix).toMatch(/^(?:Write|Give) /u);
      },
    );

    it('is accepted only where there may be none, as an empty default', () => {
      expect(findingsOf(text('"${NONE:-}"')).length === 0).toBe(OPTIONAL.includes(at));
    });

    it('is accepted with a value', () => {
      expect(findingsOf(text('"${SECRET}"'), { SECRET: '110201543:AAH-of-somebody' })).toEqual([]);
    });
  });
});

describe('a variable of rules', () => {
  it.each([
    [undefined, false],
    ['', false],
    [' ', false],
    ['x', true],
  ])('with the value %j is set: %s', (value, isSet) => {
    const asked = createAsked();
    const env = { CRM_SECRET: value };
    expect(answersFrom(env, asked).hasVariable('CRM_SECRET')).toBe(isSet);
    expect(areSame(asked, env)).toBe(true);
    expect(areSame(asked, { CRM_SECRET: isSet ? '' : 'x' })).toBe(false);
  });
});

import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { type Document, parseDocument } from 'yaml';
import { compose } from '../../src/yaml/compose.js';
import { openYaml } from '../../src/yaml/document.js';
import { duplicateKeys } from '../../src/yaml/duplicates.js';
import { BAD_YAML } from '../vectors/hostile-files.js';
import { draws } from '../draws.js';

// A busy machine reads the largest file in 20 seconds.
vi.setConfig({ testTimeout: 120_000 });

const KEYS = ['a', 'b', '"a"', "'b'", '1', '"1"', 'true', '~', '[x]', '&k a', '? a', '!!str a', '<<'];

/** A text of blocks and lists, whose keys often occur twice. */
const block: fc.Arbitrary<string> = fc.letrec<{ value: string; block: string; list: string }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, fc.constantFrom('1', 'x', '*k'), tie('block'), tie('list')),
  block: fc
    .array(fc.tuple(fc.constantFrom(...KEYS), tie('value')), { minLength: 1, maxLength: 5 })
    .map((pairs) => `{${pairs.map(([key, value]) => `${key} : ${value}`).join(', ')}}`),
  list: fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
})).block;

describe('keys that occur twice', () => {
  it('are found where the YAML library finds them', () => {
    fc.assert(
      fc.property(fc.array(block, { minLength: 1, maxLength: 4 }), (blocks) => {
        const text = blocks.map((each, n) => `${n < 3 ? 'x' : 'y'}: ${each}`).join('\n');
        const composed = compose(text);
        const [document]: readonly Document[] = composed.ok ? composed.documents : [];
        const found = document ? duplicateKeys(document).map(({ at }) => at[0]) : [];
        const errors = parseDocument(text, { logLevel: 'silent', prettyErrors: false }).errors;
        const expected = errors.filter(({ code }) => code === 'DUPLICATE_KEY').map(({ pos }) => pos[0]);
        expect(found.sort((a, b) => a - b)).toEqual(expected.sort((a, b) => a - b));
      }),
      { numRuns: draws(300) },
    );
  });

  it('are reported with line and column', () => {
    const found = openYaml(
      'version: 1\nrules:\n  - id: a\n    on: message\n    id: b\n',
      'a.yaml',
    ).findings();
    expect(found).toMatchObject([{ code: 'duplicate-key', line: 5, column: 5 }]);
  });
});

describe('a rule file', () => {
  // Its own readers report other details of the same bounds.
  const bounds = BAD_YAML.filter(([, , error]) => /more than|nested|value of|aliases/u.test(error.source));
  it.each(bounds)('with %s is refused with its place', (_why, text, error) => {
    const [line, column] = /:(\d+):(\d+)/u.exec(error.source)?.slice(1).map(Number) ?? [];
    expect(openYaml(text(), 'a.yaml').findings()[0]).toMatchObject({ severity: 'error', line, column });
  });

  it('of 50,000 keys is read in linear time', () => {
    const keys = Array.from({ length: 50_000 }, (_, n) => `key${n}: v`).join('\n');
    expect(openYaml(keys, 'a.yaml').findings()).toEqual([]);
  });

  it('of 9,000 secrets by one alias is read in linear time', () => {
    const keys = Array.from({ length: 9_000 }, (_, n) => `token${n}: *a`).join('\n');
    const [finding] = openYaml(`t: &a x\n${keys}\nt: y`, 'a.yaml').findings();
    expect(finding).toMatchObject({ code: 'duplicate-key', line: 9_002 });
  });

  it('of long blank lines is masked in linear time', () => {
    const lines = Array.from({ length: 150 }, () => `${' '.repeat(20_000)}a:`).join('\n');
    expect(openYaml(`a: [1\n${lines}`, 'a.yaml').findings()[0]).toMatchObject({ severity: 'error' });
  });
});

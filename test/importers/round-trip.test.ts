import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it, type TestContext, vi } from 'vitest';
import { csvLine } from '../../src/domain/csv.js';
import { parseFaq } from '../../src/importers/faq.js';
import { draws } from '../draws.js';
import { cli } from '../e2e/cli.js';

vi.setConfig({ testTimeout: 120_000 });

const folder = mkdtempSync(join(tmpdir(), 'round-trip-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(
  join(folder, 'config.yaml'),
  `version: 1
blotato: { api_key: none }
rules: ./rules
accounts:
  - { name: shop-ig, id: "1", platform: instagram }
  - { name: shop-fb, id: "2", platform: facebook, page_id: "1" }
`,
);
mkdirSync(join(folder, 'rules'));
writeFileSync(
  join(folder, 'table.yaml'),
  `version: 1
blotato: { api_key: none }
rules: ./table
accounts:
  - { name: shop-ig, id: "1", platform: instagram }
  - { name: shop-fb, id: "2", platform: facebook, page_id: "1" }
`,
);
mkdirSync(join(folder, 'table'));
writeFileSync(
  join(folder, 'table/faq.yaml'),
  'version: 1\nrules: [ { id: faq, on: message, answers: { from: faq.csv } } ]\n',
);

const COLUMNS = [
  'key',
  'question',
  'keywords',
  'answer',
  'on',
  'platform',
  'account',
  'tags',
  'priority',
  'enabled',
];

/** Texts with all that CSV, YAML and templates treat specially. */
const PARTS = [
  'a',
  'Größe',
  '"',
  "'",
  ',',
  ';',
  '{{ x }}',
  '{% y %}',
  '#1',
  ': ',
  '- ',
  '€',
  '\\n',
  '*',
  '&a',
  '送料',
  '🙂',
  ' ',
  '|',
  '=',
  '%',
  '\n',
  '$',
  '${A}',
  '!',
  '~',
  'null',
  'yes',
  '1.0',
];
const text = fc
  .array(fc.constantFrom(...PARTS), { minLength: 1, maxLength: 6 })
  .map((parts) => `t${parts.join('')}t`.replace(/[ \t]+(?=\n)|(?<=\n)[ \t]+/gu, '').replace(/\n+/gu, '\n'));
/** A keyword has none of the signs that separate keywords. */
const keyword = text.map((each) => each.replace(/[\n|;,]/gu, '').replace(/\?/gu, ''));
const question = text.map((each) => `${each.replace(/[\n|]/gu, '')}?`);

const row = fc.record({
  keywords: fc.uniqueArray(keyword, { minLength: 1, maxLength: 3 }),
  questions: fc.uniqueArray(question, { maxLength: 4 }),
  answer: text,
  platform: fc.constantFrom('', 'instagram', 'facebook', 'instagram, facebook'),
  account: fc.constantFrom('', 'shop-ig', 'shop-fb'),
  tags: fc.constantFrom('', 'info', 'a, b'),
  priority: fc.constantFrom('', '10', '-5'),
  enabled: fc.constantFrom('yes', 'no'),
});
const table = fc.array(row, { minLength: 1, maxLength: 12 });

type Cells = Readonly<Record<string, string>>;

/** Rows in the order in which rules are exported: higher priority first, and the order of the table. */
function cellsOf(rows: readonly (typeof row extends fc.Arbitrary<infer T> ? T : never)[]): readonly Cells[] {
  const cells = rows.map(({ keywords, questions, ...rest }, n): Cells => ({
    ...rest,
    key: `row-${n}`,
    // Questions of fewer than three phrases are keywords too.
    question: questions.join('\n'),
    keywords: keywords.join(', '),
    on: 'message',
  }));
  return [...cells].sort((a, b) => Number(b['priority']) - Number(a['priority']));
}

const toCsv = (cells: readonly Cells[]): string =>
  [csvLine(COLUMNS), ...cells.map((each) => csvLine(COLUMNS.map((column) => each[column] ?? '')))]
    .map((line) => `${line}\n`)
    .join('');

/** The same table as others write it: columns in another order, semicolons, all cells in quotes, CR LF. */
function otherwise(cells: readonly Cells[]): string {
  const columns = [...COLUMNS].reverse();
  const line = (all: readonly string[]): string =>
    `${all.map((each) => `"${each.replaceAll('"', '""')}"`).join(';')}\r\n`;
  return line(columns) + cells.map((each) => line(columns.map((column) => each[column] ?? ''))).join('');
}

async function imported(test: TestContext, csv: string): Promise<string> {
  writeFileSync(join(folder, 'faq.csv'), csv);
  rmSync(join(folder, 'rules'), { recursive: true, force: true });
  expect(await cli(test, ['import', 'csv', 'faq.csv', '--out', 'rules'], { cwd: folder })).toMatchObject({
    code: 0,
  });
  return exported(test, 'config.yaml');
}

async function exported(test: TestContext, config: string): Promise<string> {
  const ended = await cli(test, ['export', 'rules', '--config', config], { cwd: folder });
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  return ended.stdout;
}

describe('rules made from a FAQ table', () => {
  it('give back the same bytes if it was written as export does', async (test) => {
    await fc.assert(
      fc.asyncProperty(table, async (rows) => {
        const csv = toCsv(cellsOf(rows));
        expect(await imported(test, csv)).toBe(csv);
      }),
      { numRuns: draws(15) },
    );
  });

  it('give back the same cells in any other form', async (test) => {
    await fc.assert(
      fc.asyncProperty(table, async (rows) => {
        const cells = cellsOf(rows);
        const back = await imported(test, otherwise(cells));
        expect(back).toBe(toCsv(cells));
        const read = (csv: string) =>
          parseFaq({ name: 'faq.csv', text: csv }, [
            { name: 'shop-ig', id: '1', platform: 'instagram' },
            { name: 'shop-fb', id: '2', platform: 'facebook' },
          ]).rows;
        expect(read(back)).toEqual(read(otherwise(cells)));
      }),
      { numRuns: draws(10) },
    );
  });

  it('give back the same bytes when they are used as a table', async (test) => {
    await fc.assert(
      fc.asyncProperty(table, async (rows) => {
        const csv = toCsv(cellsOf(rows));
        writeFileSync(join(folder, 'table/faq.csv'), csv);
        expect(await exported(test, 'table.yaml')).toBe(csv);
      }),
      { numRuns: draws(15) },
    );
  });
});

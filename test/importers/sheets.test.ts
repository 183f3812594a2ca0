import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseFaq } from '../../src/importers/faq.js';
import { decode } from '../../src/importers/read.js';
import { SHEET, SHEETS } from '../vectors/sheets.js';
import { cli } from '../e2e/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'sheets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
mkdirSync(join(folder, 'rules'));
writeFileSync(
  join(folder, 'config.yaml'),
  `version: 1
blotato: { api_key: none }
rules: ./rules
accounts: [{ name: shop-ig, id: "1", platform: instagram }]
`,
);
writeFileSync(
  join(folder, 'rules/faq.yaml'),
  `version: 1
rules: [{ id: faq, on: message, mode: live, answers: { from: faq.csv } }]
tests:
  - { name: postage, event: { platform: instagram, text: "Wie hoch ist das Porto?" }, expect: { rule: faq/versand-instagram, reply: { contains: "4,90 € – ab 50 € frei, „sofort“" } } }
  - { name: hours, event: { platform: instagram, text: "geöffnet?" }, expect: { rule: faq/offnungszeiten, reply: { contains: "Uhr\\nSa" } } }
  - { name: size, event: { platform: instagram, text: "Welche Größe?" }, expect: { rule: faq/gro-e, reply: { contains: 'Größe "M" passt' } } }
`,
);

describe.each(SHEETS)('a sheet saved by %s', (_how, bytes) => {
  it('is read cell by cell', () => {
    const { rows, problems } = parseFaq(decode(bytes, 'faq.csv'), []);
    expect(problems).toEqual([]);
    expect(rows.map(({ answer }) => answer)).toEqual(SHEET.slice(1).map((row) => row[2]));
    expect(rows).toMatchObject([
      {
        questions: ['Was kostet der Versand?'],
        keywords: ['Versand', 'Porto'],
        platforms: ['instagram'],
        priority: 10,
      },
      { questions: [], keywords: ['Öffnungszeiten', 'geöffnet'], isEnabled: true },
      { keywords: ['Größe'], priority: 5 },
      { keywords: ['Rückgabe'], isEnabled: false },
    ]);
  });

  it('is used as a table and imported at once', async (test) => {
    writeFileSync(join(folder, 'rules/faq.csv'), bytes);
    expect(await cli(test, ['check'], { cwd: folder })).toMatchObject({ code: 0 });
    expect(await cli(test, ['test'], { cwd: folder })).toMatchObject({ code: 0 });
    const made = await cli(test, ['import', 'csv', 'rules/faq.csv'], { cwd: folder });
    expect(made).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/4 rules, 6 tests, all passed; 0 diff/u) as unknown,
    });
    expect(made.stdout).toContain('"4,90 € – ab 50 € frei, „sofort“"');
  });
});

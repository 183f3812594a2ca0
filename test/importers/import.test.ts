import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { configForImport } from '../../src/cli/import-config.js';
import { foldedKeywords } from '../../src/cli/import-journal.js';
import { makeRules } from '../../src/cli/import-rules.js';
import { readSource } from '../../src/cli/import-source.js';
import type { EventKind } from '../../src/domain/event.js';
import { readAs } from '../../src/importers/formats.js';
import type { Format } from '../../src/importers/formats.js';
import { readFaq } from '../../src/importers/faq.js';
import { decode } from '../../src/importers/read.js';
import { named } from '../../src/importers/rules-text.js';
import { readRules } from '../../src/project/project.js';
import { createHistory } from '../../src/rehearsal/history.js';
import { rehearse } from '../../src/rehearsal/rehearse.js';
import { BAD_TABLES } from '../vectors/bad-tables.js';
import { aProject, cli, lines, matching } from '../e2e/cli.js';

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'import-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

writeFileSync(
  join(folder, 'config.yaml'),
  `version: 1
blotato: { api_key: none }
rules: ./rules
accounts:
  - { name: shop-ig, id: "98434", platform: instagram }
  - { name: shop-fb, id: "43538", platform: facebook, page_id: "1" }
`,
);
const config = configForImport({ config: join(folder, 'config.yaml') });

async function imported(format: Format, name: string) {
  const source = await readSource(format, fixture(name), config);
  const made = await makeRules(named(source.rules), 'test', config);
  if (!made.ok) throw new Error(made.findings[0]?.message);
  return {
    text: made.text,
    tests: made.tests,
    lost: [...source.lost, ...made.lost].map(({ place, what }) => `${place}: ${what}`),
  };
}

/** Decides texts by the generated rule file. */
async function deciderOf(text: string) {
  const rulesPath = join(folder, `decided-${Math.abs(text.length)}.yaml`);
  writeFileSync(rulesPath, text);
  const loaded = await readRules({ ...config, rulesPath });
  if (!loaded.ok) throw new Error(loaded.findings[0]?.message);
  return async (
    said: string,
    kind: EventKind,
    where: { readonly account: string; readonly post?: string },
  ) => {
    const event = { kind, text: said, at: 0, ...where };
    const { decision } = await rehearse(event, 1, {
      config,
      set: loaded.value.set,
      history: createHistory(),
    });
    return decision.actions.length > 0 ? decision.rule : null;
  };
}

const WORDS =
  'guide Guide GUIDE guides misguided pdf PDF pdfs preis Preis aufpreis link LINK linking info price PRICE app App happy apple yes YES eyes refund money back hello Hello invoice discount coupon size oversize shoe order 12 opening hours times a.b axb shipping ship Versand the my please ? !'.split(
    ' ',
  );

/** 200 texts of one to four words, the same in each run. */
const TEXTS = Array.from({ length: 200 }, (_, n) => {
  const word = (k: number): string => WORDS[(n * 7 + k * k * 13 + k * n * 3) % WORDS.length] ?? '';
  return Array.from({ length: 1 + (n % 4) }, (_each, k) => word(k)).join(' ');
});

const wordsOf = (text: string): readonly string[] => text.split(/[^A-Za-z0-9]+/u);
const hasAny = (text: string, parts: readonly string[]): boolean => parts.some((part) => text.includes(part));

interface Meaning {
  readonly format: Format;
  readonly fixture: string;
  readonly kind: EventKind;
  readonly where: { readonly account: string; readonly post?: string };
  /** The rule by which the source tool answers a text. */
  readonly means: (text: string) => string | null;
}

const MEANINGS: readonly Meaning[] = [
  {
    format: 'blotato',
    fixture: 'blotato.json',
    kind: 'comment',
    where: { account: 'shop-ig', post: '501' },
    means: (text) =>
      hasAny(text, ['Guide', 'GUIDE', 'guide']) || wordsOf(text).includes('pdf') ? 'guide' : null,
  },
  {
    format: 'csv',
    fixture: 'faq-libreoffice.csv',
    kind: 'message',
    where: { account: 'shop-ig' },
    means: (text) => {
      const words = wordsOf(text.toLowerCase());
      if (words.includes('shipping') || words.includes('ship')) return 'shipping';
      return words.includes('price') || words.includes('cost') ? 'price' : null;
    },
  },
  {
    format: 'openreply',
    fixture: 'openreply.json',
    kind: 'comment',
    where: { account: 'shop-ig', post: '1784' },
    means: (text) =>
      wordsOf(text.toLowerCase()).some((word) => ['link', 'info'].includes(word)) ? 'spring-guide' : null,
  },
  {
    format: 'zernio',
    fixture: 'zernio.json',
    kind: 'comment',
    where: { account: 'shop-ig', post: '1784' },
    means: (text) =>
      hasAny(text.toLowerCase(), ['app']) && !hasAny(text.toLowerCase(), ['happy']) ? 'app-link' : null,
  },
  {
    format: 'chatwoot',
    fixture: 'chatwoot.json',
    kind: 'message',
    where: { account: 'shop-ig' },
    means: (text) => {
      const lower = text.toLowerCase();
      if (hasAny(lower, ['refund', 'money back'])) return 'refunds';
      if (lower === 'hello') return 'hello';
      return lower.includes('invoice') ? 'by-inbox' : null;
    },
  },
  {
    format: 'automoderator',
    fixture: 'automoderator.yaml',
    kind: 'comment',
    where: { account: 'shop-ig' },
    means: (text) => {
      const lower = text.toLowerCase();
      if (hasAny(lower, ['discount', 'coupon'])) return 'discount';
      if (wordsOf(lower).includes('size') && !lower.includes('shoe')) return 'size';
      if (/order \d+/u.test(text)) return 'automoderator';
      return wordsOf(lower).includes('late') ? 'late' : null;
    },
  },
  {
    format: 'reactbot',
    fixture: 'reactbot.yaml',
    kind: 'message',
    where: { account: 'shop-ig' },
    means: (text) =>
      /opening (?:times|hours)/iu.test(text) ? 'hours' : text.toLowerCase().includes('a.b') ? 'dot' : null,
  },
  {
    format: 'sieve',
    fixture: 'vacation.sieve',
    kind: 'message',
    where: { account: 'shop-ig' },
    // A vacation reply without a condition is for every message.
    means: () => 'away',
  },
];

describe('imported rules', () => {
  it.each(MEANINGS)(
    'from $format decide 200 texts as the source does',
    async ({ format, fixture: name, kind, where, means }) => {
      const decide = await deciderOf((await imported(format, name)).text);
      const differing = [];
      let answered = 0;
      for (const text of TEXTS) {
        const [is, was] = [await decide(text, kind, where), means(text)];
        if (is !== was) differing.push({ text, is, was });
        if (was !== null) answered += 1;
      }
      expect(differing).toEqual([]);
      expect(answered).toBeGreaterThan(3);
    },
  );

  const SOURCES: readonly (readonly [Format, string, number, readonly string[]])[] = [
    ['csv', 'faq-libreoffice.csv', 6, []],
    ['csv', 'faq-excel-german.csv', 6, []],
    ['csv', 'faq-excel-utf16.txt', 2, []],
    ['blotato', 'blotato.json', 5, ['follow gate', 'the account 7', 'the trigger story-reply']],
    ['intents', 'intents.json', 4, ['context_filter', 'no pattern']],
    ['rasa', 'rasa', 3, ['entities', 'no text for utter_complain', 'stories']],
    ['dialogflow', 'dialogflow', 2, ['fallback intent']],
    ['openreply', 'openreply.json', 2, ['plural']],
    ['zernio', 'zernio.json', 3, ['clicked', 'story_reply']],
    ['chatwoot', 'chatwoot.json', 3, ['mute_conversation', 'inbox_id', 'conversation_opened']],
    ['automoderator', 'automoderator.yaml', 3, ['{{author}}', 'author:', '"submission"', 'sends no reply']],
    ['reactbot', 'reactbot.yaml', 2, ['variable when', '{when}', 'no text']],
    ['sieve', 'vacation.sieve', 1, [':subject', ':addresses', 'condition of if', 'command discard']],
  ];
  it.each(SOURCES)(
    'from %s (%s) pass %i tests of their own, and name what is lost',
    async (format, name, tests, lost) => {
      const made = await imported(format, name);
      expect(made.tests).toBe(tests);
      expect(made.lost).toHaveLength(lost.length);
      lost.forEach((part, n) => expect(made.lost[n]).toContain(part));
    },
  );

  it('keep texts as they are: quotes, line ends, braces and the euro sign of Windows', async () => {
    const text = (await imported('csv', 'faq-excel-german.csv')).text;
    expect(text).toContain('"5 € – ab 50 € frei"');
    const libre = (await imported('csv', 'faq-libreoffice.csv')).text;
    expect(libre).toContain(String.raw`"We ship to all of Europe, in \"3 to 5\" days."`);
    expect(libre).toMatch(/reply: \|-\n {6}From 20 EUR\.\n {6}Everything is on our site\./u);
    expect((await imported('automoderator', 'automoderator.yaml')).text).toContain("{{ '{{' }}author}}.");
  });

  it('ask for the e-mail address first where Blotato does, and send the link of a button', async () => {
    const { text } = await imported('blotato', 'blotato.json');
    expect(text).toContain('private_reply: "Which address is it?"');
    expect(text).toMatch(
      /ask: \{ expect: email, save: email, within: "24h" \}[^]*Open: https:\/\/lumen\.example\/guide/u,
    );
  });

  it('report a text to which an earlier rule replies, and test that', async () => {
    writeFileSync(join(folder, 'twice.csv'), 'keywords,answer\nprice,20 EUR\n"price,cost",30 EUR\n');
    const source = await readSource('csv', join(folder, 'twice.csv'), config);
    const made = await makeRules(named(source.rules), 'test', config);
    expect(made).toMatchObject({
      ok: true,
      tests: 3,
      lost: [{ place: 'twice.csv:3', what: '"price" gets the reply of price, which comes first' }],
    });
  });
});

describe('samples that no rule of the file decides', () => {
  it('get a test on a platform of which the configuration has no account', async () => {
    const only = { ...config, accounts: config.accounts.filter(({ platform }) => platform === 'instagram') };
    const source = await readSource('zernio', fixture('zernio.json'), only);
    expect(await makeRules(named(source.rules), 'test', only)).toMatchObject({ ok: true, tests: 3 });
  });

  it('get none if they end all replies to the contact', async () => {
    writeFileSync(join(folder, 'stop.csv'), 'keywords,answer\nstop,We stop\nstart,We start\n');
    const source = await readSource('csv', join(folder, 'stop.csv'), config);
    const what = '"stop" ends all replies to the contact (`guards.opt_out`), so it has no test';
    expect(await makeRules(named(source.rules), 'test', config)).toMatchObject({
      ok: true,
      tests: 1,
      lost: [{ place: 'stop.csv:2', what }],
    });
  });
});

describe('a Sieve script', () => {
  const read = (text: string) => readAs('sieve', [{ name: 'a.sieve', text }], []);
  it.each([
    ['of many statements', 'keep;'.repeat(100_000), 100_001],
    ['with a long text', `require "${'x'.repeat(900_000)}";`, 1],
    ['with many escapes', `require "${'\\\\a'.repeat(300_000)}";`, 1],
    ['of many open braces', '{'.repeat(500_000), 1],
  ])('is parsed in linear time: %s', (_name, text, lost) => {
    expect(read(text)).toMatchObject({ rules: [] });
    expect(read(text).lost).toHaveLength(lost);
  });

  it('has a maximum length', () => {
    expect(() => read('a'.repeat(1_000_001))).toThrow(/has 1000001 characters, but at most 1000000/u);
  });
});

describe('spellings of a keyword', () => {
  const cased = { any: ['Guide', 'GUIDE', 'guide'], match: 'contains', case_sensitive: true, accents: true };
  it.each([
    [
      'become one if that changes no decision in the journal',
      ['a guide please', 'GUIDE', 'hello'],
      { any: ['guide'], match: 'contains', accents: true },
    ],
    ['remain if the journal has a text with a third spelling', ['gUIDE'], null],
  ])('%s', (_name, texts, expected) => {
    expect(foldedKeywords(cased, texts)).toEqual(expected);
  });
});

describe('a FAQ table', () => {
  const read = (text: string | Uint8Array) =>
    readFaq(decode(typeof text === 'string' ? Buffer.from(text) : text, 'faq.csv'), config.accounts);
  it.each(BAD_TABLES)('%s is refused with its place', (_name, text, error) => {
    expect(() => read(text)).toThrow(error);
  });

  it('finds its columns in any order, language and delimiter', () => {
    for (const text of [
      'Antwort;Stichwörter\n20;preis\n',
      'réponse\tmots-clés\n20\tpreis\n',
      'Mot clé|Réponse\npreis|20\n',
      'ANSWERS,Key-words\n20,preis\n',
    ])
      expect(read(text)).toMatchObject([{ answer: '20', keywords: ['preis'] }]);
  });

  it('keeps what only looks like a formula, and one behind an apostrophe, as text', () => {
    expect(read('keyword,answer\n=),=) ok\n+49,-5 EUR\n@shop,"\'=SUM(A1)"\n')).toMatchObject([
      { keywords: ['=)'], answer: '=) ok' },
      { keywords: ['+49'], answer: '-5 EUR' },
      { keywords: ['@shop'], answer: '=SUM(A1)' },
    ]);
  });

  // Written by LibreOffice 7.4.7 from one sheet: as it does by default, as a German Excel saves "CSV", and as
  // "Unicode text".
  it.each(['exported-utf8.csv', 'exported-windows.csv', 'exported-utf16.txt'])('is read from %s', (name) => {
    expect(read(readFileSync(fixture(name)))).toMatchObject([
      {
        row: 2,
        questions: ['Was kostet der Versand?'],
        keywords: ['Porto', 'Versand'],
        answer: '5 € – ab 50 € frei\n„sofort“',
        isEnabled: true,
      },
      { row: 3, keywords: ['geöffnet', 'offen'], answer: 'Montag bis "Freitag"' },
    ]);
  });

  it('has the same keys and rows when it is sorted', () => {
    const [first, second] = [
      'keyword,answer\n送料,3\nPrice,20\n',
      'sep=;\nkeyword;answer\nPrice;20\n送料;3\n',
    ].map((text) => read(text).map(({ key, row }) => `${row} ${key}`));
    expect(first).toEqual([expect.stringMatching(/^2 row-[0-9a-f]{8}$/u), '3 price']);
    expect(second).toEqual(['2 price', first?.[0]?.replace('2', '3')]);
  });
});

describe('rules made of a FAQ table', () => {
  it('are exported as the same table', async (test) => {
    const table = [
      'key,question,keywords,answer,on,platform,account,tags,priority,enabled',
      'shipping,Do you ship to France?,"shipping, ship","We ship, in ""3 to 5"" days.",message,instagram,shop-ig,info,10,yes',
      'braces,,braces,a {{ b }} {% c %},message,,,,,yes',
      "formula,,sum,'=1+1,message,,,,,yes",
      'lines,"What is it?\nAnd how much?",,"Two\nlines",message,"instagram, facebook",,"a, b",,yes',
      'asked,"How long does it take?\nWhen will it come?\nIs it on its way?",,3 days,message,,,,,yes',
      'guide,,guide,Here it is.,comment,,,,-5,no',
      '',
    ].join('\n');
    const cwd = mkdtempSync(join(folder, 'round-'));
    writeFileSync(join(cwd, 'faq.csv'), table);
    writeFileSync(join(cwd, 'config.yaml'), readFileSync(join(folder, 'config.yaml')));
    expect(await cli(test, ['import', 'csv', 'faq.csv', '--out', 'rules'], { cwd })).toMatchObject({
      code: 0,
    });
    expect(await cli(test, ['export', 'rules'], { cwd })).toEqual({ code: 0, stdout: table, stderr: '' });
    writeFileSync(join(cwd, 'rules/x.yaml'), 'version: 1\nrules: [ { id: x, on: message, tag: y } ]\n');
    expect(await cli(test, ['export', 'rules'], { cwd })).toMatchObject({
      stdout: table,
      stderr: expect.stringContaining('left out: x has') as unknown,
    });
    mkdirSync(join(cwd, 'table'));
    writeFileSync(join(cwd, 'table/faq.csv'), table.replace(/^guide.*\n/mu, ''));
    writeFileSync(
      join(cwd, 'table/a.yaml'),
      'version: 1\nrules: [{ id: faq, on: message, answers: { from: faq.csv } }]\n',
    );
    const inTable = readFileSync(join(cwd, 'config.yaml'), 'utf8').replace('./rules', './table');
    writeFileSync(join(cwd, 'table.yaml'), inTable);
    expect(await cli(test, ['export', 'rules', '--config', 'table.yaml'], { cwd })).toMatchObject({
      stdout: table.replace(/^guide.*\n/mu, ''),
      stderr: '',
    });
    const json = await cli(test, ['export', 'rules', '--format', 'json'], { cwd });
    expect(lines(json.stdout).map(({ id }) => id)).toEqual([
      'shipping',
      'braces',
      'formula',
      'lines',
      'asked',
      'x',
      'guide',
    ]);
  });
});

describe('the command import', () => {
  const run = (args: readonly string[]) => (test: Parameters<typeof cli>[0]) =>
    cli(test, ['import', ...args], { cwd: folder });

  it('reads the automations of an account over the API, or reports why it cannot', async (test) => {
    const api = await aProject(test);
    api.sandbox.automations.add({ account: 'shop-ig', keywords: ['Guide'], dmMessage: 'Here it is' });
    expect(await api.cli('import', 'blotato')).toMatchObject({
      code: 0,
      stdout: matching(/keywords: \{ any: \[ Guide \], match: contains/u),
    });
    api.sandbox.fault(() => 'error_500_before');
    expect(await api.cli('import', 'blotato')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: matching(/^autoresponder: Blotato: .*500[^]*fix: Try again, or give a JSON file of them\.\n$/u),
    });
    const old = await aProject(test, { sandbox: { release: '2.0.0' } });
    expect(await old.cli('import', 'blotato')).toMatchObject({
      code: 1,
      stderr: matching(/fix: This API does not list automations/u),
    });
    const other = await aProject(test, { key: 'not-the-key' });
    expect(await other.cli('import', 'blotato')).toMatchObject({
      code: 1,
      stderr: matching(/401[^]*fix: Check `blotato\.api_key`/u),
    });
  });

  it('writes a file, and overwrites none', async (test) => {
    const args = ['csv', fixture('faq-libreoffice.csv'), '--out', 'made'];
    const first = await run(args)(test);
    expect(first).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'wrote made/csv.yaml: 3 rules, 6 tests, all passed; 0 differences\n',
    });
    const made = readFileSync(join(folder, 'made/csv.yaml'), 'utf8');
    expect(await run(args)(test)).toMatchObject({
      code: 1,
      stderr:
        'autoresponder: made/csv.yaml already exists; fix: name another folder, since import overwrites no file\n',
    });
    expect(readFileSync(join(folder, 'made/csv.yaml'), 'utf8')).toBe(made);
    expect(await run(['csv', fixture('faq-libreoffice.csv')])(test)).toMatchObject({ code: 0, stdout: made });
  });

  it.each([
    ['an unknown format', ['excel', 'x'], /FORMAT is "excel"; fix: write one of blotato, csv/u],
    ['a file that does not exist', ['csv', 'none.csv'], /none\.csv: cannot be read[^]*fix: Give the path/u],
    ['a folder for a file', ['csv', '.'], /is a folder/u],
    [
      'invalid JSON',
      ['intents', fixture('vacation.sieve')],
      /vacation\.sieve:1:1: is not JSON: it has "require" where a value[^]*fix: Export it again/u,
    ],
    ['JSON of another format', ['intents', fixture('zernio.json')], /zernio\.json, intents/u],
    ['invalid YAML', ['reactbot', fixture('intents.json')], /intents\.json/u],
    ['a source that is missing', ['csv'], /csv: needs a source/u],
  ])('refuses, with a fix, %s', async (_name, args, error) => {
    const test = { onTestFinished: () => undefined };
    expect(await run(args)(test)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(error) as unknown,
    });
  });
});

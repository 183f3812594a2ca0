import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fromKept, toKept } from '../../src/project/kept-rules.js';
import { loadWorkspaces } from '../../src/project/load-in-thread.js';
import { createTables, type Tables } from '../../src/project/tables.js';

const folder = mkdtempSync(join(tmpdir(), 'tables-'));
const file = join(folder, 'config.yaml');
const GOOD = 'keywords,answer\nprice,20 EUR\n';

/** Answers of the server, by path. */
const pages = new Map<string, (request: IncomingMessage, response: ServerResponse) => void>();
const server = createServer((request, response) => {
  const page = pages.get(request.url ?? '');
  if (page) page(request, response);
  else response.writeHead(404).end();
});
let origin = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  mkdirSync(join(folder, 'rules'));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => pages.clear());

/** Loads a rule with a table, and saves the version in use as the last good one, as the program does. */
async function load(
  from: string,
  {
    tables = createTables(),
    allow = '[127.0.0.1]',
    keys = '',
  }: { tables?: Tables; allow?: string; keys?: string } = {},
) {
  writeFileSync(
    file,
    `version: 1
blotato: { api_key: k }
rules: ./rules
webhooks: { allow_hosts: ${allow} }
accounts: [{ name: shop-ig, id: "1", platform: instagram }, { name: shop-fb, id: "2", platform: facebook, page_id: "1" }]
`,
  );
  const rules = `version: 1\nrules:\n  - { id: faq, on: message, mode: live, answers: { from: "${from}" }${keys} }\n`;
  writeFileSync(join(folder, 'rules/faq.yaml'), rules);
  const loaded = await loadWorkspaces({ file, env: {} }, tables);
  if (loaded.ok) {
    await tables.accept(
      loaded.value.flatMap((each) => each.tables),
      (error) => {
        throw error;
      },
    );
  }
  const findings = loaded.ok ? loaded.warnings : loaded.findings;
  return {
    loaded,
    rules: loaded.ok ? (loaded.value[0]?.set.written ?? []) : null,
    findings: findings.map(({ severity, file: name, line, column, message }) => {
      const near = name.startsWith(folder) ? name.slice(folder.length + 7) : name.replace(origin, '');
      return `${severity} ${near}:${line}:${column} ${message.replaceAll(origin, '').replace(folder, '')}`;
    }),
  };
}

const write = (text: string): void => writeFileSync(join(folder, 'rules/faq.csv'), text);

describe('a FAQ table in a file', () => {
  it('makes a rule of each row, with the other keys of its rule', async () => {
    write(
      'Frage;Stichwörter;Antwort;Plattform;Priorität;Tags;Aktiv;Sprache\n' +
        ';price;{{ 20 }} €;ig;7;vip;ja;\n' +
        'Wie lange dauert der Versand?;;3 Tage;;;;;de-AT\n' +
        ';off;aus;;;;nein;\n',
    );
    const { rules, findings } = await load('faq.csv', { keys: ', once_per: 3h, tag: asked' });
    expect(findings).toEqual([]);
    expect(rules).toMatchObject([
      {
        id: 'faq/price-instagram',
        on: 'message',
        mode: 'live',
        platforms: ['instagram'],
        keywords: { any: ['price'] },
        priority: 7,
        actions: [{ type: 'reply', reply: { texts: ["{{ '{{' }} 20 }} €"] } }],
        effects: [{ type: 'tag', tags: ['asked', 'vip'] }],
        oncePer: { time: 3 * 3_600_000 },
        place: { file: join(folder, 'rules/faq.csv'), line: 2, column: 1 },
      },
      {
        id: 'faq/wie-lange-dauert-der-versand-de-at',
        examples: { texts: ['Wie lange dauert der Versand?'], languages: ['de'] },
      },
    ]);
  });

  const REFUSED: readonly (readonly [
    why: string,
    table: string,
    keys: string,
    findings: readonly string[],
  ])[] = [
    [
      'all errors of its rows, with row and column',
      'keywords,answer,account,on\nprice,,,\n"a\nb",x,nobody,comment\n,,,\n,x,,\n',
      '',
      [
        'error faq.csv:2:2 answer: is empty',
        'error faq.csv:3:3 account: "nobody" is not an account of the configuration',
        'error faq.csv:5:1 keywords: is empty',
      ],
    ],
    [
      'keywords and scopes that a rule refuses',
      `platform,keywords,answer,language\nfacebook,a,x,\n,${'y'.repeat(300)},x,\n`,
      ', platforms: [instagram]',
      [
        'error faq.csv:2:1 platform: "facebook" is none of the platforms of its rule (instagram)',
        'error faq.csv:3:2 keywords: this one is longer than 200 characters',
      ],
    ],
    [
      'two rows with one name',
      'key,keywords,answer\nA b,a,x\na-B,c,y\n,d,x\n,"d, e",x\n',
      '',
      [
        'error faq.csv:3:1 the key "a-b" is also that of row 2',
        'error faq.csv:5:1 row 4 begins with the same words ("d")',
      ],
    ],
    [
      'keys that its rows give',
      'keywords,answer\nprice,20\n',
      ', reply: Hello, accounts: [shop-x]',
      [
        'error faq.yaml:3:71 reply: the rule "faq" takes it from its table (answers)',
        'error faq.yaml:3:96 accounts: "shop-x" is not known here; did you mean "shop-ig"?',
      ],
    ],
  ];
  it.each(REFUSED)('reports %s', async (_why, table, keys, expected) => {
    write(table);
    const { rules, findings } = await load('faq.csv', { keys });
    expect(rules).toBeNull();
    expect(findings).toEqual(expected);
  });

  it.each([
    ['../faq.csv', 'error faq.yaml:3:58 answers: ../faq.csv: is not in the folder of the rule file'],
    ['/etc/passwd', 'error faq.yaml:3:58 answers: /etc/passwd: is not in the folder of the rule file'],
    ['none.csv', 'error faq.yaml:3:58 answers: /rules/none.csv: there is no such file'],
    ['faq.yaml', 'error faq.yaml:3:4 Invalid Opening Quote'],
  ])('is not read from %s', async (from, finding) => {
    expect((await load(from)).findings).toEqual([expect.stringContaining(finding)]);
  });
});

const ADDRESS = '/faq.csv';

describe('a FAQ table at an address', () => {
  const serve = (text: string, headers: Record<string, string> = {}, status = 200): void =>
    void pages.set(ADDRESS, (_request, response) => response.writeHead(status, headers).end(text));

  it('is asked for with the ETag and date of the known version', async () => {
    const asked: (readonly unknown[])[] = [];
    pages.set(ADDRESS, ({ headers }, response) => {
      asked.push([headers['if-none-match'], headers['if-modified-since']]);
      const known = { etag: '"1"', 'last-modified': 'Tue, 24 Nov 2026 10:00:00 GMT' };
      if (headers['if-none-match'] === '"1"') response.writeHead(304).end();
      else response.writeHead(200, known).end(GOOD);
    });
    let now = 0;
    const tables = createTables({ clock: () => now });
    expect((await load(origin + ADDRESS, { tables })).rules).toMatchObject([{ id: 'faq/price' }]);
    expect(await tables.refresh()).toBe(false);
    now = 300_000;
    expect(await tables.refresh()).toBe(false);
    expect(asked).toEqual([
      [undefined, undefined],
      ['"1"', 'Tue, 24 Nov 2026 10:00:00 GMT'],
    ]);
    expect((await load(origin + ADDRESS, { tables })).rules).toHaveLength(1);
    expect(asked).toHaveLength(2);
  });

  const TROUBLES: readonly (readonly [why: string, make: () => void, finding: RegExp])[] = [
    [
      'that has errors',
      () => serve('keywords,answer\nprice,20 EUR\ncost,\n'),
      /: 1 error, the first in row 3, column 2: answer: is empty; its last good version of 1970-\S+Z is used$/u,
    ],
    ['that is gone', () => serve('', {}, 410), /: responded with 410; its last good version/u],
    [
      'that breaks off',
      () => pages.set(ADDRESS, (request) => request.destroy()),
      /: {2}could not be read: |:  could not be read: /u,
    ],
    [
      'that asks for a login',
      () => serve('<html>', { 'content-type': 'text/html' }),
      /: responded with a web page, where CSV is expected; /u,
    ],
    [
      'that redirects to an inner address',
      () => serve('', { location: 'https://169.254.169.254/latest' }, 302),
      /: https:\/\/169\.254\.169\.254 could not be read: 169\.254\.169\.254 is an address of this machine or its network; /u,
    ],
    [
      'that redirects to an unencrypted one',
      () => serve('', { location: 'http://example.com/' }, 307),
      /http:\/\/ is not encrypted; write https:\/\/; /u,
    ],
    ['that redirects for ever', () => serve('', { location: ADDRESS }, 302), /: more than 5 redirects; /u],
    [
      'that is compressed',
      () => serve('x', { 'content-encoding': 'gzip' }),
      /: responded with a compressed file; /u,
    ],
    ['that is too large', () => serve('x'.repeat(9_000_000)), /: is larger than 8388608 bytes; /u],
    ['that has too many rows', () => serve(GOOD + 'a,b\n'.repeat(30_000)), /: has more than 20000 rows; /u],
    ['that is an archive', () => serve('PK\u0003\u0004'), /: is an archive or a spreadsheet/u],
  ];
  it.each(TROUBLES)(
    '%s leaves the last good version in use, also after a restart',
    async (_why, make, finding) => {
      serve(GOOD);
      let now = 0;
      const tables = createTables({ clock: () => now, isKeeping: true });
      await load(origin + ADDRESS, { tables });
      make();
      now = 300_000;
      expect(await tables.refresh()).toBe(true);
      for (const each of [tables, createTables()]) {
        const { rules, findings, loaded } = await load(origin + ADDRESS, { tables: each });
        expect(rules).toMatchObject([{ id: 'faq/price' }]);
        expect(findings[0]).toMatch(finding);
        expect(loaded).toMatchObject({
          value: [{ troubles: [expect.stringContaining('faq.yaml:3:58: answers')] }],
        });
      }
      serve(GOOD);
      now = 600_000;
      expect(await tables.refresh()).toBe(true);
      expect((await load(origin + ADDRESS, { tables })).findings).toEqual([]);
    },
  );

  it('follows redirects to other public places, and may be anywhere that the configuration allows', async () => {
    pages.set('/moved', (_request, response) => response.writeHead(301, { location: ADDRESS }).end());
    serve(GOOD);
    expect((await load(`${origin}/moved`)).rules).toMatchObject([{ id: 'faq/price' }]);
  });

  it.each([
    ['an inner address', () => origin, /127\.0\.0\.1 is an address of this machine or its network/u],
    ['plain http', () => 'http://shop.example', /http:\/\/ is not encrypted/u],
    ['a password', () => 'https://a:b@shop.example', /has a user name or password/u],
  ])('without a version is an error: %s', async (_why, of, error) => {
    const { rules, findings } = await load(`${of()}/never`, { allow: '[]' });
    expect(rules).toBeNull();
    expect(findings).toEqual([expect.stringMatching(error)]);
  });

  it('is part of the rules that a shared database keeps', async () => {
    serve(GOOD);
    const { loaded } = await load(origin + ADDRESS);
    if (!loaded.ok) throw new Error('not loaded');
    const [kept] = [...toKept(loaded.value).values()];
    const restored = await fromKept(kept?.content ?? '', loaded.value[0]!.config, {});
    expect(restored?.set.written.map(({ id }) => id)).toEqual(['faq/price']);
  });
});

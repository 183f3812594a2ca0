import { OPT_OUT_WORDS } from '../../src/domain/opt-out.js';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig, parseConfig } from '../../src/config/load.js';
import { isSchedule } from '../../src/poller/schedule.js';
import type { Config } from '../../src/domain/config.js';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/domain/time.js';

const FILE = '/srv/shop/config.yaml';
const MINIMAL = `version: 1
blotato:
  api_key: \${BLOTATO_API_KEY}
accounts:
  - { name: shop-ig, id: "98434", platform: instagram }
`;
const ENV = { BLOTATO_API_KEY: 'blt_4f9a' };

function parsed(text: string, env: Record<string, string> = ENV): Config {
  const checked = parseConfig(text, FILE, env, isSchedule);
  if (!checked.ok) throw new Error(checked.findings.map((finding) => finding.message).join('\n'));
  return checked.value;
}

function messages(text: string, env: Record<string, string> = ENV): string[] {
  const checked = parseConfig(text, FILE, env, isSchedule);
  return checked.ok ? [] : checked.findings.map((finding) => finding.message);
}

describe('a configuration', () => {
  it('needs a key and an account, and defaults to shadow mode', () => {
    expect(parsed(MINIMAL)).toEqual({
      mode: 'shadow',
      blotato: { baseUrl: 'https://backend.blotato.com', apiKey: 'blt_4f9a' },
      workspace: 'default',
      token: null,
      store: { kind: 'sqlite', path: '/srv/shop/data/autoresponder.db' },
      rulesPath: '/srv/shop/rules',
      accounts: [
        {
          name: 'shop-ig',
          id: '98434',
          platform: 'instagram',
          nativeId: null,
          pageId: null,
          disclosure: null,
          vars: {},
        },
      ],
      poll: { schedule: '*/5 * * * * *', comments: true, overlap: 2 * MINUTE, lookback: 0 },
      throttle: { sendsPerMinute: 30, readsPerMinute: 60, concurrency: 4, sendsPerHourPerAccount: 200 },
      delivery: { ambiguous: 'resend_once', visibleWithin: 30 * SECOND },
      guards: {
        humanPause: 12 * HOUR,
        automationPause: 5 * MINUTE,
        perContact: { replies: 5, per: HOUR },
        loopBreaker: { rounds: 5, within: 2 * MINUTE, wait: HOUR },
        optOut: { keywords: [...OPT_OUT_WORDS], reply: 'You will get no more automatic replies.' },
      },
      calendars: [],
      webhooks: { allowHosts: [] },
      notify: null,
      retention: 45 * DAY,
      server: null,
      log: { level: 'info', pretty: 'auto', texts: false },
    });
  });

  it('keeps the defaults of a block with only one key', () => {
    const config = parsed(
      `${MINIMAL}throttle: { per_account: {}, concurrency: 2 }\nguards: { opt_out: { keywords: [halt] } }\n`,
    );
    expect(config.throttle).toEqual({
      sendsPerMinute: 30,
      readsPerMinute: 60,
      concurrency: 2,
      sendsPerHourPerAccount: 200,
    });
    expect(config.guards.optOut).toEqual({
      keywords: ['halt'],
      reply: 'You will get no more automatic replies.',
    });
  });

  it('turns the opt-out off with false', () => {
    expect(parsed(`${MINIMAL}guards: { opt_out: false }\n`).guards.optOut).toBeNull();
  });

  it('looks back at the first start only with poll.start.lookback', () => {
    expect(parsed(`${MINIMAL}poll: { start: { lookback: 30m } }\n`).poll.lookback).toBe(30 * MINUTE);
  });

  it.each([
    ['a relative path starts at the folder of the file', 'store: sqlite:./db/a.db', '/srv/shop/db/a.db'],
    ['an absolute path stays as it is', 'store: sqlite:/var/lib/a.db', '/var/lib/a.db'],
    ['a path may leave the folder', 'store: sqlite:../a.db', '/srv/a.db'],
  ])('%s', (_, line, path) => {
    expect(parsed(`${MINIMAL}${line}\n`).store).toEqual({ kind: 'sqlite', path: resolve(path) });
  });

  it('accepts a byte order mark with a warning', () => {
    const checked = parseConfig(`\u{feff}${MINIMAL}`, FILE, ENV, isSchedule);
    expect(checked.ok).toBe(true);
    expect(checked.ok && checked.warnings.map(({ code, severity }) => [code, severity])).toEqual([
      ['byte-order-mark', 'warning'],
    ]);
  });

  it('reads Windows line ends, and counts lines right', () => {
    const checked = parseConfig(`${MINIMAL}mod: live\n`.replaceAll('\n', '\r\n'), FILE, ENV, isSchedule);
    expect(!checked.ok && checked.findings.map(({ line, column }) => [line, column])).toEqual([[6, 1]]);
    expect(!checked.ok && checked.findings[0]?.frame).not.toContain('\r');
  });

  it('suggests init when there is no file', () => {
    expect(loadConfig('nowhere/config.yaml', {}, isSchedule)).toMatchObject({
      ok: false,
      findings: [
        {
          code: 'missing-file',
          file: 'nowhere/config.yaml',
          fix: 'create one with `autoresponder init`, or name another file with --config; `autoresponder demo` needs none',
        },
      ],
    });
  });
});

describe('an environment variable in config.yaml', () => {
  it.each([
    {
      kind: 'a number',
      lines: 'throttle:\n  concurrency: ${V}\n',
      value: '7',
      expected: { throttle: { concurrency: 7 } },
    },
    {
      kind: 'a number in quotes',
      lines: 'server: { port: "${V:-9}" }\n',
      value: '',
      expected: { server: { port: 9 } },
    },
    {
      kind: 'false',
      lines: 'poll:\n  comments: ${V}\n',
      value: 'false',
      expected: { poll: { comments: false } },
    },
    {
      kind: 'true or a word',
      lines: 'log:\n  pretty: ${V}\n',
      value: 'true',
      expected: { log: { pretty: true } },
    },
    {
      kind: 'false or a block',
      lines: 'guards:\n  opt_out: ${V}\n',
      value: 'false',
      expected: { guards: { optOut: null } },
    },
  ])('may be $kind', ({ lines, value, expected }) => {
    expect(parsed(MINIMAL + lines, { ...ENV, V: value })).toMatchObject(expected);
  });

  it('stays a string where a string is expected', () => {
    const text = MINIMAL.replace('"98434"', '"${ID}"');
    expect(parsed(text, { ...ENV, ID: '098434' }).accounts[0]?.id).toBe('098434');
  });

  it('is not expanded a second time', () => {
    expect(parsed(MINIMAL, { BLOTATO_API_KEY: '${HOME}', HOME: '/root' }).blotato.apiKey).toBe('${HOME}');
  });

  it('cannot add keys', () => {
    const env = { ...ENV, NAME: 'x\n    page_id: "1"' };
    const config = parsed(MINIMAL.replace('name: shop-ig', 'name: "${NAME}"'), env);
    expect(config.accounts[0]?.name).toBe('x\n    page_id: "1"');
  });

  it('may be missing where there is a default, and an empty token counts as missing', () => {
    expect(parsed(`${MINIMAL}server: { token: "\${AUTORESPONDER_TOKEN:-}" }\n`).server?.token).toBeNull();
  });

  it('is reported once when missing, with its name, and not again as an empty text', () => {
    expect(messages(MINIMAL, {})).toEqual(['the environment variable BLOTATO_API_KEY is not set']);
  });

  it('is not read from the prototype of the environment object', () => {
    expect(messages(MINIMAL.replace('BLOTATO_API_KEY', 'constructor'), {})).toEqual([
      'the environment variable constructor is not set',
    ]);
  });

  it.each([
    'api_key: blt_literal',
    'api_key: "blt_literal"',
    'api_key: |\n    blt_literal',
    'apiKey: blt_literal',
  ])('or a literal key, %j, is never shown in a code frame', (line) => {
    const text = MINIMAL.replace(/api_key: .*/u, line).replace('blotato:\n', 'blotato:\n  base_url: 5\n');
    const checked = parseConfig(text, FILE, ENV, isSchedule);
    expect(checked.ok).toBe(false);
    expect(JSON.stringify(checked)).not.toContain('blt_literal');
  });

  it('is not shown in the code frame of invalid YAML', () => {
    const checked = parseConfig(
      'blotato:\n  api_key: blt_literal\n  base_url: [\nmode: live\n',
      FILE,
      ENV,
      isSchedule,
    );
    expect(checked.ok).toBe(false);
    expect(JSON.stringify(checked)).not.toContain('blt_literal');
  });
});

describe('a server address', () => {
  it.each(['127.0.0.1', '127.8.0.1', 'localhost', '"::1"'])('at %s needs no token', (host) => {
    expect(messages(`${MINIMAL}server: { host: ${host} }\n`)).toEqual([]);
  });

  it.each(['0.0.0.0', '"::"', '192.168.1.5', 'localhost.example.com', '127.0.0.1.example.com'])(
    'at %s needs a token',
    (host) => {
      expect(messages(`${MINIMAL}server: { host: ${host} }\n`)).toEqual([
        'host: other machines can reach this address, but there is no token',
      ]);
      expect(parsed(`${MINIMAL}server: { host: ${host}, token: abc }\n`).server?.token).toBe('abc');
    },
  );

  it('may have a separate agency token, and allows no edits of rules by default', () => {
    const server = (keys: string) => `${MINIMAL}server: { ${keys} }\n`;
    expect(parsed(server('token: "${NONE:-}", agency_token: "${NONE:-}"')).server).toMatchObject({
      agencyToken: null,
      editRules: false,
    });
    expect(parsed(server('agency_token: all, edit_rules: true')).server).toMatchObject({
      agencyToken: 'all',
      editRules: true,
    });
    expect(messages(server('token: token-of-shop, agency_token: token-of-shop'))).toEqual([
      'agency_token: `server.token` is the same token',
    ]);
  });
});

describe('blotato.base_url', () => {
  it.each([
    ['https://backend.blotato.com/', 'https://backend.blotato.com'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://localhost:8080/v2/', 'http://localhost:8080/v2'],
  ])('may be %s', (url, expected) => {
    expect(parsed(MINIMAL.replace('blotato:', `blotato:\n  base_url: ${url}`)).blotato.baseUrl).toBe(
      expected,
    );
  });

  it.each(['http://backend.blotato.com', 'ftp://x', 'https://a:b@x', 'https://x?key=1', 'blotato'])(
    'may not be %s',
    (url) => {
      expect(messages(MINIMAL.replace('blotato:', `blotato:\n  base_url: ${url}`))).toHaveLength(1);
    },
  );
});

describe('a malicious YAML text', () => {
  it.each(['__proto__: { mode: live }', 'constructor: 1', '<<: { mode: live }'])(
    'with %j is refused',
    (line) => {
      const [message] = messages(`${MINIMAL}${line}\n`);
      expect(message).toMatch(/^unknown key/u);
      expect(({} as Record<string, unknown>)['mode']).toBeUndefined();
    },
  );

  it('of deeply nested lists is refused without a stack overflow', () => {
    expect(messages(`${MINIMAL}log: ${'['.repeat(50_000)}`)).not.toHaveLength(0);
    expect(messages(`${MINIMAL}log: ${'['.repeat(5_000)}${']'.repeat(5_000)}\n`)).not.toHaveLength(0);
  });

  it('may still use an ordinary alias', () => {
    const text = `${MINIMAL}calendars:\n  a: { timezone: Europe/Paris, open: &hours { mon: ["09:00-12:00"] } }\n  b: { timezone: Asia/Tokyo, open: *hours }\n`;
    expect(parsed(text).calendars.map((calendar) => calendar.open)).toEqual([
      { mon: [{ from: 540, to: 720 }] },
      { mon: [{ from: 540, to: 720 }] },
    ]);
  });

  it('has its control characters escaped in errors', () => {
    const checked = parseConfig(`${MINIMAL}"mo\\u001b[31mde": live # \u001b[31m\n`, FILE, ENV, isSchedule);
    expect(checked.ok).toBe(false);
    for (const finding of checked.ok ? [] : checked.findings) {
      expect(finding.frame).not.toContain('\u001b');
      expect(finding.message).not.toContain('\u001b');
    }
  });
});

it.each([
  [['not an address']],
  [['a@x.example b@x.example']],
  [['a@x.example, b@x.example']],
  [['owner@shop.example', 'nobody']],
])('the address %j in notify.email.to is refused', (to) => {
  const notify = `notify: { email: { smtp: "smtp://mail.example", from: bot@shop.example, to: ${JSON.stringify(to)} } }\n`;
  expect(messages(MINIMAL + notify)).toEqual([expect.stringContaining('is not an e-mail address')]);
});

it.each([['owner@shop.example'], ['The owner <owner@shop.example>'], ['büro@läden.example']])(
  'the address %s in notify.email.to is accepted',
  (to) => {
    const notify = `notify: { email: { smtp: "smtp://mail.example", from: bot@shop.example, to: ["${to}"] } }\n`;
    expect(messages(MINIMAL + notify)).toEqual([]);
  },
);

it.each([
  ['links: daily', []],
  ['links: never, kinds: [failed]', []],
  ['links: daily, kinds: [failed, dead_link]', []],
  ['links: weekly', ['links: "weekly" is not known here']],
  ['links: daily, kinds: [failed]', [expect.stringContaining('which kinds leaves out')]],
])('notify with %s is read, or refused', (keys, faults) => {
  expect(messages(`${MINIMAL}notify: { command: [alert], ${keys} }\n`)).toEqual(faults);
});

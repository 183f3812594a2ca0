import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { aProject, cli, lines, matching, RULES, PROCESSES } from './cli.js';

/** A rule that `check` warns of: its account is on another platform. */
const DOUBTFUL = RULES.replace(
  'tests:',
  '  - { id: never, on: message, accounts: [shop-ig], platforms: [twitter], keywords: [hi], reply: "Never said." }\ntests:',
);
const FAILING = RULES.replace('text: hello', 'text: "hello, the price?"');

/** Time limit of a test; long, because the machine may be busy with other tests. */
const PATIENCE = { timeout: 60_000, interval: 50 };

describe.concurrent('check', PROCESSES, () => {
  it('exits with 0 and lists what it checked', async (test) => {
    const project = await aProject(test);
    expect(await project.cli('check')).toEqual({
      code: 0,
      stdout: './config.yaml: 4 accounts, 2 rules, 2 tests, mode live: fine\n',
      stderr: '',
    });
    expect(await project.cli('check', '--json')).toEqual({
      code: 0,
      stdout: '{"ok":true,"findings":[]}\n',
      stderr: '',
    });
    expect(project.sandbox.calls()).toEqual({});
  });

  it('exits with 0 in spite of a warning, and with 1 with --strict', async (test) => {
    const project = await aProject(test, { rules: DOUBTFUL });
    const { code, stderr } = await project.cli('check');
    expect(code).toBe(0);
    expect(stderr).toMatch(/^rules\/rules\.yaml:5:\d+: warning: /mu);
    const strict = await project.cli('check', '--strict', '--json');
    expect(strict).toMatchObject({ code: 1, stderr: '' });
    expect(JSON.parse(strict.stdout)).toMatchObject({
      ok: false,
      findings: [{ severity: 'warning', file: 'rules/rules.yaml', line: 5 }],
    });
  });

  it('prints SARIF for code scanning, with the place and an example', async (test) => {
    const rules = RULES.replace(
      'tests:',
      '  - { id: again, on: message, keywords: [price], reply: "Again." }\ntests:',
    );
    const project = await aProject(test, { rules });
    const { code, stdout, stderr } = await project.cli('check', '--sarif');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { name: 'autoresponder', rules: [{ id: 'never-acts' }] } },
          results: [
            {
              ruleId: 'never-acts',
              level: 'warning',
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: 'rules/rules.yaml' },
                    region: { startLine: 5, startColumn: 11 },
                  },
                },
              ],
              properties: { example: { text: 'price', account: 'shop-ig' } },
            },
          ],
        },
      ],
    });
  });

  it('reports all errors at once, with their places', async (test) => {
    const project = await aProject(test, {
      config: { modus: 'live', retention: 'long' },
      rules: RULES.replace('keywords: [price]', 'keywords: [no, 1]').replace('id: guide', 'id: pricing'),
    });
    const { code, stdout, stderr } = await project.cli('check', '--json');
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const { ok, findings } = JSON.parse(stdout) as {
      ok: boolean;
      findings: { file: string; line: number }[];
    };
    expect(ok).toBe(false);
    expect(findings.map(({ file, line }) => `${file}:${line}`)).toEqual(
      expect.arrayContaining([
        './config.yaml:10',
        './config.yaml:11',
        'rules/rules.yaml:3',
        'rules/rules.yaml:4',
      ]),
    );
  });
});

/**
 * Two workspaces with shared rules: rule `q` is for a platform of one workspace, rule `r` for a platform that
 * no workspace has.
 */
const TWO = `version: 1
store: postgres://user:word@127.0.0.1:1/none
rules: ./rules
calendars: { shop: { timezone: Europe/Paris, open: { mon: ["09:00-12:00"] } }, other: { timezone: UTC, open: { mon: ["09:00-12:00"] } } }
workspaces:
  - { name: bakery, blotato: { api_key: k1 }, accounts: [{ name: shop, id: "1", platform: instagram }] }
  - { name: florist, blotato: { api_key: k2 }, rules: ./florist.yaml, accounts: [{ name: shop, id: "2", platform: facebook, page_id: "3" }] }
  - { name: grocer, blotato: { api_key: k3 }, accounts: [{ name: shop, id: "4", platform: facebook, page_id: "5" }, { name: idle, id: "6", platform: bluesky }] }
`;
const TWO_RULES = `version: 1
rules:
  - { id: p, on: message, platforms: [instagram, facebook], keywords: [price], reply: "x" }
  - { id: q, on: message, platforms: [facebook], keywords: [hours], reply: "y" }
  - { id: r, on: message, platforms: [twitter], keywords: [hi], reply: "z" }
tests: [{ name: asks, event: { account: shop, text: price }, expect: { rule: p } }]
`;
const FLORIST_RULES = `version: 1
rules:
  - { id: f, on: message, keywords: [rose], when: { all: [{ fact: hours, params: { calendar: shop }, operator: equal, value: open }] }, reply: "x" }
`;

describe.concurrent('several workspaces', PROCESSES, () => {
  it('check checks all workspaces, and warns of accounts, rules and calendars that no workspace uses', async (test) => {
    const project = await aProject(test, { rules: TWO_RULES });
    project.write('config.yaml', TWO);
    project.write('florist.yaml', FLORIST_RULES);
    const { code, stdout } = await project.cli('check', '--json');
    const { findings } = JSON.parse(stdout) as { findings: Record<string, unknown>[] };
    expect([code, findings.map(({ code: what, file, line }) => [what, file, line])]).toEqual([
      0,
      [
        ['unused-calendar', './config.yaml', 4],
        ['never-matches', 'rules/rules.yaml', 5],
        ['idle-account', './config.yaml', 8],
      ],
    ]);
    expect((await project.cli('check')).stdout)
      .toBe(`workspace bakery: 1 account, 3 rules, 1 test, mode shadow
workspace florist: 1 account, 1 rule, 0 tests, mode shadow
workspace grocer: 2 accounts, 3 rules, 1 test, mode shadow
./config.yaml: 3 workspaces
`);
    expect((await project.cli('check', '--workspace', 'florist')).stdout).toBe(
      'workspace florist: 1 account, 1 rule, 0 tests, mode shadow\n',
    );
    project.write('florist.yaml', FLORIST_RULES.replace('reply', 'repl'));
    expect(await project.cli('check')).toMatchObject({
      code: 1,
      stdout: `workspace bakery: 1 account, 3 rules, 1 test, mode shadow
workspace grocer: 2 accounts, 3 rules, 1 test, mode shadow
./config.yaml: 3 workspaces, errors in florist
`,
      stderr: matching(/florist\.yaml:3:.+ error: unknown key "repl"/u),
    });
    expect(await project.cli('check', '--workspace', 'bakery')).toMatchObject({ code: 0 });
  });

  it('check warns of folders with rules inside those of rules and workspaces, unless one is named', async (test) => {
    const project = await aProject(test);
    const shop = (key: string, rules: string) =>
      `{ blotato: { api_key: ${key} }, rules: ${rules}, accounts: [{ name: shop-ig, id: "1", platform: instagram }] }`;
    for (const folder of ['rules/sub', 'rules/.old', 'rules/tables', 'rules/florist/old', 'shops/new']) {
      mkdirSync(join(project.folder, folder), { recursive: true });
      project.write(`${folder}/${folder === 'rules/tables' ? 'prices.csv' : 'a.yaml'}`, RULES);
    }
    project.write('rules/florist/a.yaml', RULES);
    const unread = async (...args: string[]) => {
      const { findings } = JSON.parse((await project.cli('check', '--json', ...args)).stdout) as {
        findings: { code: string; file: string; severity: string }[];
      };
      return findings.flatMap(({ code, file, severity }) =>
        code === 'unread-folder' ? [file, severity] : [],
      );
    };
    expect(await unread()).toEqual(['rules/florist', 'warning', 'rules/sub', 'warning']);
    project.write('config.yaml', 'version: 1\nstore: postgres://a@b/c\nworkspaces: ./shops\n');
    project.write('shops/bakery.yaml', shop('a', '../rules'));
    project.write('shops/florist.yaml', shop('b', '../rules/florist'));
    expect(await unread()).toEqual([
      'rules/sub',
      'warning',
      'rules/florist/old',
      'warning',
      'shops/new',
      'warning',
    ]);
    expect(await unread('--workspace', 'bakery')).toEqual(['rules/sub', 'warning', 'shops/new', 'warning']);
  });

  it('test runs the tests in each workspace that has them', async (test) => {
    const project = await aProject(test, { rules: TWO_RULES });
    project.write('config.yaml', TWO);
    project.write('florist.yaml', FLORIST_RULES);
    expect((await project.cli('test')).stdout).toMatch(
      /^workspace bakery\n✓ asks\nworkspace grocer\n✓ asks\n2 passed, 0 failed\n/u,
    );
    const ran = await project.cli('test', 'rules/rules.yaml', '--json', '--junit', 'report.xml');
    expect(lines(ran.stdout).map(({ workspace, name }) => [workspace, name])).toEqual([
      ['bakery', 'asks'],
      ['grocer', 'asks'],
    ]);
    expect(project.read('report.xml')).toContain('name="grocer: asks"');
    expect(lines((await project.cli('test', '--workspace', 'grocer', '--json')).stdout)).toHaveLength(1);
  });
});

describe.concurrent('test', PROCESSES, () => {
  it('exits with 0 when all tests pass', async (test) => {
    const project = await aProject(test);
    const { code, stdout, stderr } = await project.cli('test', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(lines(stdout)).toMatchObject([
      { name: 'asks the price', file: 'rules/rules.yaml', line: 6, passed: true, failures: [] },
      { name: 'says hello', line: 7, passed: true },
    ]);
  });

  it('exits with 1 when one fails, and shows the decision', async (test) => {
    const project = await aProject(test, { rules: FAILING });
    const { code, stdout, stderr } = await project.cli('test');
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toContain('✗ says hello  rules/rules.yaml:7\n');
    expect(stdout).toMatch(/→ acts +pricing/u);
    expect(stdout).toMatch(/^1 passed, 1 failed$/mu);
  });

  it('writes JUnit XML, and lists rules that no test reaches', async (test) => {
    const project = await aProject(test, {
      rules: FAILING.replace('name: says hello', `name: 'says "hello" & <more>'`),
    });
    const { code, stdout } = await project.cli('test', '--junit', 'report.xml', '--coverage');
    expect(code).toBe(1);
    expect(stdout).toContain(
      'coverage: rules 1/2, keywords 1/2, branches 0/0\n  rules/rules.yaml:4 guide: it never acts\n',
    );
    const report = project.read('report.xml').replaceAll(/time="[0-9.]+"/gu, 'time=""');
    expect(report).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="2" failures="1" errors="0" skipped="0" time="">
  <testsuite name="rules/rules.yaml" tests="2" failures="1" errors="0" skipped="0" time="">
    <testcase name="asks the price" classname="rules/rules.yaml" file="rules/rules.yaml" line="6" time=""/>
    <testcase name="says &quot;hello&quot; &amp; &lt;more&gt;" classname="rules/rules.yaml" file="rules/rules.yaml" line="7" time="">
      <failure message="expected silence, got pricing: &quot;From 20 EUR, 0.&quot;">expected silence, got pricing: "From 20 EUR, 0."</failure>
    </testcase>
  </testsuite>
</testsuites>
`);
    expect(lines((await project.cli('test', '--json', '--coverage')).stdout).at(-1)).toMatchObject({
      coverage: {
        rules: { total: 2, reached: 1 },
        missed: [{ kind: 'rules', rule: 'guide' }, { kind: 'keywords' }],
      },
    });
  });

  it('--watch runs again when a file changes, also after a broken one', async (test) => {
    const project = await aProject(test);
    const running = project.start('test', '--watch');
    await vi.waitFor(() => expect(running.stdout()).toContain('2 passed, 0 failed'), PATIENCE);
    project.write('rules/rules.yaml', 'version: 2\n');
    await vi.waitFor(
      () => expect(running.stderr()).toContain('rules/rules.yaml:1:10: error: version'),
      PATIENCE,
    );
    project.write('rules/rules.yaml', FAILING);
    await vi.waitFor(() => expect(running.stdout()).toContain('1 passed, 1 failed'), PATIENCE);
    running.kill('SIGINT');
    expect((await running.ended).code).toBe(0);
  });

  it('exits with 1 when there are no tests', async (test) => {
    const project = await aProject(test, { rules: RULES.slice(0, RULES.indexOf('tests:')) });
    expect(await project.cli('test')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'autoresponder: there are no tests; fix: write some under `tests:` in a rule file\n',
    });
  });

  it('runs only the tests of the given file', async (test) => {
    const project = await aProject(test);
    project.write('other.yaml', FAILING);
    expect(await project.cli('test', 'rules/rules.yaml')).toMatchObject({ code: 0 });
    const { code, stdout } = await project.cli('test', 'other.yaml', '--json');
    expect(code).toBe(1);
    expect(lines(stdout).map(({ file, passed }) => [file, passed])).toEqual([
      [matching(/other\.yaml$/u), true],
      [matching(/other\.yaml$/u), false],
    ]);
    expect(await project.cli('test', 'not-there.yaml')).toMatchObject({
      code: 1,
      stderr: matching(
        /not-there\.yaml: error: there is no such file or folder\n  fix: .* docs\/cookbook\/rules\/ of the package/u,
      ),
    });
  });
});

describe.concurrent('explain', PROCESSES, () => {
  it('prints the whole decision, and uses neither store nor API', async (test) => {
    const project = await aProject(test);
    const args = ['--text', 'The PRICE?', '--platform', 'twitter', '--at', '2026-11-24T10:00:00+01:00'];
    const { code, stdout, stderr } = await project.cli('explain', '--json', ...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      event: { kind: 'message', platform: 'twitter', account: 'shop-x', text: 'The PRICE?' },
      decision: {
        rule: 'pricing',
        reason: 'replied',
        actions: [{ type: 'reply', text: matching(/^From 20 EUR/u) }],
        trace: { rules: [{ rule: 'pricing', outcome: 'acts' }, { rule: 'guide' }] },
      },
    });
    expect((await project.cli('explain', ...args)).stdout).toContain(
      'reason replied: it would get this reply',
    );
    expect(project.sandbox.calls()).toEqual({});
    expect(() => project.left()).toThrow();
  });
});

describe.concurrent('explain of a rule in shadow', PROCESSES, () => {
  const rules = `version: 1
rules:
  - { id: nuts, on: message, mode: shadow, keywords: [nuts], reply: "Free of nuts, {{ contact.first_name | default: 'you' }}." }
  - { id: mute, on: message, mode: shadow, keywords: [nuts], silent: true }
  - { id: away, on: message, reply: "Back at nine.", once_per: false }
`;

  it('has the text that it would send where another rule replied', async (test) => {
    const config = { poll: '{ schedule: "* * * * * *", start: { lookback: 30m } }' };
    const { cli, sandbox, write } = await aProject(test, { rules, config });
    const typed = (await cli('explain', '--text', 'any nuts?')).stdout;
    expect(typed).toMatch(/would send\n.*"Back at nine\."\n\nwould send in live mode\n/u);
    expect(typed).toContain('  in shadow: reply of nuts: "Free of nuts, you."\n  in shadow: mute: ');
    expect((await cli('explain', '--text', 'hello')).stdout).not.toContain('in shadow');
    sandbox.receive({ account: 'shop-ig', contact: { id: 'ana', name: 'Ana' }, text: 'any nuts?' });
    await cli('run', '--once');
    const [row] = lines<{ id: string }>((await cli('journal', '--rule', 'away', '--json')).stdout);
    const shadowed = lines((await cli('journal', '--rule', 'nuts', '--json')).stdout);
    expect(shadowed).toMatchObject([{ id: row?.id, rule: 'away', inShadow: ['nuts', 'mute'] }]);
    expect((await cli('journal', '--rule', 'mute')).stdout).toContain('away (mute in shadow)');
    const past = await cli('explain', '--event', row?.id ?? '');
    expect(past.stdout).toContain('\n  in shadow: reply of nuts: "Free of nuts, Ana."\n');
    const json = lines((await cli('explain', '--event', row?.id ?? '', '--json')).stdout);
    expect(json).toMatchObject([
      { inShadow: [{ rule: 'nuts', reason: 'replied', actions: [{ type: 'reply' }] }, { rule: 'mute' }] },
    ]);
    write('rules/rules.yaml', rules.replace('id: nuts', 'id: other'));
    expect((await cli('explain', '--event', row?.id ?? '')).stdout).toContain(
      'in shadow: nuts: no rule has this id any more',
    );
    write('rules/rules.yaml', 'version: 2');
    expect((await cli('explain', '--event', row?.id ?? '')).stdout).not.toContain('in shadow');
  });
});

describe.concurrent('calendar', PROCESSES, () => {
  const shop =
    '{ shop: { timezone: Asia/Seoul, open: { mon-sun: ["09:00-18:00"] }, closed: [12-31], special: { 12-24..12-25: ["10:00-12:00"] }, holidays: KR } }';

  it('lists the dates that differ from the week, with their source', async (test) => {
    const project = await aProject(test, { config: { calendars: shop } });
    const { stdout } = await project.cli('calendar', 'shop', '--for', '12mo');
    expect(stdout).toMatch(
      /^shop: Asia\/Seoul, public holidays of KR by date-holidays\n {2}mon {2}09:00-18:00\n/u,
    );
    expect(stdout).toMatch(/^\d{4}-12-24 \w{3} {2}10:00-12:00 {2}\(special\)$/mu);
    expect(stdout).toMatch(/^\d{4}-12-25 \w{3} {2}10:00-12:00 {2}\(special, holiday: 기독탄신일\)$/mu);
    expect(stdout).toMatch(/^\d{4}-12-31 \w{3} {2}closed {2}\(closed\)$/mu);
    expect(stdout).toMatch(/^\d{4}-03-01 \w{3} {2}closed {2}\(holiday: .+\)$/mu);
    const days = lines((await project.cli('calendar', 'shop', '--for', '30d', '--json')).stdout);
    expect(days).toHaveLength(30);
    expect(Object.keys(days[0] as object)).toEqual(['date', 'hours', 'source', 'holiday', 'weekday']);
  });

  it('lists the known calendars for an unknown name, and exits with 1', async (test) => {
    const project = await aProject(test, { config: { calendars: shop } });
    expect(await project.cli('calendar', 'shopp')).toMatchObject({
      code: 1,
      stderr: 'autoresponder: there is no calendar "shopp"; fix: write one of shop\n',
    });
    expect((await project.cli('calendar', 'shop', '--for', '12 months')).code).toBe(1);
    expect((await project.cli('check')).stdout).toMatch(
      /^calendar shop, next holidays: \d{4}-\d\d-\d\d .+, \d{4}-\d\d-\d\d .+, \d{4}-\d\d-\d\d .+$/mu,
    );
  });
});

describe.concurrent('replay', PROCESSES, () => {
  const INPUT = [
    {
      id: 'a',
      kind: 'message',
      platform: 'instagram',
      account: 'shop-ig',
      text: 'price?',
      at: '2026-11-24T10:00:00Z',
    },
    { text: 'hello' },
    {
      id: 3,
      kind: 'comment',
      platform: 'facebook',
      text: 'guide',
      contact: { id: 'ana', name: 'Ana' },
      post: '501',
    },
    { id: 'd', kind: 'comment', platform: 'facebook', text: 'guide', contact: { id: 'ana' }, post: '501' },
  ]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('');
  const OUTPUT = [
    { id: 'a', rule: 'pricing', actions: [{ type: 'reply', text: 'From 20 EUR, a.' }], reason: 'replied' },
    { id: '2', rule: null, actions: [], reason: 'no_match' },
    {
      id: '3',
      rule: 'guide',
      actions: [
        { type: 'private_reply', text: 'Here it is.' },
        { type: 'comment_reply', text: 'Check your DMs!' },
      ],
      reason: 'replied',
    },
    { id: 'd', rule: 'guide', actions: [], reason: 'cooldown' },
  ];

  it('prints the documented JSON line for each line of a file', async (test) => {
    const project = await aProject(test);
    project.write('events.jsonl', INPUT);
    const { code, stdout, stderr } = await project.cli('replay', '--input', 'events.jsonl', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(OUTPUT.map((line) => `${JSON.stringify(line)}\n`).join(''));
    expect(project.sandbox.calls()).toEqual({});
  });

  it('shows the decisions of other rules, grouped and counted', async (test) => {
    const project = await aProject(test, {
      rules: RULES.replace('From 20 EUR', 'From 30 EUR').replace('keywords: [guide]', 'keywords: [map]'),
    });
    project.write('old.yaml', RULES);
    project.write('events.jsonl', INPUT);
    const args = ['replay', '--input', 'events.jsonl', '--against', 'old.yaml'];
    const { code, stdout } = await project.cli(...args);
    expect(code).toBe(0);
    expect(stdout).toBe(`3 decisions of 4 would differ, old.yaml → rules

      1  pricing (replied), with other texts
         a "price?"
           - reply "From 20 EUR, a."
           + reply "From 30 EUR, a."

      1  guide (replied) → no rule (no_match)
         3 "guide"

      1  guide (cooldown) → no rule (no_match)
         d "guide"
`);
    expect(await project.cli(...args, '--fail-on-change')).toMatchObject({ code: 1, stderr: '' });
    expect(lines((await project.cli(...args, '--json')).stdout)[1]).toEqual({
      id: '3',
      rule: null,
      actions: [],
      reason: 'no_match',
      before: OUTPUT[2],
    });
    project.write('old.yaml', RULES.replace('From 20 EUR', 'From 30 EUR').replace('[guide]', '[map]'));
    expect(await project.cli(...args, '--fail-on-change')).toMatchObject({
      code: 0,
      stdout: '0 decisions of 4 would differ, old.yaml → rules\n',
    });
  });

  it('reads stdin for -; prints a line for each event of a short input, then the counts', async (test) => {
    const project = await aProject(test);
    const options = { ...project.options, input: INPUT };
    expect(lines((await cli(test, ['replay', '--input', '-', '--json'], options)).stdout)).toEqual(OUTPUT);
    const { code, stdout } = await cli(test, ['replay', '--input', '-'], options);
    expect(code).toBe(0);
    const [each, counts] = stdout.split('\n\n');
    // Compared without a snapshot, which would need the test context, and concurrent tests take that from
    // each other.
    expect(each!.split('\n')).toEqual([
      'a  "price?"  replied by pricing',
      '    reply: "From 20 EUR, a."',
      '2  "hello"  no_match',
      '3  "guide"  replied by guide',
      '    private_reply: "Here it is."',
      '    comment_reply: "Check your DMs!"',
      'd  "guide"  cooldown by guide (replied 0 s ago; at most once ever per contact and post)',
    ]);
    expect(counts).toMatch(/^4 events by reason\n +2 {2}replied\n/u);
    const wrong = await cli(test, ['replay', '--input', '-'], {
      ...options,
      input: `{"text": "fine"}\n\nprice?\n`,
    });
    expect(wrong).toMatchObject({
      code: 1,
      stderr: matching(/^autoresponder: stdin:3: this line is not JSON/u),
    });
  });

  it('compares with another configuration by its own calendars, and says if both sides have the same', async (test) => {
    const rules =
      'version: 1\nrules:\n  - { id: away, on: message, when: { fact: hours, params: { calendar: shop }, operator: equal, value: closed }, reply: "We are closed." }\n';
    const calendars = (sunday: string) =>
      `{ shop: { timezone: UTC, open: { mon-sat: ["00:00-24:00"]${sunday} } } }`;
    const was = await aProject(test, { rules, config: { calendars: calendars('') } });
    const is = await aProject(test, { rules, config: { calendars: calendars(', sun: ["00:00-24:00"]') } });
    const sunday = { id: 'a', text: 'hello', at: '2026-11-22T10:00:00Z', contact: { id: 'ana' } };
    is.write('events.jsonl', JSON.stringify(sunday));
    const replay = ['replay', '--input', 'events.jsonl', '--against'];
    const config = join(was.folder, 'config.yaml');
    expect(await is.cli(...replay, config)).toEqual({
      code: 0,
      stdout: `1 decision of 1 would differ, ${config} → config.yaml\n\n      1  away (replied) → no rule (no_match)\n         a "hello"\n`,
      stderr: '',
    });
    expect((await is.cli(...replay, was.folder)).stdout).toContain('1 decision of 1 would differ');
    expect(await is.cli(...replay, join(was.folder, 'rules'))).toMatchObject({
      stdout: expect.stringContaining('0 decisions of 1 would differ') as string,
      stderr: expect.stringMatching(
        /^both sides use the calendars of config\.yaml; .*--against a copy/u,
      ) as string,
    });
    was.write('config.yaml', 'accounts:\n  shop: { id: 1 }\n');
    expect(await is.cli(...replay, config)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/config\.yaml:1:1: error: accounts/u) as string,
    });
  });

  it('decides settling messages together, also with --against', async (test) => {
    const rule = '{ id: q, on: message, keywords: [what is it], reply: "A lamp.", settle: 20s }';
    const project = await aProject(test, { rules: `version: 1\nrules:\n  - ${rule}\n` });
    project.write('old.yaml', `version: 1\nrules:\n  - ${rule.replace(', settle: 20s', '')}\n`);
    const line = (id: string, text: string, second: number, contact = 'ana') =>
      JSON.stringify({ id, text, at: `2026-11-24T10:00:${second}+01:00`, contact: { id: contact } });
    const events = [line('a', 'what is', 10), line('b', 'hm', 12, 'ben'), line('c', 'it?', 15)];
    project.write('events.jsonl', events.join('\n'));
    const replay = ['replay', '--input', 'events.jsonl', '--json'];
    const said = [{ type: 'reply', text: 'A lamp.' }];
    expect(lines((await project.cli(...replay)).stdout)).toEqual([
      { id: 'b', rule: null, actions: [], reason: 'no_match' },
      { id: 'a', rule: 'q', actions: [], reason: 'settling' },
      { id: 'c', rule: 'q', actions: said, reason: 'replied' },
    ]);
    const changed = await project.cli(...replay, '--against', 'old.yaml');
    expect(lines(changed.stdout)).toMatchObject([
      { id: 'a', reason: 'settling', before: { reason: 'no_match' } },
      { id: 'c', reason: 'replied', before: { reason: 'no_match' } },
    ]);
    const explained = await project.cli('explain', '--text', 'What is it?');
    expect(explained.stdout).toMatch(/^waits 20 s first/mu);
  });

  it.for([
    [
      'invalid JSON',
      'price?',
      'this line is not JSON; fix: write one object on each line, such as {"text": "how much?"}',
    ],
    [
      'a value that is not an object',
      '"price?"',
      'this line is not an object; fix: write one such as {"text": "how much?"}',
    ],
    ['no text', '{"id": "a"}', 'text: the text of the contact is missing'],
    ['an unknown kind', '{"text": "a", "kind": "dm"}', 'kind: must be one of: message, comment'],
    [
      'an invalid time',
      '{"text": "a", "at": "yesterday"}',
      'at: write a time such as 2026-11-24T10:00:00+01:00',
    ],
  ] as const)('names the line that has %s, and exits with 1', async ([, line, message], test) => {
    const project = await aProject(test);
    project.write('events.jsonl', `{"text": "fine"}\n\n${line}\n`);
    const { code, stderr } = await project.cli('replay', '--input', 'events.jsonl', '--json');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^autoresponder: events\.jsonl:3: /u);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe.concurrent('schema', PROCESSES, () => {
  it.for(['config', 'rules'])(
    'prints the JSON Schema of %s without any configuration',
    async (which, test) => {
      const { code, stdout, stderr } = await cli(test, ['schema', which]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(JSON.parse(stdout)).toMatchObject({ $schema: matching(/json-schema\.org/u) });
    },
  );
});

import { describe, expect, it, vi } from 'vitest';
import { aProject, PROCESSES } from './cli.js';
import { runHere } from './run-here.js';

const PATIENCE = { timeout: 120_000, interval: 100 };
const LOOK_BACK = { poll: '{ schedule: "* * * * * *", start: { lookback: 30m } }' };

/** The rows of the table of `journal`, without its head and borders. */
function rowsOf(stdout: string): readonly (readonly string[])[] {
  const lines = stdout.split('\n').filter((line) => /\d{2}:\d{2}:\d{2}Z/u.test(line));
  return lines.map((line) => line.split('│').map((cell) => cell.trim()));
}

describe.concurrent('the journal as a table', PROCESSES, () => {
  it('names the account as author of a reply, and leaves out the disclosure before its text', async (test) => {
    const disclosure = 'I am the automatic assistant of the shop and answer frequent questions all day.';
    const project = await aProject(test, { config: LOOK_BACK });
    const config = project.read('config.yaml');
    project.write('config.yaml', config.replace('"shop-ig",', `"shop-ig","disclosure":"${disclosure}",`));
    const { sandbox, cli } = project;
    sandbox.receive({ account: 'shop-ig', contact: { id: 'ana', name: 'Ana' }, text: 'price?' });
    await cli('run', '--once');
    expect(sandbox.sends()[0]).toMatchObject({ text: expect.stringMatching(`^${disclosure}`) as string });
    await cli('run', '--once');
    const rows = rowsOf((await cli('journal')).stdout).map((row) => row.slice(2, 5));
    expect(rows).toEqual(
      expect.arrayContaining([
        ['shop-ig', 'Ana', 'price?'],
        ['shop-ig', 'shop-ig to Ana', expect.stringMatching(/^From 20 EUR/u)],
      ]),
    );
    const [own] = (await cli('journal', '--json')).stdout
      .split('\n')
      .filter((line) => line.includes('outgoing'));
    expect(own).toContain(disclosure);
  });

  it('names whose comment a comment of the account replies to, or the post', async (test) => {
    const { sandbox, cli } = await aProject(test, { config: LOOK_BACK });
    sandbox.comment({ account: 'shop-ig', contact: 'ana', text: 'the guide' });
    await cli('run', '--once');
    await cli('run', '--once');
    const rows = rowsOf((await cli('journal')).stdout).map((row) => row.slice(2, 5));
    expect(rows).toContainEqual(['shop-ig', 'shop-ig to ana', 'Check your DMs!']);
    const own = rowsOf((await cli('journal', '--reason', 'own_message')).stdout).map((row) => row[3]);
    expect(own).toContain('shop-ig to ana');
  });

  it.for([
    ['Asia/Kathmandu', 'at (Asia/Kathmandu)', '17:45:00', '+05:45'],
    ['America/Argentina/Buenos_Aires', 'at (America/', '09:00:00', '-03:00'],
  ] as const)('shows times in the zone of the calendars, as explain does: %s', async (row, test) => {
    const [zone, head, clock, offset] = row;
    const calendars = `{ shop: { timezone: ${zone}, open: { mon-fri: ["09:00-18:00"] } } }`;
    const poll = '{ schedule: "* * * * * *", start: { lookback: 48h } }';
    const { sandbox, cli } = await aProject(test, { config: { poll, calendars } });
    // Noon in UTC, of a day that is over everywhere between these zones and UTC.
    const noon = Math.floor(Date.now() / 86_400_000) * 86_400_000 - 43_200_000;
    const { id } = sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price?', at: noon });
    await cli('run', '--once');
    const day = new Date(noon).toISOString().slice(0, 10);
    const { stdout } = await cli('journal');
    expect(stdout).toContain(head);
    expect(stdout).toContain(`${day} ${clock} `);
    expect(stdout).not.toMatch(/\dZ /u);
    // The column is as wide as with times in UTC.
    const cells = stdout.split('\n').map((line) => line.split('│')[1]?.length ?? 0);
    expect(Math.max(...cells)).toBeLessThanOrEqual(' 2026-11-24 12:00:00Z '.length);
    expect((await cli('journal', '--json')).stdout).toContain(`"at":"${day}T12:00:00.000Z"`);
    const explained = (await cli('explain', '--event', id)).stdout;
    expect(explained).toContain(`at ${day}T${clock}.000${offset} (${zone})\n`);
    expect(/^decided .*(.{6})$/mu.exec(explained)?.[1]).toBe(offset);
    const typed = await cli('explain', '--text', 'price?', '--at', `${day}T12:00:00Z`);
    expect(typed.stdout).toContain(`at ${day}T${clock}.000${offset} (${zone})\n`);
  });

  it('is in the order of the times shown, also of rows that one poll read from several lists', async (test) => {
    const { sandbox, cli } = await aProject(test, { config: LOOK_BACK });
    const now = Date.now();
    const minutesAgo = (n: number) => now - n * 60_000;
    sandbox.comment({ account: 'shop-ig', contact: 'bo', text: 'first', at: minutesAgo(9) });
    sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'second', at: minutesAgo(7) });
    sandbox.comment({ account: 'shop-ig', contact: 'cy', text: 'third', at: minutesAgo(5) });
    sandbox.receive({ account: 'shop-ig', contact: 'di', text: 'fourth', at: minutesAgo(3) });
    await cli('run', '--once');
    const texts = rowsOf((await cli('journal')).stdout).map((row) => row[4]);
    expect(texts).toEqual(['fourth', 'third', 'second', 'first']);
  });
});

describe.concurrent('what needs a person', PROCESSES, () => {
  it('is in `status` beside an empty queue, with the command that lists it', async (test) => {
    const { sandbox, cli } = await aProject(test, {
      config: { ...LOOK_BACK, delivery: '{ ambiguous: leave, visible_within: 1s }' },
    });
    sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price?' });
    sandbox.fault(({ method }) => (method === 'POST' ? 'drop_before' : 'none'));
    await cli('run', '--once');
    expect((await cli('status')).stdout).toMatch(/^checking 1 send whose outcome is unknown$/mu);
    await vi.waitFor(async () => {
      await cli('run', '--once');
      expect((await cli('status')).stdout).toMatch(
        /^person {3}shop-ig: 1 send needs a person \(unknown_outcome\); fix: `autoresponder outbox list`, then/mu,
      );
    }, PATIENCE);
    expect(JSON.parse((await cli('status', '--json')).stdout)).toMatchObject({
      needPerson: [{ account: 'shop-ig', n: 1 }],
    });
  });
});

describe.concurrent('doctor', PROCESSES, () => {
  it('counts the hints in its last line', async (test) => {
    // The placeholder of this reply has no default, which is a warning of `check`.
    const rules =
      'version: 1\nrules:\n  - { id: a, on: message, keywords: [a], reply: "{{ contact.first_name }}" }\n';
    const { cli } = await aProject(test, { rules });
    const { code, stdout } = await cli('doctor');
    const hints = stdout.split('\n').filter((line) => line.startsWith('! ')).length;
    expect(hints).toBeGreaterThan(0);
    expect([code, stdout.trim().split('\n').at(-1)]).toEqual([
      0,
      `Nothing is wrong; ${hints} hint${hints === 1 ? '' : 's'} above, marked with !.`,
    ]);
  });
});

describe.concurrent('texts of the configuration by language', PROCESSES, () => {
  const DISCLOSURE = { fr: 'Réponse automatique.', en: 'Automatic reply.', default: 'en' };
  const GUARDS = 'opt_out: { reply: { fr: "C’est fini.", en: "This was the last one.", default: en } }';

  it('are sent in the language of the reply, else in that of the contact, else in the default', async (test) => {
    const rules = `version: 1
rules:
  - { id: hours, on: message, keywords: [hours, horaires], reply: { fr: "De 7 h à 19 h.", en: "From 7 to 19.", default: en } }
  - { id: cake, on: message, keywords: [cake, gateau, torte], reply: "chocolate / chocolat" }
`;
    const project = await aProject(test, { rules, config: { ...LOOK_BACK, guards: `{ ${GUARDS} }` } });
    const { sandbox, cli } = project;
    const config = project.read('config.yaml');
    project.write(
      'config.yaml',
      config.replace('"shop-ig",', `"shop-ig","disclosure":${JSON.stringify(DISCLOSURE)},`),
    );
    expect(await cli('check')).toMatchObject({ code: 0 });
    const texts: readonly (readonly [from: string, text: string])[] = [
      ['ana', 'Bonjour, quels sont vos horaires ?'],
      ['bo', 'What are your hours on Sunday?'],
      ['cy', 'Je voudrais un gateau pour samedi, s’il vous plaît'],
      ['di', 'torte?'],
    ];
    for (const [contact, text] of texts) sandbox.receive({ account: 'shop-ig', contact, text });
    await cli('run', '--once');
    const sent = () => new Map(sandbox.sends().map(({ recipientId, text }) => [recipientId, text]));
    expect(Object.fromEntries(sent())).toEqual({
      ana: 'Réponse automatique.\n\nDe 7 h à 19 h.',
      bo: 'Automatic reply.\n\nFrom 7 to 19.',
      cy: 'Réponse automatique.\n\nchocolate / chocolat',
      di: 'Automatic reply.\n\nchocolate / chocolat',
    });

    for (const contact of ['ana', 'di']) sandbox.receive({ account: 'shop-ig', contact, text: 'STOP' });
    await cli('run', '--once');
    // The word alone shows no language: that of the earlier message counts.
    expect(Object.fromEntries(sent())).toMatchObject({ ana: 'C’est fini.', di: 'This was the last one.' });
    const explained = await cli(
      'explain',
      '--account',
      'shop-ig',
      '--text',
      'Bonjour, un gateau pour demain ?',
    );
    expect(explained.stdout).toContain('Réponse automatique.');
  });

  it('have names of days and numbers of their own language, whatever the locale of the account', async (test) => {
    const rules = `version: 1
rules:
  - id: when
    on: message
    keywords: [when, quand]
    reply:
      fr: "Le {{ message.at | date: '%A' }}, {{ 1234.5 | number }}"
      en: "On {{ message.at | date: '%A' }}, {{ 1234.5 | number }}"
      de: "Am {{ message.at | date: '%A' }}, {{ 1234.5 | number }}"
      default: de
`;
    const project = await aProject(test, { rules });
    const config = project.read('config.yaml');
    const texts = ['Bonjour, quand ouvrez-vous demain ?', 'Hello, when do you open tomorrow?', 'when'];
    const said: Record<string, readonly string[]> = {};
    for (const locale of ['', 'fr-CH', 'de']) {
      const of = locale === '' ? '' : `"locale":"${locale}",`;
      project.write('config.yaml', config.replace('"shop-ig",', `"shop-ig",${of}`));
      const at = ['--at', '2026-11-24T10:00:00Z', '--json'];
      const ended = await Promise.all(texts.map((text) => project.cli('explain', '--text', text, ...at)));
      said[locale] = ended.flatMap(({ stdout }) => stdout.match(/"text":"(?:Le|On|Am) [^"]*/gu) ?? []);
    }
    const spoken = (...lines: readonly string[]) => lines.map((line) => `"text":"${line}`);
    const narrow = '\u202f';
    expect(said).toEqual({
      '': spoken(`Le mardi, 1${narrow}234,5`, 'On Tuesday, 1,234.5', 'On Tuesday, 1,234.5'),
      'fr-CH': spoken(`Le mardi, 1${narrow}234,5`, 'On Tuesday, 1,234.5', 'On Tuesday, 1,234.5'),
      de: spoken(`Le mardi, 1${narrow}234,5`, 'On Tuesday, 1,234.5', 'On Tuesday, 1,234.5'),
    });
  });
});

describe.concurrent('messages', PROCESSES, () => {
  it.for([
    ['npx', { npm_command: 'exec' }, '`npx autoresponder init`'],
    ['a command of its own', {}, '`autoresponder init`'],
  ] as const)('name the commands as the user can paste them: by %s', async ([, env, shown], test) => {
    const { folder } = await aProject(test);
    const { stderr } = await runHere(['check', '--config', 'none.yaml'], { cwd: folder, env });
    expect(stderr).toContain(`fix: create one with ${shown}, or name`);
  });

  it('say that there are no workspaces, or no account of that name', async (test) => {
    const { cli } = await aProject(test);
    expect((await cli('check', '--workspace', 'bakery')).stderr).toMatch(
      /unknown workspace "bakery": the configuration has no workspaces\n {2}fix: Leave out --workspace\./u,
    );
    await cli('run', '--once');
    expect((await cli('journal', '--account', 'shop')).stderr).toBe(
      'no events: the configuration has no account "shop"; fix: write one of shop-ig, shop-fb, shop-x, shop-bsky\n',
    );
    expect((await cli('journal', '--account', 'shop-ig')).stderr).toBe('no events\n');
  });

  it('list rules with texts by language among those that a table leaves out', async (test) => {
    const rules = `version: 1
rules:
  - { id: hours, on: message, keywords: [hours], reply: { fr: "De 7 h.", en: "From 7.", default: en } }
`;
    const { cli } = await aProject(test, { rules });
    expect((await cli('export', 'rules')).stderr).toBe(
      'left out: hours has texts by language\n1 rule left out; --format json has all\n',
    );
  });
});

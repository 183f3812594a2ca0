import { createRequire } from 'node:module';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { LANGUAGES } from '../../src/domain/meaning.js';
import { PLATFORM_TABLE, type TextLimit } from '../../src/domain/platforms.js';
import { checkTemplate } from '../../src/actions/compose/render.js';
import { runRuleTest } from '../../src/rehearsal/rule-tests.js';
import { configJsonSchema } from '../../src/config/json-schema.js';
import { loadConfigs, parseConfig } from '../../src/config/load.js';
import { isSchedule } from '../../src/poller/schedule.js';
import type { Config } from '../../src/domain/config.js';
import { REASONS } from '../../src/domain/reason.js';
import { MATCH_MODES, type MatchMode } from '../../src/domain/rule.js';
import { SEND_STATES } from '../../src/domain/send.js';
import { DAY, HOUR } from '../../src/domain/time.js';
import { loadHolidays } from '../../src/engine/calendar/holidays.js';
import { compileSet } from '../../src/engine/rule-set.js';
import { checkKeyword, compileKeyword } from '../../src/engine/text/keywords.js';
import { MessageText } from '../../src/engine/text/text.js';
import { outsideWindow } from '../../src/lint/outside-window.js';
import { FACTS } from '../../src/rules/condition-schema.js';
import { rulesJsonSchema } from '../../src/rules/json-schema.js';
import { parseRules, type RuleContext } from '../../src/rules/parse.js';
import { TUESDAY } from '../builders.js';
import { runHere } from '../e2e/run-here.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ENVIRONMENT = {
  ...{ BLOTATO_API_KEY: 'a-key', DATABASE_URL: 'postgres://shop:secret@localhost:5432/shop' },
  ...{ BAKERY_KEY: 'one-key', BAKERY_TOKEN: 'a-long-token', FLORIST_KEY: 'another-key' },
  AGENCY_TOKEN: 'the-agency-token',
};
const PAGES = [
  ...['README.md', 'CHANGELOG.md'],
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

function page(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** The page without its code blocks, whose text is not a heading, link or table. */
function prose(file: string): string {
  return page(file).replaceAll(/^```[\s\S]*?^```$/gmu, '');
}

it('NOTICE names the holiday data with its version and licence, and is in the package', () => {
  const { dependencies, files } = JSON.parse(page('package.json')) as {
    readonly dependencies: Readonly<Record<string, string>>;
    readonly files: readonly string[];
  };
  expect(page('NOTICE')).toContain(`date-holidays ${dependencies['date-holidays'] ?? ''}`);
  expect(page('NOTICE')).toContain('CC-BY-3.0');
  expect(page('docs/configuration.md')).toContain('CC-BY-3.0');
  expect(files).toContain('NOTICE');
});

it.each(['README.md', 'docs/README.md', 'docs/quick-start.md'])(
  '%s says in its first screen what the program cannot see',
  (file) => {
    const screen = page(file).split('\n').slice(0, 30).join(' ');
    expect(screen).toMatch(/cannot see.*replies that you type in the Instagram app/u);
  },
);

function headings(file: string, level: string): string[] {
  return [...prose(file).matchAll(new RegExp(`^${level} (.+)$`, 'gmu'))].map(([, text]) => text ?? '');
}

/** The cells of the table with this head, or else of all tables of the text, without the head. */
function rows(text: string, head = ''): string[][] {
  const tables = text.split('\n\n').filter((block) => block.startsWith(`| ${head}`));
  return tables.flatMap((table) =>
    table
      .trim()
      .split('\n')
      .slice(2)
      .map((row) => row.split(/(?<!\\)\|/u).map((cell) => cell.trim()))
      .map((cells) => cells.slice(1, -1)),
  );
}

/** The texts in backticks. */
function codes(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/gu)].map(([, code]) => code ?? '');
}

/** A command's subcommands, and the long names of its options, from its --help. */
async function helpOf(
  ...command: string[]
): Promise<{ readonly commands: string[]; readonly options: string[] }> {
  const { stdout: help } = await runHere([...command, '--help'], { cwd: ROOT, env: {} });
  const [, listed = ''] = help.split('\nCommands:\n');
  return {
    commands: [...listed.matchAll(/^ {2}(\w+)/gmu)]
      .map(([, name]) => name ?? '')
      .filter((name) => name !== 'help'),
    options: [...help.matchAll(/^ {2}(?:-\w, )?(--[a-z]+)/gmu)].map(([, name]) => name ?? ''),
  };
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly additionalProperties?: Schema | boolean;
  readonly definitions?: Readonly<Record<string, Schema>>;
  readonly default?: unknown;
}

interface Key {
  readonly name: string;
  readonly path: string;
  readonly default: unknown;
}

/** Every key of a JSON Schema with its path: `accounts[].name`, `calendars.NAME.open`. */
function keysOf(schema: Schema, path = ''): Key[] {
  const { properties = {}, items, anyOf = [], additionalProperties, definitions = {} } = schema;
  const own = Object.entries(properties).flatMap(([name, value]) => {
    const at = path === '' ? name : `${path}.${name}`;
    return [{ name, path: at, default: value.default }, ...keysOf(value, at)];
  });
  const members =
    typeof additionalProperties === 'object' ? keysOf(additionalProperties, `${path}.NAME`) : [];
  const others = [...anyOf, ...Object.values(definitions)].flatMap((each) => keysOf(each, path));
  return [...own, ...members, ...others, ...(items ? keysOf(items, `${path}[]`) : [])];
}

interface Block {
  readonly where: string;
  readonly yaml: string;
  /** The words behind the fence: `yaml`, `yaml no-check`, `yml`. */
  readonly info: string;
}

/** The YAML blocks of a page. */
function yamlBlocks(file: string): Block[] {
  return [...page(file).matchAll(/^( *)```(ya?ml.*)\n([\s\S]*?)^\1```$/gmu)].map((block) => {
    const line = page(file).slice(0, block.index).split('\n').length;
    const [, indent = '', info = '', yaml = ''] = block;
    return { where: `${file}:${line}`, info, yaml: yaml.replaceAll(new RegExp(`^${indent}`, 'gmu'), '') };
  });
}

function isRuleFile({ yaml }: Block): boolean {
  return /^(?:#.*\n)*version: 1\n/u.test(yaml) && /^rules:\n/mu.test(yaml);
}

function isConfiguration({ yaml }: Block): boolean {
  return /^(?:#.*\n)*version: 1\n/u.test(yaml) && /^(?:blotato|workspaces):/mu.test(yaml);
}

function exampleConfig(): Config {
  const parsed = parseConfig(page('config.example.yaml'), 'config.example.yaml', ENVIRONMENT, isSchedule);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.findings, null, 2));
  return parsed.value;
}

const ALL_OPERATORS = [
  ...['contains', 'doesNotContain', 'equal', 'greaterThan', 'greaterThanInclusive', 'in', 'lessThan'],
  ...['lessThanInclusive', 'notEqual', 'notIn'],
];
/** A valid value for each fact. */
const VALUES: Readonly<Record<string, unknown>> = {
  ...{ meaning: 'meant', language: 'fr' },
  ...{ kind: 'message', platform: 'instagram', account: 'shop-ig', hours: 'open', local_time: '09:30' },
  ...{ weekday: 'mon', first_contact: true, is_reply: true, keywords: true, tags: 'lead' },
  ...{ funnel: 'none', answered_by: true, count: 2 },
};
const NEEDED: Readonly<Record<string, object>> = {
  ...{ contact: { path: 'name' }, field: { path: 'size' }, keywords: { params: { any: ['price'] } } },
  ...{ funnel: { params: { rule: 'meant' } }, answered_by: { params: { rule: 'meant' } } },
};

/** Whether `check` accepts a condition with this operator. */
function isOperatorOf(fact: string, operator: string): boolean {
  const isOrder = /^(?:less|greater)Than/u.test(operator);
  const value = VALUES[fact] ?? (fact === 'field' && isOrder ? 3 : 'some text');
  const more = NEEDED[fact] ?? {};
  const when = {
    fact,
    operator,
    value: operator === 'in' || operator === 'notIn' ? [value] : value,
    ...more,
  };
  const meant = { id: 'meant', on: 'comment', examples: ['one', 'two', 'three'], comment_reply: 'x' };
  const file = { version: 1, rules: [{ id: 'a', on: 'comment', when, comment_reply: 'x' }, meant] };
  return parseRules(JSON.stringify(file), 'a.yaml', contextOf(exampleConfig())).ok;
}

function contextOf({ accounts, calendars }: Config): RuleContext {
  return { accounts, calendars: calendars.map(({ name }) => name), checkTemplate, checkKeyword };
}

/** The anchor that GitHub generates for a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}

const EVERYWHERE = ['--config', '--workspace', '--json', '--help'];

describe('the commands in docs/commands.md', () => {
  const table = rows(prose('docs/commands.md'), 'command | what it does').map(
    ([command = '']) => codes(command)[0] ?? '',
  );
  const nameOf = (usage: string) => /^[a-z]+(?: [a-z]+)?/u.exec(usage)?.[0] ?? '';

  it('are the commands of the program', async () => {
    const { commands } = await helpOf();
    const defined: string[] = [];
    for (const name of commands) {
      const { commands: below } = [
        'outbox',
        'drafts',
        'contacts',
        'export',
        'sandbox',
        'workspaces',
      ].includes(name)
        ? await helpOf(name)
        : { commands: [] };
      const subs = below.map((sub) => `${name} ${sub}`);
      defined.push(...(subs.length > 0 && name !== 'sandbox' ? subs : [name, ...subs]));
    }
    expect(table.map(nameOf).sort()).toEqual(defined.sort());
  });

  it.each(table)('%s: has these options and no others', async (usage) => {
    const { options } = await helpOf(...nameOf(usage).split(' '));
    const own = options.filter((option) => !EVERYWHERE.includes(option));
    expect([...usage.matchAll(/--[a-z]+/gu)].map(([option]) => option).sort()).toEqual(own.sort());
  });

  it('are called by names that exist, wherever a page calls one', async () => {
    const { commands } = await helpOf();
    const called = PAGES.flatMap((file) => [...page(file).matchAll(/(?:npx |`)autoresponder ([a-z]+)/gu)]);
    expect(called.length).toBeGreaterThan(10);
    for (const [, name = ''] of called) expect(commands).toContain(name);
  });

  it('are called with options that they have, in every example', () => {
    const examples = PAGES.flatMap((file) => [
      ...[...page(file).matchAll(/^ *```(\w*)\n[\s\S]*?^ *```$/gmu)].flatMap(([block, language = '']) =>
        ['', 'sh', 'console', 'text'].includes(language) ? block : [],
      ),
      ...codes(prose(file)),
    ]);
    const calls = examples.flatMap((text) => text.match(/autoresponder(?:@\S+)? [a-z].*/gu) ?? []);
    expect(calls.length).toBeGreaterThan(20);
    for (const call of calls) {
      const words = call.replace(/ #.*/u, '').split(' ').slice(1);
      const named = (name: string) => table.find((each) => nameOf(each) === name);
      const usage = named(words.slice(0, 2).join(' ')) ?? named(words[0] ?? '');
      const known = [...(usage ?? '').matchAll(/--[a-z-]+/gu), ...EVERYWHERE.map((option) => [option])].map(
        String,
      );
      const options = words.filter((word) => word.startsWith('--'));
      expect({
        call,
        isCommand: usage !== undefined,
        unknown: options.filter((each) => !known.includes(each)),
      }).toEqual({ call, isCommand: true, unknown: [] });
    }
  });
});

describe('README.md', () => {
  it('has at most 900 words', () => {
    expect(page('README.md').trim().split(/\s+/u).length).toBeLessThanOrEqual(900);
  });

  it('gives the two commands that a newcomer types', () => {
    expect(page('README.md')).toContain('\n```sh\nnpm ci && npm run demo\n```\n');
    expect(page('README.md')).toContain('\n```sh\nnpm ci && npm test\n```\n');
  });

  it('names scripts that package.json has', () => {
    const { scripts } = JSON.parse(page('package.json')) as { scripts: Record<string, string> };
    const named = [page('README.md'), page('docs/development.md')].flatMap((text) =>
      [...text.matchAll(/npm (?:run )?([a-z:-]+)/gu)].map(([, name = '']) => name),
    );
    expect(named).toContain('test:contract');
    expect(Object.keys(scripts)).toEqual(
      expect.arrayContaining(named.filter((name) => !['ci', 'install'].includes(name))),
    );
  });
});

describe('docs/architecture.md', () => {
  const { LAYERS, TOP, LIBRARIES } = createRequire(import.meta.url)('../../scripts/layers.cjs') as {
    readonly LAYERS: Readonly<Record<string, readonly string[]>>;
    readonly TOP: string;
    readonly LIBRARIES: Readonly<Record<string, readonly string[]>>;
  };

  it('shows what each folder may import, as the lint rules have it', () => {
    const shown = rows(prose('docs/architecture.md'), 'folder').map(([folder = '', , allowed = '']) => [
      (codes(folder)[0] ?? '').replace('src/', ''),
      allowed,
    ]);
    const table = [...Object.entries(LAYERS), [TOP, ['all']] as const].map(([folder, allowed]) => [
      folder,
      allowed.length === 0 ? 'nothing' : [...allowed].join(', '),
    ]);
    expect(shown).toEqual(table);
  });

  it('has a row for each folder of src, which has no files at its top', () => {
    const entries = readdirSync(join(ROOT, 'src'), { withFileTypes: true });
    expect(entries.filter((entry) => !entry.isDirectory())).toEqual([]);
    expect(new Set(entries.map(({ name }) => name))).toEqual(new Set([...Object.keys(LAYERS), TOP]));
  });

  it('lists the importers of each library that the program depends on', () => {
    const { dependencies } = JSON.parse(page('package.json')) as { dependencies: Record<string, string> };
    expect(Object.keys(LIBRARIES).sort()).toEqual(Object.keys(dependencies).sort());
  });
});

describe('docs/why-no-answer.md', () => {
  it('has a section for every reason, in their order, and no other', () => {
    expect(headings('docs/why-no-answer.md', '##')).toEqual(
      Object.keys(REASONS).map((reason) => `\`${reason}\``),
    );
  });
});

describe('docs/guarantees.md', () => {
  it('has a row for every state of a send', () => {
    const states = rows(prose('docs/guarantees.md'), 'state').map(([state = '']) => codes(state)[0]);
    expect(states).toEqual([...SEND_STATES]);
  });
});

describe('the limits of the platforms', () => {
  const table = rows(prose('docs/guarantees.md'), 'platform');

  it.each(Object.entries(PLATFORM_TABLE).filter(([, row]) => row.canSend))(
    'of %s are in the table of docs/guarantees.md',
    (name, limits) => {
      const [, answers, privateReply, message, comment] =
        table.find(([platform = '']) => platform.toLowerCase() === name) ?? [];
      const shown = (limit: TextLimit | null) =>
        limit === null ? 'none' : `${limit.most.toLocaleString('en')} ${limit.unit}`;
      expect([message, comment]).toEqual([shown(limits.messageLimit), shown(limits.commentLimit)]);
      expect(answers).toContain(
        limits.replyWindow === null ? 'without a limit' : `${limits.replyWindow / HOUR} hours`,
      );
      expect(privateReply).toContain(
        limits.privateReplyWithin === null ? 'none' : `${limits.privateReplyWithin / DAY} days`,
      );
    },
  );
});

describe('docs/configuration.md', () => {
  const text = prose('docs/configuration.md');
  const table = new Map(
    rows(text, 'key').map(([key = '', byDefault = '']) => [codes(key)[0] ?? '', byDefault] as const),
  );
  // The keys of texts by language are the languages, which docs/rules.md lists.
  const ofTexts = new Set<string>([...LANGUAGES, 'default']);
  const all = keysOf(configJsonSchema()).filter(({ path }) => !ofTexts.has(path));
  // The keys of a workspace are left out: they have their own section.
  const keys = all.filter(({ path }) => !path.startsWith('workspaces'));
  const isBlock = (path: string) =>
    keys.some((key) => key.path.startsWith(`${path}.`) || key.path.startsWith(`${path}[`));

  it('names every key of the configuration', () => {
    const named = [
      ...table.keys(),
      ...headings('docs/configuration.md', '##').flatMap(codes),
      ...codes(text),
    ];
    expect(named).toEqual(expect.arrayContaining(keys.map((key) => key.path)));
  });

  it('has a row for every key that is no block, and none for a key that does not exist', () => {
    const single = keys.filter(
      ({ path }) => !isBlock(path) || path === 'poll.start' || path === 'guards.opt_out',
    );
    const named = [...table.keys()].filter((key) => !key.startsWith('workspaces'));
    expect(named.sort()).toEqual([...new Set(single.map(({ path }) => path))].sort());
  });

  it('lists exactly the keys that a workspace may have', () => {
    const inList = all.flatMap(({ path }) => /^workspaces\[\]\.(\w+)$/u.exec(path)?.[1] ?? []);
    const section = page('docs/configuration.md').split('## `workspaces`')[1] ?? '';
    const told = codes(section).map((code) => code.replace(/^workspaces\[\]\./u, '').split('.')[0] ?? '');
    expect(told).toEqual(expect.arrayContaining(inList));
    const named = [...table.keys()].filter((key) => key.startsWith('workspaces[]'));
    expect(inList).toEqual(expect.arrayContaining(named.map((key) => key.split('.')[1])));
  });

  it.each(
    keys.filter((key) => key.default !== undefined && table.has(key.path) && key.path !== 'guards.opt_out'),
  )('has the default of $path', ({ path, default: value }) => {
    const list = Array.isArray(value) ? `[${value.join(', ')}]` : null;
    const shown = list ?? (typeof value === 'string' && value !== '' ? value : JSON.stringify(value));
    expect(codes(table.get(path) ?? '')).toEqual([shown]);
  });
});

describe('config.example.yaml', () => {
  it('is valid, and shows the defaults where its comments say so', () => {
    const least =
      'version: 1\nblotato: { api_key: k }\naccounts: [{ name: a, id: "1", platform: twitter }]\n';
    const parsed = parseConfig(least, join(ROOT, 'config.example.yaml'), {}, isSchedule);
    if (!parsed.ok) throw new Error('the least configuration is wrong');
    const { mode, rulesPath, poll, throttle, delivery, guards, retention, log } = parsed.value;
    const shown = parseConfig(
      page('config.example.yaml'),
      join(ROOT, 'config.example.yaml'),
      ENVIRONMENT,
      isSchedule,
    );
    expect(shown).toMatchObject({
      ok: true,
      warnings: [],
      value: { mode, rulesPath, poll, throttle, delivery, guards, retention, log },
    });
  });
});

describe('docs/rules.md', () => {
  const named = codes(`${prose('docs/rules.md')}\n${prose('docs/funnels.md')}`);

  it('names, with docs/funnels.md, every key of a rule file', () => {
    expect(named).toEqual(expect.arrayContaining(keysOf(rulesJsonSchema()).map((key) => key.name)));
  });

  it('names every mode of matching', () => {
    expect(named).toEqual(expect.arrayContaining([...MATCH_MODES]));
  });

  it.each(rows(prose('docs/rules.md'), 'mode').map((cells) => cells.map(codes)))(
    'has right examples for match: %s, keyword %s',
    ([match = ''], [keyword = ''], inside, outside) => {
      const options = { match: match as MatchMode, typos: 0, caseSensitive: false, accents: false } as const;
      const finds = compileKeyword(keyword, options);
      const found = (texts: readonly string[]) =>
        texts.filter((text) => finds(new MessageText(text)) !== null);
      expect(found(inside)).toEqual(inside);
      expect(found(outside)).toEqual([]);
    },
  );

  it.each(rows(prose('docs/rules.md'), 'fact').map(([fact = '', , operators = '']) => [fact, operators]))(
    'names the operators of the fact %s, and no others: %s',
    (fact = '', operators = '') => {
      const taken = ALL_OPERATORS.filter((operator) => isOperatorOf(codes(fact)[0] ?? '', operator));
      expect(codes(operators).sort()).toEqual(taken);
    },
  );

  it('has a row for every fact, and no other', () => {
    const facts = rows(prose('docs/rules.md'), 'fact').map(([fact = '']) => codes(fact)[0]);
    expect(facts.sort()).toEqual([...FACTS].sort());
  });
});

describe('the code examples of all pages', () => {
  const all = PAGES.flatMap(yamlBlocks);
  const blocks = all.filter(({ info }) => info === 'yaml');
  const parts = all.filter(({ info }) => info !== 'yaml');
  const others = blocks.filter((block) => !isRuleFile(block) && !isConfiguration(block));

  it('are rule files, configurations, saved replies, or the scrape configuration of Prometheus', () => {
    expect(blocks.filter(isRuleFile).length).toBeGreaterThan(10);
    expect(others.map(({ where }) => where.split(':')[0])).toEqual([
      'docs/operations.md',
      'docs/operations.md',
      'docs/operations.md',
      'docs/rules.md',
    ]);
    const { yaml, where } = others.at(-1)!;
    expect(yaml).toContain('saved_replies:');
    expect(parseRules(yaml, where, contextOf(exampleConfig()))).toMatchObject({ ok: true, warnings: [] });
    // The alert rules refer to this job name.
    const scrape = parse(others[0]?.yaml ?? '') as { scrape_configs: { job_name: string }[] };
    expect(page('docs/alert-rules.yml')).toContain(`job="${scrape.scrape_configs[0]?.job_name ?? ''}"`);
  });

  it('are whole files, but for steps of a funnel and rules by a table', () => {
    expect(parts.map(({ where, info }) => `${where.split(':')[0]}: ${info}`)).toEqual([
      'docs/faq-tables.md: yml',
      'docs/funnels.md: yaml no-check',
      'docs/funnels.md: yaml no-check',
    ]);
  });

  it.each(parts)('a part of a rule file passes check in a file: $where', ({ where, yaml }) => {
    const ask = '- ask: { text: "Which one?", save: order, expect: any }';
    const steps = `${ask}\n${yaml}`.trimEnd().replaceAll(/^/gmu, '      ');
    const rule = `  - id: asks\n    on: message\n    keywords: [order]\n    reply: ok\n    then:\n${steps}`;
    const text = `version: 1\n${yaml.startsWith('rules:') ? yaml : `rules:\n${rule}\n`}`;
    const parsed = parseRules(text, where, contextOf(exampleConfig()));
    expect(parsed.ok ? parsed.warnings : parsed.findings).toEqual([]);
  });

  it.each(blocks.filter(isConfiguration))('a configuration passes check: $where', ({ yaml }) => {
    const folder = mkdtempSync(join(tmpdir(), 'docs-'));
    try {
      writeFileSync(join(folder, 'config.yaml'), yaml);
      const loaded = loadConfigs(join(folder, 'config.yaml'), ENVIRONMENT, isSchedule);
      expect(loaded.ok ? loaded.warnings : loaded.findings).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each(blocks.filter(isRuleFile))('a rule file passes check and test: $where', async ({ where, yaml }) => {
    const config = exampleConfig();
    const { calendars } = config;
    const parsed = parseRules(yaml, where, contextOf(config));
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.findings, null, 2));
    expect(parsed.warnings).toEqual([]);
    expect(parsed.value.rules.flatMap((rule) => outsideWindow(rule, { config }))).toEqual([]);
    expect(parsed.value.tests).not.toEqual([]);
    const codesOfHolidays = calendars.flatMap(({ holidays }) => holidays ?? []);
    const set = compileSet(parsed.value.rules, calendars, await loadHolidays(codesOfHolidays));
    for (const test of parsed.value.tests) {
      const { failures } = await runRuleTest(test, { config, set, now: TUESDAY });
      expect({ test: test.name, failures }).toEqual({ test: test.name, failures: [] });
    }
  });
});

describe.each(PAGES)('%s', (file) => {
  it('has no broken links', () => {
    const links = [...prose(file).matchAll(/\]\(([^)\s]+)\)/gu)].map(([, link = '']) => link);
    for (const link of links.filter((each) => !each.startsWith('https://'))) {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? file : relative(ROOT, join(ROOT, dirname(file), path));
      expect({ link, exists: existsSync(join(ROOT, target)) }).toEqual({ link, exists: true });
      if (anchor === undefined) continue;
      expect(headings(target, '#{1,6}').map(anchorOf)).toContain(anchor);
    }
  });
});

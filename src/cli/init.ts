import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { type DiscoveredAccount, discover } from '../doctor/discover.js';
import { PLACEHOLDERS } from '../domain/placeholder.js';
import { plain } from '../domain/terminal.js';
import { MINUTE } from '../domain/time.js';
import { PLATFORM_TABLE } from '../domain/platforms.js';
import { PLATFORMS } from '../domain/event.js';
import { isTimezone } from '../engine/calendar/zone.js';
import { Exit } from './exit.js';
import { apiClient } from './api-client.js';
import { type Answers, configText, rulesText, UTC } from './init-files.js';
import { type InitialSource, initialSource } from './init-source.js';
import { asCalled, print, say } from './output.js';
import type { CommonOptions } from './project.js';

export interface InitOptions extends CommonOptions {
  readonly yes?: boolean;
  /** Address of the API. @default that of Blotato */
  readonly url?: string;
  /** Source of the rules, see `initialSource`. @default the rules of `init` */
  readonly from?: string;
}

const BLOTATO_URL = 'https://backend.blotato.com';
/** The limit of the API per key and route. */
const READS_PER_MINUTE = 60;
const LONGEST_DISCOVERY = MINUTE;

const DEFAULTS: Answers = {
  brand: PLACEHOLDERS.brand,
  platform: 'instagram',
  account: PLACEHOLDERS.id,
  page: PLACEHOLDERS.id,
  timezone: UTC,
  opens: '09:00',
  closes: '18:00',
};

/**
 * `init`: creates a configuration and first rules that pass `check` and `test`, after a few questions or none. With a
 * key in BLOTATO_API_KEY it takes the accounts from Blotato. Never overwrites a file.
 */
export async function init(options: InitOptions): Promise<void> {
  const { config: file, url } = options;
  const source = options.from === undefined ? null : initialSource(options.from);
  const rules = join(dirname(file), 'rules', `${source?.format ?? 'first'}.yaml`);
  for (const each of [file, rules]) {
    if (existsSync(each))
      throw new Exit(
        1,
        `${each} already exists, and init overwrites no file; fix: work in a new folder, or name a new file with --config`,
      );
  }
  const apiKey = (process.env['BLOTATO_API_KEY'] ?? '').trim();
  const accounts = apiKey === '' ? [] : await accountsOf(apiKey, url);
  const defaults = { ...DEFAULTS, timezone: zoneOfMachine(), ...brandOf(accounts) };
  const answers = options.yes === true ? defaults : await ask(defaults, accounts.length > 0);
  mkdirSync(dirname(rules), { recursive: true });
  // `wx` also fails for a file that was created in the meantime.
  writeFileSync(file, configText(answers, { accounts, url: url ?? null, file }), { flag: 'wx' });
  await writeRules(source, rules, options);
  if (options.json) {
    print(JSON.stringify({ written: [file, rules], accounts: accounts.map(({ id }) => id) }));
    return;
  }
  print(`wrote ${file} and ${rules}`);
  tellNext(answers, file, apiKey);
}

function tellNext({ timezone }: Answers, file: string, apiKey: string): void {
  if (timezone === UTC)
    print(
      `The opening hours are in UTC; if yours are not, change \`timezone\` in ${file}, such as to Europe/Paris.`,
    );
  if (apiKey === '') print('Your key goes into the environment: export BLOTATO_API_KEY=…');
  print(asCalled('Next: `autoresponder doctor` checks key, accounts, pages and rules, and sends nothing.'));
  print(
    asCalled(
      'Then edit the rules to your taste: `autoresponder check` and `autoresponder test` need no key.',
    ),
  );
}

/** The time zone that this machine is set to; UTC for each of its other names, and if it is not known. */
function zoneOfMachine(): string {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const isUtc =
    !isTimezone(zone) || /^(?:Etc\/)?(?:UTC|UCT|GMT(?:[+-]?0)?|Greenwich|Universal|Zulu)$/u.test(zone);
  return isUtc ? UTC : zone;
}

/** Writes the first rules, by `import` if there is a source. Removes the configuration again if that fails. */
async function writeRules(source: InitialSource | null, rules: string, options: InitOptions): Promise<void> {
  if (source === null) {
    writeFileSync(rules, rulesText(rules), { flag: 'wx' });
    return;
  }
  const { importRules } = await import('./import.js');
  try {
    const { config } = options;
    await importRules(source.format, source.path, { config, out: dirname(rules) });
  } catch (error) {
    rmSync(options.config);
    throw error;
  }
}

/** The accounts of the key; none, with the reason on stderr, if they cannot be read. */
async function accountsOf(apiKey: string, url = BLOTATO_URL): Promise<readonly DiscoveredAccount[]> {
  const client = apiClient({ baseUrl: url.replace(/\/+$/u, ''), apiKey }, READS_PER_MINUTE);
  try {
    const { accounts, leftOut } = await discover(client, AbortSignal.timeout(LONGEST_DISCOVERY));
    for (const { id, platform, username, fullname } of accounts)
      say(`found on ${platform}: ${plain(username ?? fullname ?? '?')} (${id})`);
    for (const { id, platform, username, fullname } of leftOut)
      say(
        `left out, since the API cannot send on ${plain(platform)}: ${plain(username ?? fullname ?? '?')} (${plain(id)})`,
      );
    if (accounts.length === 0) say('The key has no account on Instagram, Facebook or X.');
    return accounts;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    say(`The accounts could not be read with the key of BLOTATO_API_KEY: ${plain(error.message)}`);
    return [];
  } finally {
    await client.close();
  }
}

function brandOf(accounts: readonly DiscoveredAccount[]): Partial<Answers> {
  const brand = accounts.map(({ fullname, username }) => fullname ?? username).find((name) => name !== null);
  return brand === undefined || brand === '' || brand.includes('${') ? {} : { brand };
}

interface Question {
  readonly key: keyof Answers;
  readonly asks: string;
  /** The problem of an answer; null if it is valid. */
  readonly refuses: (answer: string) => string | null;
  /** True for a question about the account, which is left out if Blotato lists the accounts. */
  readonly isOfAccount?: true;
  readonly isAsked?: (answers: Answers) => boolean;
}

const SENDABLE = PLATFORMS.filter((platform) => PLATFORM_TABLE[platform].canSend);
const CLOCK = /^(?:[01]\d|2[0-3]):[0-5]\d$/u;
const isClock = (answer: string) => (CLOCK.test(answer) ? null : 'write hours and minutes, such as 09:00');
const isDigits = (answer: string) => (/^\d+$/u.test(answer) ? null : 'write digits only');

const QUESTIONS: readonly Question[] = [
  {
    key: 'brand',
    asks: 'What is your shop called?',
    refuses: (answer) => (answer.includes('${') ? 'leave out ${' : null),
  },
  {
    key: 'platform',
    isOfAccount: true,
    asks: `Which platform is the account on (${SENDABLE.join(', ')})?`,
    refuses: (answer) =>
      SENDABLE.some((each) => each === answer) ? null : `write one of: ${SENDABLE.join(', ')}`,
  },
  { key: 'account', isOfAccount: true, asks: "Blotato's id of the account?", refuses: isDigits },
  {
    key: 'page',
    isOfAccount: true,
    asks: 'The id of the Facebook page?',
    refuses: isDigits,
    isAsked: ({ platform }) => platform === 'facebook',
  },
  {
    key: 'timezone',
    asks: 'Your time zone, such as Europe/Paris?',
    refuses: (answer) => (isTimezone(answer) ? null : 'write an IANA name, such as Europe/Paris'),
  },
  { key: 'opens', asks: 'When do you open, Monday to Friday?', refuses: isClock },
  { key: 'closes', asks: 'And when do you close?', refuses: isClock },
];

/** Asks on stderr and reads stdin, one line per answer; an empty line takes the default in brackets. */
async function ask(defaults: Answers, hasAccounts: boolean): Promise<Answers> {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  let answers = defaults;
  for (const { key, asks, refuses, isAsked, isOfAccount } of QUESTIONS) {
    if ((hasAccounts && isOfAccount) || isAsked?.(answers) === false) continue;
    for (;;) {
      process.stderr.write(`${asks} [${answers[key]}] `);
      const line = await lines.next();
      if (line.done === true)
        throw new Exit(
          1,
          'the input ended too early; fix: answer each question, or take the defaults in brackets with --yes',
        );
      const answer = line.value.trim() === '' ? answers[key] : line.value.trim();
      const problem = refuses(answer);
      if (problem === null) {
        answers = { ...answers, [key]: answer };
        break;
      }
      say(`  ${JSON.stringify(answer)}: ${problem}`);
    }
  }
  return answers;
}

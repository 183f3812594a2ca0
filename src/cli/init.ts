import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { PLATFORM_TABLE } from '../domain/platforms.js';
import { PLATFORMS } from '../domain/event.js';
import { isTimezone } from '../engine/calendar/zone.js';
import { Exit } from './exit.js';
import { type Answers, configText, RULES_TEXT } from './init-files.js';
import { print, say } from './output.js';
import type { CommonOptions } from './project.js';

export interface InitOptions extends CommonOptions {
  readonly yes?: boolean;
}

const DEFAULTS: Answers = {
  brand: 'My shop',
  platform: 'instagram',
  account: '0',
  page: '0',
  timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  opens: '09:00',
  closes: '18:00',
};

/**
 * `init`: creates a configuration and first rules that pass `check` and `test`, after a few questions, or
 * without questions with `--yes`. Never overwrites a file.
 */
export async function init(options: InitOptions): Promise<void> {
  const rules = join(dirname(options.config), 'rules', 'first.yaml');
  for (const file of [options.config, rules]) {
    if (existsSync(file)) throw new Exit(1, `${file} already exists; init never overwrites a file`);
  }
  const answers = options.yes === true ? DEFAULTS : await ask();
  mkdirSync(dirname(rules), { recursive: true });
  // `wx` also fails for a file that was created in the meantime.
  writeFileSync(options.config, configText(answers), { flag: 'wx' });
  writeFileSync(rules, RULES_TEXT, { flag: 'wx' });
  if (options.json) print(JSON.stringify({ written: [options.config, rules] }));
  else {
    print(`wrote ${options.config} and ${rules}`);
    print('Next: `autoresponder check`, `autoresponder test`, then edit both to your taste.');
    print('Your key goes into the environment: export BLOTATO_API_KEY=…');
  }
}

interface Question {
  readonly key: keyof Answers;
  readonly asks: string;
  /** The problem of an answer; null if it is valid. */
  readonly refuses: (answer: string) => string | null;
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
    asks: `Which platform is the account on (${SENDABLE.join(', ')})?`,
    refuses: (answer) =>
      SENDABLE.some((each) => each === answer) ? null : `write one of: ${SENDABLE.join(', ')}`,
  },
  { key: 'account', asks: "Blotato's id of the account?", refuses: isDigits },
  {
    key: 'page',
    asks: 'The id of the Facebook page?',
    refuses: isDigits,
    isAsked: ({ platform }) => platform === 'facebook',
  },
  {
    key: 'timezone',
    asks: 'Your time zone?',
    refuses: (answer) => (isTimezone(answer) ? null : 'write an IANA name, such as Europe/Paris'),
  },
  { key: 'opens', asks: 'When do you open, Monday to Friday?', refuses: isClock },
  { key: 'closes', asks: 'And when do you close?', refuses: isClock },
];

/** Asks on stderr and reads stdin, one line per answer; an empty line takes the default in brackets. */
async function ask(): Promise<Answers> {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  let answers = DEFAULTS;
  for (const { key, asks, refuses, isAsked } of QUESTIONS) {
    if (isAsked?.(answers) === false) continue;
    for (;;) {
      process.stderr.write(`${asks} [${answers[key]}] `);
      const line = await lines.next();
      if (line.done === true)
        throw new Exit(1, 'the input ended too early; --yes takes the defaults in brackets');
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

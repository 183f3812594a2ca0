import type { Command, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { commandLine } from '../../src/cli/command-line.js';
import { aProject, PROCESSES } from './cli.js';
import { runHere } from './run-here.js';

const NUMBERS = ['many', '-1', '1.5', '99999999999999999999', ''];
const TIMES = ['ever', '-5m', '0s', '5', '999999999d', ''];
const WORDS = ['constantly', ''];

/** Wrong values of each kind of value that has a form; the kind is the placeholder in the help. */
const WRONG: Readonly<Record<string, readonly string[]>> = {
  n: NUMBERS,
  port: NUMBERS,
  share: ['many', '-1', '1.5', ''],
  duration: TIMES,
  length: TIMES,
  time: ['nonsense', '2026-02-30', ''],
  kind: WORDS,
  platform: WORDS,
  reason: WORDS,
  state: WORDS,
  format: WORDS,
  which: WORDS,
  list: WORDS.slice(0, 1),
};

/** Kinds of values that may be any text: names, ids, texts, files. What they name may not exist, which other tests cover. */
const ANY_TEXT = new Set(
  'account address contact dir file id judgement key name rule rules source store tag text who'.split(' '),
);

/** Wrong for most options of the kind, right for these. */
const RIGHT: Readonly<Record<string, readonly string[]>> = {
  '--date-ahead': ['-5m', '0s'],
};

/** Arguments that a command needs before it reads its options. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  explain: ['--text', 'x'],
};

interface Case {
  readonly args: readonly string[];
  readonly option: string;
  readonly value: string;
}

const placeholder = (option: Option): string =>
  /<(?<kind>[^.>]+)/u.exec(option.flags)?.groups?.['kind'] ?? '';

/** The options with a value of a command and those below it. */
function* optionsOf(command: Command, path: readonly string[] = []): Generator<[readonly string[], Option]> {
  for (const option of command.options) if (option.required) yield [path, option];
  for (const each of command.commands) {
    const needed = each.registeredArguments.filter(({ required }) => required).map(() => 'shop');
    yield* optionsOf(each, [...path, each.name(), ...needed]);
  }
}

const OPTIONS = [...optionsOf(commandLine())];

const CASES: readonly Case[] = OPTIONS.flatMap(([path, option]) => {
  const flag = option.long ?? '';
  const values = (WRONG[placeholder(option)] ?? []).filter((value) => !RIGHT[flag]?.includes(value));
  const command = [...path, ...(NEEDS[path.join(' ')] ?? [])];
  return values.map((value) => ({ args: [...command, `${flag}=${value}`], option: flag, value }));
});

describe('a wrong value of an option', PROCESSES, () => {
  it('knows the kind of value of every option of every command', () => {
    const kinds = OPTIONS.map(([, option]) => placeholder(option));
    expect(kinds.filter((kind) => !(kind in WRONG) && !ANY_TEXT.has(kind))).toEqual([]);
  });

  it('gives one line that names the option, the value and the fix, for each option of each command', async (test) => {
    const calendars = '{ shop: { timezone: Europe/Paris, open: { mon-fri: ["09:00-18:00"] } } }';
    const { folder, options } = await aProject(test, { config: { calendars } });
    const faults: unknown[] = [];
    for (const { args, option, value } of CASES) {
      const ended = await runHere(args, { cwd: folder, env: options.env ?? {} });
      const isOneLine = /^[^\n]+\n$/u.test(ended.stderr);
      const isClear = isOneLine && ended.stderr.startsWith(`autoresponder: ${option} is "${value}"; fix: `);
      if (!isClear || ended.code !== 1 || ended.stdout !== '') faults.push({ args, ...ended });
    }
    expect(faults).toEqual([]);
    expect(CASES.length).toBeGreaterThan(100);
  });
});

// Sets of labelled messages, read from a folder outside the project.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dice } from '../dice.js';

/**
 * Messages with the same meaning: those in `train` are the examples of a rule, and the rule should reply to
 * those in `test`.
 */
export interface Topic {
  readonly train: string[];
  readonly test: string[];
}

export interface MessageSet {
  readonly topics: ReadonlyMap<string, Topic>;
  /** Messages that no topic covers. */
  readonly others: readonly string[];
}

/** Files of the folder, with their sources. */
export const NEEDED = `The folder needs:
  clinc_train_val.jsonl                     CLINC150, train and validation split ({ split, text, intent } a line)
  hwu64/hwu64.jsonl                         HWU64 in the same form
  hint3/NAME_train.csv, NAME_test.csv       HINT3 (sentence,label), NAME: curekart, powerplay11, sofmattress`;

export const HINT3 = ['curekart', 'powerplay11', 'sofmattress'] as const;

/** Reads a set in lines of JSON; null if the folder does not have it. */
export function readLines(file: string): MessageSet | null {
  if (!existsSync(file)) return null;
  const topics = new Map<string, Topic>();
  const others: string[] = [];
  for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
    const { split, text, intent } = JSON.parse(line) as Record<'split' | 'text' | 'intent', string>;
    if (intent === 'oos') others.push(text);
    else topicOf(topics, intent)[split === 'train' ? 'train' : 'test'].push(text);
  }
  return { topics, others };
}

/**
 * The half of a set on which constants are chosen, and the half on which they are judged: no topic and no message is in
 * both.
 */
export function halvesOf({ topics, others }: MessageSet): Record<'choosing' | 'judging', MessageSet> {
  const sorted = [...topics].sort(([a], [b]) => (a < b ? -1 : 1));
  const half = (rest: number): MessageSet => ({
    topics: new Map(sorted.filter((_, at) => at % 2 === rest)),
    others: others.filter((_, at) => at % 2 === rest),
  });
  return { choosing: half(0), judging: half(1) };
}

/** Reads a bot of HINT3: real messages, many of them of the same trade and covered by no topic. */
export function readHint3(folder: string, name: string): MessageSet | null {
  const [train, test] = ['train', 'test'].map((split) => join(folder, 'hint3', `${name}_${split}.csv`));
  if (train === undefined || test === undefined || !existsSync(train) || !existsSync(test)) return null;
  const topics = new Map<string, Topic>();
  const others: string[] = [];
  for (const [text, label] of readCsv(train)) topicOf(topics, label).train.push(text);
  for (const [text, label] of readCsv(test)) {
    if (topics.has(label)) topicOf(topics, label).test.push(text);
    else others.push(text);
  }
  return { topics, others };
}

function topicOf(topics: Map<string, Topic>, name: string): Topic {
  const topic = topics.get(name) ?? { train: [], test: [] };
  topics.set(name, topic);
  return topic;
}

/** Reads rows of two columns, without the header row. */
function readCsv(file: string): readonly (readonly [string, string])[] {
  const rows: [string, string][] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/gy;
  const text = readFileSync(file, 'utf8');
  let row: string[] = [];
  while (field.lastIndex < text.length) {
    const [, quoted, bare = '', end] = field.exec(text) ?? [];
    row.push(quoted?.replaceAll('""', '"') ?? bare);
    if (end === ',') continue;
    rows.push([row[0] ?? '', row[1] ?? '']);
    row = [];
  }
  return rows.slice(1);
}

export function shuffled<T>(items: readonly T[], dice: Dice): T[] {
  const left = [...items];
  return items.map(() => left.splice(dice.below(left.length), 1)[0]).filter((item) => item !== undefined);
}

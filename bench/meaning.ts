// `npm run bench:meaning -- FOLDER`: measures how often rules with examples are right, on public sets of
// messages that are no part of the project. The folder may also be in MEANING_SETS. Without one, a small set
// of our own is used. CLINC150 is split: every second topic, and every second message of no topic, is for choosing
// constants (`--choose`), the others judge them. nlp.js is installed into a temporary folder (`--no-nlp`: not compared).
import { join } from 'node:path';
import type { Certainty } from '../src/domain/meaning.js';
import { LEAST_LEAD } from '../src/engine/meaning/constants.js';
import { measureCost } from './meaning/cost.js';
import { learnNlp } from './meaning/nlp.js';
import { OWN_SET } from './meaning/own-set.js';
import { LEAST_HINT3, LEAST_RATIO, verdictOf } from './meaning/demands.js';
import { halvesOf, HINT3, type MessageSet, NEEDED, readHint3, readLines } from './meaning/sets.js';
import {
  bestShares,
  learnExamples,
  leastFalse,
  type Learn,
  type Shares,
  sharesAt,
  type Trial,
  trialOf,
} from './meaning/trial.js';

const SEEDS = [1, 2, 3, 4, 5];
const SIZES = [
  { rules: 10, examples: 10 },
  { rules: 30, examples: 10 },
  { rules: 30, examples: 5 },
];
/** Share of false replies at which programs are compared, in percent. */
const MOST_FALSE = 3;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const arguments_ = process.argv.slice(2);
const folder = arguments_.find((each) => !each.startsWith('--')) ?? process.env['MEANING_SETS'];
const withNlp = !arguments_.includes('--no-nlp');
const half = arguments_.includes('--choose') ? 'choosing' : 'judging';

async function trials(
  set: MessageSet,
  size: { rules: number; examples: number },
  learn: Learn,
): Promise<Trial[]> {
  const found: Trial[] = [];
  for (const seed of SEEDS) found.push(await trialOf(set, { ...size, seed }, learn));
  return found;
}

function row(name: string, what: string, found: Shares | null, verdict = ''): string {
  if (found === null) return `| ${name} | ${what} | - | - | - | - | ${verdict} |`;
  const cells = [found.right, found.precision, found.false, found.near].map((share) => share.toFixed(1));
  return `| ${name} | ${what} | ${cells.join(' | ')} | ${verdict} |`;
}

async function benchSet(name: string, set: MessageSet): Promise<void> {
  const fitting = SIZES.filter(({ rules }) => rules <= set.topics.size);
  for (const size of fitting.length > 0 ? fitting : [{ rules: set.topics.size, examples: 6 }]) {
    const title = `${name} ${size.rules} x ${size.examples}`;
    const ours = await trials(set, size, learnExamples);
    for (const certainty of ['careful', 'normal', 'bold'] satisfies Certainty[])
      say(rowAt(title, `${size.rules} x ${size.examples}`, certainty, sharesAt(ours, certainty)));
    if (set.others.length === 0) continue;
    const best = bestShares(ours, MOST_FALSE, LEAST_LEAD);
    say(row(title, `most at <= ${MOST_FALSE} % false`, best));
    if (withNlp && name.startsWith('CLINC')) await compareNlp(title, set, size, best?.right ?? 0);
  }
}

function rowAt(title: string, size: string, certainty: Certainty, found: Shares): string {
  return row(
    title,
    certainty,
    found,
    title.startsWith('CLINC') ? verdictOf(`${size} ${certainty}`, found) : '',
  );
}

async function compareNlp(
  title: string,
  set: MessageSet,
  size: { rules: number; examples: number },
  right: number,
): Promise<void> {
  const asked = await trials(set, size, await learnNlp());
  const theirs = bestShares(asked, MOST_FALSE, 0);
  if (theirs === null) {
    // Too many messages of no topic have the highest score of nlp.js, so no ratio exists.
    const verdict = `no threshold has <= ${MOST_FALSE} % false: no ratio`;
    say(row(title, 'nlp.js, most at its least false', leastFalse(asked, 0), verdict));
    return;
  }
  const ratio = right / theirs.right;
  const least = LEAST_RATIO[size.rules] ?? 0;
  const verdict = `ratio ${ratio.toFixed(2)}${ratio >= least ? ': holds' : ` < ${least}: does not hold`}`;
  say(row(title, `nlp.js, most at <= ${MOST_FALSE} % false`, theirs, verdict));
}

async function benchHint3(path: string): Promise<void> {
  const right: number[] = [];
  for (const name of HINT3) {
    const set = readHint3(path, name);
    if (set === null) {
      say(`HINT3 ${name} is missing. ${NEEDED}`);
      return;
    }
    const all = { rules: set.topics.size, examples: Infinity, seed: 1 };
    const trial = await trialOf(set, all, learnExamples);
    const best = bestShares([trial], MOST_FALSE, LEAST_LEAD);
    for (const certainty of ['careful', 'bold'] satisfies Certainty[])
      say(row(`HINT3 ${name}`, certainty, sharesAt([trial], certainty)));
    say(row(`HINT3 ${name}`, `most at <= ${MOST_FALSE} % false`, best));
    right.push(best?.right ?? 0);
  }
  const mean = right.reduce((sum, each) => sum + each, 0) / right.length;
  const verdict = mean >= LEAST_HINT3 ? 'holds' : `< ${LEAST_HINT3} %: does not hold`;
  say(`HINT3, mean right at <= ${MOST_FALSE} % false: ${mean.toFixed(1)} % (${verdict})`);
}

say(
  'Percent of messages, 5 seeds. right: of those that a rule covers, answered by it; precision: of those answered;',
);
say('false: of those that no topic covers, answered; near: of those of topics without a rule, answered.\n');
say('| set | certainty | right | precision | false | near | demand |');
say('| --- | --- | --- | --- | --- | --- | --- |');
await benchSet('own', OWN_SET);
if (folder === undefined) {
  say(`\nOnly the small set of our own: give a folder of sets as argument or in MEANING_SETS. ${NEEDED}`);
} else {
  for (const [name, file] of [
    [`CLINC150 ${half} half`, 'clinc_train_val.jsonl'],
    ['HWU64', 'hwu64/hwu64.jsonl'],
  ] as const) {
    const set = readLines(join(folder, file));
    if (set === null) say(`${file} is missing. ${NEEDED}`);
    else await benchSet(name, name.startsWith('CLINC') ? halvesOf(set)[half] : set);
  }
  await benchHint3(folder);
}
say(`\n${measureCost()}`);

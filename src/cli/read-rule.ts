import { createInterface } from 'node:readline';
import pc from 'picocolors';
import { plain } from '../domain/terminal.js';
import type { Rule } from '../domain/rule.js';
import { compileSet } from '../engine/rule-set.js';
import { readTexts } from '../suggest/journal.js';
import { adviceOf, type Advice, type Precision, precisions } from '../suggest/precision.js';
import { allLive } from '../suggest/proposal.js';
import { judgedOf, type Sampled, sampleOf } from '../suggest/sample.js';
import { Exit } from './exit.js';
import { perform } from './outbox.js';
import { count, print, printJson, say } from './output.js';
import { type CommonOptions, projectOf, withReader } from './project.js';
import { shorten } from './shorten.js';

export interface ReadRuleOptions extends CommonOptions {
  readonly read: string;
  readonly label?: readonly string[];
}

const SAMPLE = 30;
const TEXT_SHOWN = 300;
const ADVICE: Readonly<Record<Advice, string>> = {
  careful: 'certainty: careful fits; write mode: live to open the rule',
  normal: 'certainty: normal fits; write it, and mode: live, to open the rule',
  bold: 'certainty: bold fits; write it, and mode: live, to open the rule',
  off: 'leave this off: at no certainty it is surely right in 80 % of its replies',
  judge_more: 'too few messages are judged to say; judge more of them',
};

/**
 * `suggest --read RULE`: shows messages that the rule would answer, asks whether that is right, and says how often it
 * is. Answers come from `--label`, from the terminal, or from lines of stdin.
 */
export async function readRule(options: ReadRuleOptions): Promise<void> {
  const { config, rules, holidays } = await projectOf(options);
  const rule = rules.rules.find(({ id }) => id === options.read);
  if (!rule?.examples)
    throw new Exit(
      1,
      `--read is "${options.read}", which is no rule with examples; fix: name a rule that has \`examples\``,
    );
  const set = compileSet(allLive(rules.rules), config.calendars, holidays);
  const given = (options.label ?? []).map(labelOf);
  for (const { eventId, isRight } of given) await save({ eventId, isRight, rule: rule.id }, options);
  const before = await withReader(options, (store) => readTexts(store, { now: Date.now(), since: 0 }));
  const sample = sampleOf(before.all, rule, { set, labels: before.labels }).slice(0, SAMPLE);
  if (given.length === 0 && !options.json) await askAll(sample, rule, options);
  const after = await withReader(options, (store) => readTexts(store, { now: Date.now(), since: 0 }));
  const { judged, spent } = judgedOf(after.all, rule, { set, labels: after.labels });
  const all = precisions(judged);
  if (options.json) {
    const shown = sample.map(({ event, score }) => ({ id: event.id, text: event.text, score }));
    printJson({ rule: rule.id, sample: shown, precision: all, spent, advice: adviceOf(all) });
    return;
  }
  for (const each of all) print(lineOf(each));
  if (spent > 0) print(`${count(spent, 'judged message')} not counted: their words are examples now`);
  print(ADVICE[adviceOf(all)]);
}

function labelOf(given: string): { readonly eventId: string; readonly isRight: boolean } {
  const { id, verdict } = /^(?<id>.+)=(?<verdict>right|wrong)$/u.exec(given)?.groups ?? {};
  if (id === undefined) throw new Exit(1, `--label is "${given}"; fix: write ID=right or ID=wrong`);
  return { eventId: id, isRight: verdict === 'right' };
}

async function save(
  label: { readonly eventId: string; readonly isRight: boolean; readonly rule: string },
  options: CommonOptions,
): Promise<void> {
  const result = await perform({ do: 'label', ...label }, options);
  if ('labelled' in result && result.labelled) return;
  throw new Exit(
    1,
    `the journal has no text of "${label.eventId}"; fix: take an id of the sample, which --json lists`,
  );
}

async function askAll(sample: readonly Sampled[], rule: Rule, options: CommonOptions): Promise<void> {
  if (sample.length === 0) say(`no further message that ${rule.id} would answer`);
  const answers = createInterface({ input: process.stdin, terminal: false })[Symbol.asyncIterator]();
  for (const [index, { event, score }] of sample.entries()) {
    const text = plain(JSON.stringify(shorten(event.text, TEXT_SHOWN)));
    say(`${pc.dim(`${index + 1}/${sample.length}`)} ${text} ${pc.dim(`score ${score.toFixed(2)}`)}`);
    say(`would ${rule.id} be right? y: yes, n: no, s: skip, q: end`);
    const line = await answers.next();
    const answer = line.done === true ? 'q' : line.value.trim().toLowerCase();
    if (answer.startsWith('q')) break;
    const isRight = answer.startsWith('y') || answer.startsWith('r');
    if (!isRight && !answer.startsWith('n') && !answer.startsWith('w')) continue;
    await save({ eventId: event.id, isRight, rule: rule.id }, options);
  }
  await answers.return?.();
}

function lineOf({ certainty, judged, right, low, high }: Precision): string {
  if (low === null || high === null) return `${certainty.padEnd(8)} no judged message`;
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  return `${certainty.padEnd(8)} ${right} of ${judged} right: ${percent(right / judged)} (${percent(low)} to ${percent(high)})`;
}

import type { Config } from '../domain/config.js';
import type { Rule } from '../domain/rule.js';
import { compileSet } from '../engine/rule-set.js';
import { holidaysOf } from '../project/project.js';
import type { Group } from '../suggest/groups.js';
import { type JournalTexts, sealedWords } from '../suggest/journal.js';
import { adviceOf, precisions } from '../suggest/precision.js';
import { allLive, type Proposal } from '../suggest/proposal.js';
import { judgedOf, sampleOf } from '../suggest/sample.js';
import { suggest } from '../suggest/suggest.js';
import { proposalText } from '../suggest/text.js';
import type { GroupView, ProposalView, ReadingView, UnansweredView } from './unanswered-views.js';

/** A job about messages of the journal, sent to the rules thread as plain data. */
export interface TextsJob {
  readonly config: Config;
  readonly rules: readonly Rule[];
  readonly texts: JournalTexts;
}

/** A job about one rule with examples. */
export interface ReadJob extends TextsJob {
  readonly rule: string;
}

/** Fewer than on the command line, so that the page need not wait for more than some seconds. */
const MOST_PROPOSALS = 8;
const MOST_MEASURED = 2_000;
const WORDINGS_SHOWN = 6;
const GROUPS_SHOWN = 30;
const SAMPLE = 30;

/** Groups of unanswered messages with their proposals. */
export async function suggestAll({ config, rules, texts }: TextsJob): Promise<UnansweredView> {
  const holidays = await holidaysOf(config);
  const { proposals, others, ...counts } = await suggest({
    ...{ ...texts, rules, limit: MOST_PROPOSALS, mostMeasured: MOST_MEASURED },
    sealed: sealedWords(texts.labels),
    compile: (changed) => compileSet(changed, config.calendars, holidays),
    onProgress: () => undefined,
  });
  const groups = [
    ...proposals.map((each) => groupView(each.group, proposalView(each))),
    ...others.map((group) => groupView(group, null)),
  ];
  return { groups: groups.slice(0, GROUPS_SHOWN), ...counts };
}

function groupView({ wordings, ...counts }: Group, proposal: ProposalView | null): GroupView {
  const shown = wordings.slice(0, WORDINGS_SHOWN).map(({ text, events }) => {
    return { id: events[0]?.id ?? '', text, n: events.length };
  });
  return { on: wordings[0]?.events[0]?.kind ?? 'message', ...counts, wordings: shown, proposal };
}

function proposalView(proposal: Proposal): ProposalView {
  const { change, rule, texts, effects, test } = proposal;
  return { change, rule, texts, effects, test, yaml: proposalText(proposal) };
}

/** A sample of what a rule would answer, and how often it was judged right. */
export async function readRule(job: ReadJob): Promise<Omit<ReadingView, 'rule'>> {
  const { config, texts } = job;
  const rules = allLive(job.rules);
  const rule = rules.find(({ id }) => id === job.rule);
  if (!rule) throw new Error(`${job.rule} is no active rule`);
  const set = compileSet(rules, config.calendars, await holidaysOf(config));
  const parts = { set, labels: texts.labels };
  const sample = sampleOf(texts.all, rule, parts).slice(0, SAMPLE);
  const { judged, spent } = judgedOf(texts.all, rule, parts);
  const precision = precisions(judged);
  return {
    sample: sample.map(({ event: { id, text, account, at }, score }) => ({ id, text, account, at, score })),
    judged: { precision, advice: adviceOf(precision), spent },
  };
}

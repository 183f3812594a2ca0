import { formatInstant } from '../domain/time.js';
import { type Block, ruleFileText, valueText } from '../yaml/write.js';
import { PLACEHOLDERS } from '../domain/placeholder.js';
import type { Effects, Proposal } from './proposal.js';
import type { Suggestions } from './suggest.js';

const SHOWN = 60;

/**
 * A rule file with the new rules and their tests. Changes of existing rules are in comments, since a rule is
 * defined once.
 */
export function suggestionsText(suggestions: Suggestions): string {
  const { proposals } = suggestions;
  const added = proposals.filter(({ change }) => change.kind === 'rule');
  const changes = proposals.filter(({ change }) => change.kind !== 'rule');
  return ruleFileText({
    comment: [...headOf(suggestions), ...changes.flatMap((each) => ['', ...changeLines(each)])].join('\n'),
    rules: added.map((each): Block => ({
      comment: saysOf(each, suggestions).join('\n'),
      value: ruleOf(each),
    })),
    tests: added.map((each): Block => ({ comment: null, value: testOf(each) })),
  });
}

/** The YAML of one proposal: a rule with its test, or the keys to add to a rule. */
export function proposalText(proposal: Proposal): string {
  if (proposal.change.kind !== 'rule') return changeLines(proposal).join('\n');
  return ruleFileText({
    comment: null,
    rules: [{ comment: null, value: ruleOf(proposal) }],
    tests: [{ comment: null, value: testOf(proposal) }],
  });
}

function headOf({ proposals, measuredOn }: Suggestions): readonly string[] {
  return [
    `Proposals for messages that no rule answers: ${proposals.length}.`,
    `Effects are counted on ${measuredOn} messages of the last 30 days.`,
    'Write the replies, and check the examples: they are words of your contacts.',
  ];
}

function saysOf(
  { group, effects }: Proposal,
  { measuredOn }: Pick<Suggestions, 'measuredOn'>,
): readonly string[] {
  return [
    `${group.messages} messages of ${group.contacts} contacts, such as "${shortened(group.wordings[0]?.text ?? '')}".`,
    `Of ${measuredOn} messages: ${effectsText(effects)}.`,
  ];
}

/** The effects in a sentence without its end. */
export function effectsText({ answered, ofGroup, taken, lost }: Effects): string {
  const from = taken.map(({ rule, n }) => `${n} from ${rule}`).join(', ');
  return [
    `answers ${answered} more (${ofGroup} of these)`,
    `takes ${from === '' ? 'none from other rules' : from}`,
    ...(lost === 0 ? [] : [`${lost} get no reply any more`]),
  ].join(', ');
}

function changeLines({ change, rule, texts, group, effects, test, on }: Proposal): readonly string[] {
  const key = change.kind === 'not' ? 'not' : 'examples';
  const what = `${group.messages} messages of ${group.contacts} contacts, such as "${shortened(group.wordings[0]?.text ?? '')}"`;
  return [
    `Add to the rule ${rule}, for ${what}: ${effectsText(effects)}`,
    ...valueText({ [key]: texts }).split('\n'),
    ...valueText({ tests: [testOf({ change, rule, texts, group, effects, test, on })] }).split('\n'),
  ];
}

function ruleOf({ change, rule, on, texts }: Proposal): Block['value'] {
  const by = change.kind === 'rule' ? change.by : 'examples';
  const matched = {
    examples: { examples: texts },
    words: { keywords: texts },
    exact: { keywords: { any: texts, match: 'exact' } },
  }[by];
  return {
    id: rule,
    on,
    ...matched,
    mode: 'shadow',
    ...(on === 'message' ? { reply: PLACEHOLDERS.reply } : { comment_reply: PLACEHOLDERS.reply }),
  };
}

function testOf({ rule, on, test, group }: Proposal): Block['value'] {
  const { text, isAnswered } = test;
  return {
    name: `${rule}: ${shortened(text)}`,
    // At another time of day a rule for the hours outside may reply.
    event: { ...(on === 'comment' ? { on } : {}), text, at: formatInstant(group.latest) },
    expect: isAnswered ? { rule } : 'silent',
  };
}

function shortened(text: string): string {
  const line = text.replace(/\s+/gu, ' ').trim();
  return line.length <= SHOWN ? line : `${line.slice(0, SHOWN - 1)}…`;
}

import { LIMITS } from '../domain/limits.js';
import type { Rule } from '../domain/rule.js';
import { LEAST_DOUBT } from '../engine/meaning/constants.js';
import { comparedWords } from '../engine/meaning/corpus.js';
import { isOneWord } from '../engine/meaning/features.js';
import type { CompiledSet } from '../engine/rule-set.js';
import { withoutLinks } from '../engine/text/links.js';
import { MessageText } from '../engine/text/text.js';
import type { Group, Wording } from './groups.js';
import { type CountWord, nameOf, tellingWords, type WordShare } from './name.js';
import type { Proposed } from './proposal.js';

/** Rules and counts that proposals are made from. */
export interface ProposeParts {
  readonly rules: readonly Rule[];
  readonly set: CompiledSet;
  /** Counts recent messages with a word. */
  readonly everywhere: CountWord;
  /** Words of labelled messages: they stay out of every proposal, so that they can judge rules. */
  readonly sealed: ReadonlySet<string>;
  readonly taken: ReadonlySet<string>;
}

const MOST_EXAMPLES = 10;
const MOST_ADDED = 3;
/** Share of the group for which a statement must hold: a rule is near, or the group has a word of its own. */
const MOST_OF_IT = 0.6;
/** A keyword occurs in this share of the group, and this share of its messages is in the group. */
const KEYWORD_SHARE = 0.9;
/** Letters after which two words with the same beginning count as one. */
const SAME_BEGINNING = 5;
/** One of this number of wordings is left out of the examples, to test them. */
const HELD_OUT = 4;
const PERSONAL = /\p{N}{5}|@/u;

/** Proposal for a group; null if none of its messages can be an example. */
export function proposalFor(group: Group, parts: ProposeParts): Proposed | null {
  const fit = group.wordings.filter((wording) => isFit(wording, parts.sealed));
  const on = group.wordings[0]?.events[0]?.kind ?? 'message';
  const telling = tellingWords(group, parts.everywhere);
  const near = fit.length === 0 ? null : nearRule(group, parts);
  const isOther = near !== null && hasOwnWord(telling, near);
  if (near !== null && (!isOther || fit.length < LIMITS.fewestExamples)) {
    const change = { kind: isOther ? 'not' : 'example' } as const;
    return { change, rule: near.id, on, texts: textsOf(fit.slice(0, MOST_ADDED)), group };
  }
  const found = newRuleFor(fit, telling);
  return found && { ...found, rule: nameOf(group, telling, parts.taken), on, group };
}

/** A new rule by one telling word, by the exact words if there are too few others, or by examples. */
function newRuleFor(
  fit: readonly Wording[],
  [word]: readonly WordShare[],
): Pick<Proposed, 'change' | 'texts'> | null {
  if (word && word.share >= KEYWORD_SHARE && word.own >= KEYWORD_SHARE)
    return { change: { kind: 'rule', by: 'words' }, texts: [word.word] };
  if (fit.length === 0) return null;
  if (fit.length < LIMITS.fewestExamples)
    return { change: { kind: 'rule', by: 'exact' }, texts: textsOf(fit) };
  return { change: { kind: 'rule', by: 'examples' }, texts: textsOf(learntOf(fit)) };
}

/** Numbers, addresses and links may be of a person; a rule file is never deleted with the journal. */
function isFit({ text, words }: Wording, sealed: ReadonlySet<string>): boolean {
  const isPersonal = PERSONAL.test(text) || withoutLinks(text) !== text;
  return !isPersonal && text.length <= LIMITS.exampleLength && !sealed.has(words.join(' '));
}

function textsOf(wordings: readonly Wording[]): readonly string[] {
  return wordings.map(({ text }) => text.replace(/\s+/gu, ' ').trim());
}

/** Sentences before single words, of which `check` warns. */
function learntOf(all: readonly Wording[]): readonly Wording[] {
  const sentences = all.filter(({ words }) => !isOneWord(words));
  const fit = sentences.length < LIMITS.fewestExamples ? all : sentences;
  const isTooFew = fit.length <= LIMITS.fewestExamples + 1;
  return (isTooFew ? fit : fit.filter((_, at) => at % HELD_OUT !== HELD_OUT - 1)).slice(0, MOST_EXAMPLES);
}

/** The rule with examples that most of the messages resemble, although not surely enough. */
function nearRule({ wordings, messages }: Group, { set, rules }: ProposeParts): Rule | null {
  const counts = new Map<string, number>();
  for (const { text, events } of wordings) {
    const [event] = events;
    const best = event && set.meanings.read(event, new MessageText(text))?.best;
    if (best && best.score >= LEAST_DOUBT)
      counts.set(best.rule, (counts.get(best.rule) ?? 0) + events.length);
  }
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  if (!most || most[1] < MOST_OF_IT * messages) return null;
  return rules.find(({ id }) => id === most[0]) ?? null;
}

/** True if most messages have a telling word that no example of the rule has: they ask about something else. */
function hasOwnWord([first]: readonly WordShare[], { examples }: Rule): boolean {
  if (!first || first.share < MOST_OF_IT) return false;
  const known = (examples?.texts ?? []).flatMap(comparedWords);
  return !known.some((word) => word.slice(0, SAME_BEGINNING) === first.word.slice(0, SAME_BEGINNING));
}

import type { OptOutConfig } from '../../domain/config.js';
import type { Decision, PlannedAction, Trace } from '../../domain/decision.js';
import type { InboundEvent } from '../../domain/event.js';
import type { Facts } from '../../domain/facts.js';
import { OPT_OUT_RULE } from '../../domain/rule.js';
import { COURTESIES } from '../../domain/opt-out.js';
import { fold } from '../../engine/text/normalise.js';
import { speak } from '../compose/phrase.js';
import { actedOn, guardsOn, silence, type Subject } from '../decision/decision.js';

/** Polite words, the longest first: `muchas gracias` ends with `gracias`. */
const POLITE = COURTESIES.map(bare).sort((a, b) => b.length - a.length);
/** Polite words as the end of a text and as its start. */
const ENDS = POLITE.map((words) => ` ${words}`);
const STARTS = POLITE.map((words) => `${words} `);
const MOST_COURTESIES = 3;

/**
 * The change of opt-out by a message: `stop` from a contact who is not opted out, `start` from one who is.
 */
export function optOutOf(
  { kind, text }: InboundEvent,
  { optedOutAt }: Facts,
  config: OptOutConfig | null,
): 'stop' | 'start' | null {
  const will = kind === 'message' ? willOf(text, config) : null;
  return will === (optedOutAt === null ? 'stop' : 'start') ? will : null;
}

/**
 * Parses an opt-out or opt-in: the whole message is one of the keywords, apart from signs and polite words
 * around it (`STOP!`, `Stop. Thank you`). Null for any other message, and always if opt-outs are turned off.
 */
function willOf(text: string, config: OptOutConfig | null): 'stop' | 'start' | null {
  if (!config) return null;
  const { words, starts } = vocabularyOf(config);
  const folded = fold(text);
  const [first] = FIRST_WORD.exec(folded) ?? [];
  if (first !== undefined && !starts.has(first)) return null;
  let said = bareOf(folded);
  for (let left = MOST_COURTESIES; left >= 0; left -= 1) {
    if (said === 'start') return 'start';
    if (said !== '' && words.has(said)) return 'stop';
    const rest = withoutCourtesy(said);
    if (rest === said) return null;
    said = rest;
  }
  return null;
}

/** The first word in the sense of `bare`. */
const FIRST_WORD = /[\p{L}\p{M}\p{N}]+/u;

interface Vocabulary {
  readonly words: ReadonlySet<string>;
  /** First words of all texts that are an opt-out or an opt-in: most messages begin with another one. */
  readonly starts: ReadonlySet<string | undefined>;
}

/** Cache per configuration: folding the keywords for each message cost a tenth of a decision. */
const vocabularies = new WeakMap<OptOutConfig, Vocabulary>();

function vocabularyOf(config: OptOutConfig): Vocabulary {
  const known = vocabularies.get(config);
  if (known) return known;
  const words = new Set(config.keywords.map(bare));
  const all = ['start', ...words, ...POLITE];
  const vocabulary = { words, starts: new Set(all.map((each) => each.split(' ')[0])) };
  vocabularies.set(config, vocabulary);
  return vocabulary;
}

/** The folded text without the signs between its words; a text of signs only is kept. */
function bare(text: string): string {
  return bareOf(fold(text));
}

function bareOf(folded: string): string {
  const words = folded.replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ').trim();
  return words === '' ? folded : words;
}

function withoutCourtesy(said: string): string {
  const end = ENDS.find((words) => said.endsWith(words));
  if (end !== undefined) return said.slice(0, -end.length).trim();
  const start = STARTS.find((words) => said.startsWith(words));
  return start === undefined ? said : said.slice(start.length).trim();
}

/** The decision about an opt-out, with its confirmation if the guards allow one. */
export function confirmOptOut(subject: Subject, bare: Trace): Decision {
  const { settings } = subject;
  const { objection, trace: guards } = guardsOn(subject, { actions: ['reply'], confirmsOptOut: true });
  const trace: Trace = { ...bare, guards };
  if (objection) {
    return { ...silence(objection.reason, objection.note, trace, OPT_OUT_RULE), optOut: 'stop' };
  }
  const { text, language } = speak(settings.optOut?.reply ?? '', { ...subject, isFormula: true });
  const action: PlannedAction = {
    ...{ type: 'reply', rule: OPT_OUT_RULE, text, delay: 0, disclosed: false },
    ...(language === null ? {} : { language }),
  };
  return { rule: OPT_OUT_RULE, ...actedOn(subject, [action]), detail: null, optOut: 'stop', trace };
}

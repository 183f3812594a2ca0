// Rules and messages of a large shop, the same in every run.
import { PLATFORMS } from '../src/domain/event.js';
import type { InboundEvent } from '../src/domain/event.js';
import type { MatchMode, Rule } from '../src/domain/rule.js';
import { anEvent, aRule, keywords } from '../test/builders.js';
import { type Dice, diceOf } from './dice.js';

export const ACCOUNTS = Array.from({ length: 50 }, (_, n) => `account-${n}`);

const STARTS = 'b c d f g h k l m n p r s t v w br cl dr fl gr pl st tr sh ch'.split(' ');
const VOWELS = 'a e i o u ai ea io'.split(' ');
const ACCENTED = 'é ü ñ ö è å'.split(' ');
const CLOSES = ['', '', 'n', 'r', 's', 't', 'l', 'x', 'ck', 'nd'];
const EVERYDAY =
  'the a i you is it and to of for my me can do does have this that with on in are was please hello thanks want know see when where what how much there here order today yes no not so very just about any would like get need one two'.split(
    ' ',
  );
const FAR = ['価格', '配送', '料金', '返品', '営業', 'いつ', 'السعر', 'التوصيل', 'متجر', '가격', '배송'];
const EMOJI = ['🔥', '👍', '❤️', '😀', '🎁', '🇫🇷'];

export type Kind = 'word' | 'mixed' | 'typos' | 'regex';

export interface Traffic {
  readonly rules: readonly Rule[];
  readonly events: readonly InboundEvent[];
}

/** A generated word of two or three syllables. */
function coined(dice: Dice): string {
  const syllable = (): string =>
    dice.pick(STARTS) + dice.pick(dice.chance(0.02) ? ACCENTED : VOWELS) + dice.pick(CLOSES);
  return dice.chance(0.5) ? syllable() + syllable() : syllable() + syllable() + syllable();
}

/**
 * Draws a keyword: in 55 % a rare word, in 35 % two words, else Chinese, Japanese, Arabic or Korean, or a
 * word with an emoji.
 */
function keyword(dice: Dice): string {
  const kind = dice.next();
  if (kind < 0.55) return coined(dice);
  if (kind < 0.9) return `${dice.pick(EVERYDAY)} ${coined(dice)}`;
  if (kind < 0.97) return dice.pick(FAR) + (dice.chance(0.5) ? dice.pick(FAR) : coined(dice));
  return `${coined(dice)} ${dice.pick(EMOJI)}`;
}

function modeOf(kind: Kind, dice: Dice): MatchMode {
  if (kind === 'regex') return 'regex';
  if (kind !== 'mixed') return 'word';
  const share = dice.next();
  if (share < 0.5) return 'word';
  if (share < 0.75) return 'contains';
  if (share < 0.85) return 'starts_with';
  return share < 0.95 ? 'ends_with' : 'exact';
}

const PATTERN_ENDS = ['\\s+\\d+', '(s|es)?\\b', '[- ]?no\\.? ?\\d*', '.{0,5}\\?'];

/**
 * Draws a rule with three to five keywords, on one to four of four platforms and one to three of 50 accounts,
 * or on all.
 */
function ruleOf(n: number, kind: Kind, dice: Dice): Rule {
  const match = modeOf(kind, dice);
  const written = Array.from({ length: 3 + dice.below(3) }, () => keyword(dice));
  const any = match === 'regex' ? [`${written[0] ?? ''}${dice.pick(PATTERN_ENDS)}`] : written;
  return aRule({
    id: `rule-${n}`,
    platforms: PLATFORMS.filter(() => dice.chance(0.6)),
    accounts: dice.chance(0.2) ? [] : Array.from({ length: 1 + dice.below(3) }, () => dice.pick(ACCOUNTS)),
    keywords: keywords({ any, match, typos: kind === 'typos' ? 1 : 0 }),
    oncePer: null,
  });
}

export function trafficOf(kind: Kind, rules: number, events: number, seed = 1): Traffic {
  const dice = diceOf(seed);
  const made = Array.from({ length: rules }, (_, n) => ruleOf(n, kind, dice));
  return { rules: made, events: Array.from({ length: events }, (_, n) => eventOf(n, made, dice)) };
}

/**
 * Draws a message of 80 to 200 characters; 35 % contain a rule's keyword on a platform and account of the rule,
 * 12 % contain one elsewhere.
 */
function eventOf(n: number, rules: readonly Rule[], dice: Dice): InboundEvent {
  const rule = dice.pick(rules);
  const share = dice.next();
  const spoken = share < 0.47 ? said(rule, dice) : null;
  const isNear = share >= 0.35;
  const platforms = rule.platforms.length > 0 ? rule.platforms : PLATFORMS;
  const accounts = rule.accounts.length > 0 ? rule.accounts : ACCOUNTS;
  const meets = spoken !== null && !isNear;
  return anEvent({
    sourceId: `m${n}`,
    platform: meets ? dice.pick(platforms) : dice.pick(PLATFORMS),
    account: meets ? dice.pick(accounts) : dice.pick(ACCOUNTS),
    contact: { id: `contact-${n}`, name: null, username: null },
    conversationId: `conversation-${n}`,
    text: textOf(spoken, rule, dice),
  });
}

function said({ keywords: spec }: Rule, dice: Dice): string {
  const [first = ''] = spec?.any ?? [];
  if (spec?.match !== 'regex') return mistyped(dice.pick(spec?.any ?? ['']), spec?.typos ?? 0, dice);
  const end = PATTERN_ENDS.find((each) => first.endsWith(each)) ?? '';
  return first.slice(0, -end.length) + ([' 12', 's', ' no. 3', ' ok?'][PATTERN_ENDS.indexOf(end)] ?? '');
}

/** Puts a typo into every other keyword whose rule tolerates one. */
function mistyped(word: string, typos: number, dice: Dice): string {
  if (typos === 0 || word.length < 6 || dice.chance(0.5)) return word;
  const at = 1 + dice.below(word.length - 2);
  return word.slice(0, at) + word.slice(at + 1);
}

function textOf(spoken: string | null, { keywords: spec }: Rule, dice: Dice): string {
  if (spoken !== null && spec?.match === 'exact') return spoken;
  const length = 80 + dice.below(121);
  const parts: string[] = [];
  let size = 0;
  while (size < length) {
    const next = wordOf(dice);
    parts.push(dice.chance(0.1) ? `${next},` : next);
    size += next.length + 1;
  }
  if (spoken !== null) parts.splice(placeOf(spec?.match ?? 'word', parts.length, dice), 0, spoken);
  const [first = '', ...rest] = parts;
  return [dice.chance(0.5) ? first.toUpperCase() : first, ...rest].join(' ');
}

function wordOf(dice: Dice): string {
  if (dice.chance(0.55)) return dice.pick(EVERYDAY);
  return dice.chance(0.97) ? coined(dice) : dice.pick([...FAR, ...EMOJI]);
}

function placeOf(match: MatchMode, parts: number, dice: Dice): number {
  if (match === 'starts_with') return 0;
  return match === 'ends_with' ? parts : dice.below(parts);
}

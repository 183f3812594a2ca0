// Generates events to which a rule applies.
import type { AccountConfig } from '../domain/config.js';
import type { KeywordSpec, Rule } from '../domain/rule.js';
import { DAY, HOUR, type Instant, MINUTE } from '../domain/time.js';
import { localTime } from '../engine/calendar/zone.js';
import { minutesOf } from '../engine/times.js';
import { keywordsIn, leavesOf, zoneOf } from './conditions.js';
import { whyImpossible } from './demands.js';
import type { LintParts } from './parts.js';
import { sampleOf } from './pattern-sample.js';
import { reached } from './reach.js';
import { applies, type Sample, tryOne } from './trial.js';

/** Maximum number of events tried per rule. */
const MOST_TRIALS = 400;
const KEYWORDS_TRIED = 3;
const EXAMPLES_TRIED = 2;
const MOST_TEXTS = 8;
const TIME_FACTS = ['hours', 'weekday', 'local_time'];

/**
 * An event to which the rule applies, found by trying likely ones; null if none applies. Restricted to
 * `accounts`, if given.
 */
export async function sampleFor(
  rule: Rule,
  parts: LintParts,
  accounts: readonly AccountConfig[] = reached(rule, parts.config.accounts),
): Promise<Sample | null> {
  if (whyImpossible(rule, parts) !== null) return null;
  const alone = parts.compile([{ ...rule, enabled: true }]);
  let trials = 0;
  for (const sample of likely(rule, parts, accounts)) {
    if (applies(await tryOne(sample, parts, alone), rule.id)) return sample;
    trials += 1;
    if (trials >= MOST_TRIALS) return null;
  }
  return null;
}

/** Events that may match the rule, the simplest first. */
function* likely(rule: Rule, parts: LintParts, accounts: readonly AccountConfig[]): Generator<Sample> {
  const facts = new Set(leavesOf(rule.when).map(({ leaf }) => leaf.fact));
  const texts = textsFor(rule, parts);
  const times = [...facts].some((fact) => TIME_FACTS.includes(fact)) ? timesFor(rule, parts) : [parts.now];
  for (const at of times) {
    for (const { name, username } of peopleFor(rule)) {
      for (const firstContact of facts.has('first_contact') ? [true, false] : [true]) {
        for (const post of postsFor(rule)) {
          for (const isReply of facts.has('is_reply') && rule.on === 'comment' ? [false, true] : [false]) {
            for (const account of accounts) {
              for (const text of texts) {
                yield { kind: rule.on, account, text, at, name, username, post, isReply, firstContact };
              }
            }
          }
        }
      }
    }
  }
}

function textsFor(rule: Rule, { rules }: LintParts): readonly string[] {
  const leaves = leavesOf(rule.when);
  const inWhen = leaves
    .map(({ leaf }) => keywordsIn({ leaf, isNegated: false }))
    .flatMap((said) => (said?.isWanted ? [said.spec] : []));
  const specs = [...(rule.keywords ? [rule.keywords] : []), ...inWhen];
  const bySpec = specs.map(textsOf).filter((texts) => texts.length > 0);
  const together = bySpec.map(([first]) => first).join(' ');
  const parts = leaves.filter(({ leaf }) => leaf.fact === 'text').flatMap(({ leaf }) => namesOf(leaf.value));
  const tested = rules.tests
    .flatMap(({ events }) => events)
    .filter(({ expect }) => expect?.silent === false && expect.rule === rule.id)
    .map(({ text }) => text);
  const examples = rule.examples?.texts.slice(0, EXAMPLES_TRIED) ?? [];
  const texts = [
    together,
    ...examples,
    ...bySpec.flat(),
    ...parts,
    [together, ...parts].join(' '),
    ...tested,
  ];
  return [...new Set([...texts.filter((text) => text.trim() !== ''), 'Hello', '.'])].slice(0, MOST_TEXTS);
}

function textsOf({ any, all, match }: KeywordSpec): readonly string[] {
  const said = (keyword: string) => (match === 'regex' ? (sampleOf(keyword) ?? '') : keyword);
  const rest = all.map(said);
  const first = any.slice(0, KEYWORDS_TRIED).map((keyword) => [said(keyword), ...rest].join(' '));
  return first.length > 0 ? first : [rest.join(' ')];
}

function peopleFor(rule: Rule): readonly Pick<Sample, 'name' | 'username'>[] {
  const asked = leavesOf(rule.when)
    .filter(({ leaf }) => leaf.fact === 'contact')
    .flatMap(({ leaf }) => namesOf(leaf.value));
  const plain =
    rule.on === 'message' ? [{ name: 'Ana Lima', username: 'ana' }] : [{ name: null, username: null }];
  return [...plain, ...asked.map((text) => ({ name: text, username: text }))];
}

function postsFor(rule: Rule): readonly (string | null)[] {
  if (rule.on === 'message') return [null];
  const asked = leavesOf(rule.when)
    .filter(({ leaf }) => leaf.fact === 'post')
    .flatMap(({ leaf }) => namesOf(leaf.value));
  const ids = rule.posts.length > 0 ? rule.posts.slice(0, KEYWORDS_TRIED) : ['1', ...asked];
  return ids;
}

function namesOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}

/** Now, every two hours of a week, and around the times of day in the rule. */
function timesFor(rule: Rule, parts: LintParts): readonly Instant[] {
  const { now } = parts;
  const named = leavesOf(rule.when)
    .filter(({ leaf }) => leaf.fact === 'local_time')
    .flatMap(({ leaf }) => {
      const away = minutesOf(String(leaf.value)) - localTime(zoneOf(leaf, parts), now).minute;
      return [away - 1, away, away + 1].map((minutes) => now + minutes * MINUTE);
    });
  const days = Array.from({ length: 7 }, (_, day) => day * DAY);
  const hours = Array.from({ length: 12 }, (_, two) => two * 2 * HOUR);
  return [
    now,
    ...days.flatMap((day) => [...named.map((at) => at + day), ...hours.map((hour) => now + day + hour)]),
  ];
}

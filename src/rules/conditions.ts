import { WEEKDAYS } from '../domain/calendar.js';
import { EVENT_KINDS, PLATFORMS } from '../domain/event.js';
import { FUNNEL_STANDINGS } from '../domain/funnel.js';
import { LANGUAGES, UNKNOWN_LANGUAGE } from '../domain/meaning.js';
import type { Condition, FactCondition } from '../domain/rule.js';
import { needsQuotes, unknownName } from '../yaml/issues.js';
import type { FactName, RawCondition } from './condition-schema.js';
import type { CheckPlace, RuleContext } from './context.js';
import { checkParams } from './params.js';
import { TAG } from './step-schema.js';
import { FIELD_NAME } from './work-schema.js';
import { reportMisreadWord } from '../yaml/misread.js';

const EQUALITY = ['equal', 'notEqual'];
const MEMBERSHIP = [...EQUALITY, 'in', 'notIn'];
const TEXTUAL = [...MEMBERSHIP, 'contains', 'doesNotContain'];
const ORDER = [...EQUALITY, 'lessThan', 'lessThanInclusive', 'greaterThan', 'greaterThanInclusive'];

/**
 * Allowed operators and values of a fact. `names` lists the allowed values; a fact without `names` takes free
 * text.
 */
interface FactRow {
  readonly operators: readonly string[];
  readonly value: 'text' | 'boolean' | 'clock' | 'name' | 'tag' | 'field' | 'number';
  readonly names?: (context: RuleContext) => readonly string[];
}

const FACT_TABLE: Readonly<Record<FactName, FactRow>> = {
  text: { operators: TEXTUAL, value: 'text' },
  kind: { operators: MEMBERSHIP, value: 'name', names: () => EVENT_KINDS },
  platform: { operators: MEMBERSHIP, value: 'name', names: () => PLATFORMS },
  account: {
    operators: MEMBERSHIP,
    value: 'name',
    names: ({ accounts }) => accounts.map((account) => account.name),
  },
  hours: { operators: EQUALITY, value: 'name', names: () => ['open', 'closed'] },
  local_time: { operators: ORDER, value: 'clock' },
  weekday: { operators: MEMBERSHIP, value: 'name', names: () => WEEKDAYS },
  first_contact: { operators: EQUALITY, value: 'boolean' },
  contact: { operators: TEXTUAL, value: 'text' },
  post: { operators: MEMBERSHIP, value: 'text' },
  is_reply: { operators: EQUALITY, value: 'boolean' },
  tags: { operators: ['contains', 'doesNotContain'], value: 'tag' },
  keywords: { operators: EQUALITY, value: 'boolean' },
  language: { operators: MEMBERSHIP, value: 'name', names: () => [...LANGUAGES, UNKNOWN_LANGUAGE] },
  meaning: { operators: MEMBERSHIP, value: 'text' },
  field: { operators: [...TEXTUAL, ...ORDER.slice(EQUALITY.length)], value: 'field' },
  funnel: { operators: MEMBERSHIP, value: 'name', names: () => FUNNEL_STANDINGS },
  answered_by: { operators: EQUALITY, value: 'boolean' },
  count: { operators: ORDER, value: 'number' },
};

const CONTACT_PATHS = ['name', 'first_name', 'username', 'id'];
const MOST_LEVELS = 20;

/**
 * Converts a `when` tree of the right shape into conditions. Reports each fact, operator or value that makes
 * no sense here, because json-rules-engine would report it only when a message arrives, or never.
 */
export function checkCondition(raw: RawCondition, place: CheckPlace, level = 1): Condition | null {
  const { source, path } = place;
  const kinds = (['all', 'any', 'not', 'fact'] as const).filter((key) => raw[key] !== undefined);
  if (kinds.length !== 1 || level > MOST_LEVELS) {
    const problem =
      level > MOST_LEVELS
        ? {
            message: `when: conditions are nested more than ${MOST_LEVELS} deep`,
            fix: 'Merge groups of the same kind, or make two rules of it.',
          }
        : {
            message: 'when: a condition needs exactly one of all, any, not and fact',
            fix: 'Write { all: [ … ] }, { any: [ … ] }, { not: … }, or { fact: …, operator: …, value: … }.',
          };
    source.report(path, { code: 'condition', ...problem });
    return null;
  }
  const below = (children: readonly RawCondition[], key: string) =>
    children
      .map((child, index) => checkCondition(child, { ...place, path: [...path, key, index] }, level + 1))
      .filter((condition) => condition !== null);
  if (raw.fact !== undefined) return checkFact(raw, raw.fact, place);
  refuseLeafKeys(raw, place);
  if (raw.all !== undefined) return { all: below(raw.all, 'all') };
  if (raw.any !== undefined) return { any: below(raw.any, 'any') };
  const not = raw.not && checkCondition(raw.not, { ...place, path: [...path, 'not'] }, level + 1);
  return not ? { not } : null;
}

function refuseLeafKeys(raw: RawCondition, { source, path }: CheckPlace): void {
  for (const key of ['operator', 'value', 'path', 'params'] as const) {
    if (raw[key] === undefined) continue;
    const message = `when: "${key}" belongs to a fact, but this is a group of conditions`;
    source.report([...path, key], {
      code: 'condition',
      message,
      fix: 'Move it beside its fact.',
      at: 'key',
    });
  }
}

function checkFact(raw: RawCondition, fact: FactName, place: CheckPlace): FactCondition {
  const { source, path } = place;
  const row = FACT_TABLE[fact];
  const operator = raw.operator ?? '';
  if (raw.operator === undefined) reportMissing('operator', place);
  else if (!row.operators.includes(operator)) {
    const at = [...path, 'operator'];
    source.report(at, unknownName(`operator: ${source.describe(at)}`, operator, row.operators));
  }
  const valuePath = [...path, 'value'];
  if (raw.value === undefined) reportMissing('value', place);
  const value = raw.value === undefined ? null : checkValue(raw, row, { ...place, path: valuePath });
  if (fact === 'field') checkFieldOperand(raw, place);
  const params = checkParams(fact, raw.params, place);
  checkPath(raw, fact, place);
  return {
    fact,
    operator,
    value,
    ...(raw.path === undefined ? {} : { path: raw.path }),
    ...(params === undefined ? {} : { params }),
  };
}

/** An order needs numbers, and parts need texts. */
function checkFieldOperand({ operator = '', value }: RawCondition, { source, path }: CheckPlace): void {
  if (MEMBERSHIP.includes(operator)) return;
  const wantsNumber = ORDER.includes(operator);
  if (wantsNumber === (typeof value === 'number')) return;
  const message = `value: the operator "${operator}" compares ${wantsNumber ? 'numbers' : 'texts'}`;
  const fix = wantsNumber ? 'Write a number, without quotes.' : 'Write a text, in quotes.';
  source.report([...path, 'value'], { code: 'wrong-type', message, fix });
}

function reportMissing(key: string, { source, path }: CheckPlace): void {
  const message = `the condition has no ${key}`;
  const fix = 'Write { fact: …, operator: equal, value: … }.';
  source.report(path, { code: 'missing-key', message, fix });
}

/**
 * Checks the path of a condition. Only plain names are allowed: by default json-rules-engine evaluates a path
 * as JSONPath, which can run code.
 */
function checkPath({ path: wanted }: RawCondition, fact: FactName, { source, path }: CheckPlace): void {
  const at = [...path, 'path'];
  const fix = `Write one of: ${CONTACT_PATHS.join(', ')}.`;
  if (fact === 'field') {
    if (wanted !== undefined && FIELD_NAME.test(wanted)) return;
    const message =
      wanted === undefined
        ? 'the fact "field" needs a path'
        : `path: ${source.describe(at)} is not a field name`;
    source.report(wanted === undefined ? path : at, {
      code: 'path',
      message,
      fix: 'Write the name of the field: path: email.',
    });
  } else if (fact !== 'contact') {
    if (wanted === undefined) return;
    source.report(at, {
      code: 'path',
      message: `path: the fact "${fact}" has no parts`,
      fix: 'Remove it.',
      at: 'key',
    });
  } else if (wanted === undefined) {
    source.report(path, { code: 'missing-key', message: 'the fact "contact" needs a path', fix });
  } else if (/[$[?]/u.test(wanted)) {
    const message = `path: ${source.describe(at)} is a JSONPath expression, and only plain names are allowed`;
    source.report(at, { code: 'path', message, fix });
  } else if (!CONTACT_PATHS.includes(wanted)) {
    source.report(at, unknownName(`path: ${source.describe(at)}`, wanted, CONTACT_PATHS));
  }
}

function checkValue({ operator, value }: RawCondition, row: FactRow, place: CheckPlace): unknown {
  const { source, path } = place;
  const wantsList = operator === 'in' || operator === 'notIn';
  if (!wantsList) return checkOne(value, row, place);
  if (!Array.isArray(value)) {
    const message = `value: the operator "${operator}" needs a list`;
    source.report(path, { code: 'wrong-type', message, fix: 'Put it in square brackets: [ … ].' });
    return value;
  }
  if (value.length === 0) {
    source.report(path, {
      code: 'empty-list',
      message: 'value: the list is empty',
      fix: 'List at least one.',
    });
  }
  return value.map((each: unknown, index) => checkOne(each, row, { ...place, path: [...path, index] }));
}

/**
 * Reports a value that the fact can never have. Returns the value, with times of day padded to two-digit
 * hours.
 */
function checkOne(value: unknown, row: FactRow, place: CheckPlace): unknown {
  const { source, path } = place;
  const shown = source.describe(path);
  if (row.value === 'boolean' || row.value === 'number') {
    if (typeof value !== row.value) {
      const isSwitch = row.value === 'boolean';
      const fix = isSwitch ? 'Write true or false, without quotes.' : 'Write a number, without quotes.';
      const what = isSwitch ? 'neither true nor false' : 'not a number';
      source.report(path, { code: 'wrong-type', message: `value: ${shown} is ${what}`, fix });
    }
    return value;
  }
  if (row.value === 'field' && (value === '' || typeof value === 'number')) return value;
  if (typeof value !== 'string') {
    const isScalar = value === null || typeof value !== 'object';
    const message = `value: ${shown} is not a text`;
    source.report(
      path,
      isScalar
        ? needsQuotes({ source, path, value, label: 'value: ' })
        : { code: 'wrong-type', message, fix: 'Write one text in its place.' },
    );
    return value;
  }
  return checkWritten(value, row, place);
}

function checkWritten(value: string, row: FactRow, place: CheckPlace): string {
  if (row.value === 'tag') return checkTag(value, place);
  if (row.value === 'clock') return checkClock(value, place.source.describe(place.path), place);
  checkText(value, row.names?.(place.context), place);
  return value;
}

/** Reports a text that is blank, or none of the names that the fact can have. */
function checkText(value: string, names: readonly string[] | undefined, { source, path }: CheckPlace): void {
  if (names === undefined) {
    reportMisreadWord(source, path);
    if (value.trim() === '') {
      const fix = 'Write at least one character that can be seen.';
      source.report(path, { code: 'empty-text', message: 'value: the text is empty', fix });
    }
  } else if (!names.includes(value)) {
    source.report(path, unknownName(`value: ${source.describe(path)}`, value, names));
  }
}

function checkClock(value: string, shown: string, { source, path }: CheckPlace): string {
  const { hour = '', minute = '' } = /^(?<hour>\d{1,2}):(?<minute>\d{2})$/u.exec(value)?.groups ?? {};
  if (minute === '' || Number(hour) > 23 || Number(minute) > 59) {
    const fix = 'Write hours and minutes: "09:30", "23:59" at most.';
    source.report(path, { code: 'wrong-value', message: `value: ${shown} is not a time of day`, fix });
  }
  return `${hour.padStart(2, '0')}:${minute}`;
}

function checkTag(value: string, { source, path }: CheckPlace): string {
  if (!TAG.test(value)) {
    const message = `value: ${source.describe(path)} is not a tag`;
    const fix = 'Tags are words of letters, digits, -, _, . and :';
    source.report(path, { code: 'wrong-value', message, fix });
  }
  return value;
}

import type { KeywordSpec } from '../domain/rule.js';
import { checkShape, unknownName } from '../yaml/issues.js';
import { section } from '../yaml/shape.js';
import { timezone } from '../yaml/timezone.js';
import { duration, millis, text } from '../yaml/values.js';
import type { FactName } from './condition-schema.js';
import type { CheckPlace } from './context.js';
import { checkKeywords } from './keywords.js';
import { KEYWORD_KEYS } from './schema.js';

type Params = Readonly<Record<string, unknown>>;

const hoursParams = section({ calendar: text().optional() });
const zoneParams = section({ calendar: text().optional(), timezone: timezone().optional() });
const ruleParams = section({ rule: text() });
const answeredParams = section({ rule: text(), within: duration().optional() });
const keywordParams = section(KEYWORD_KEYS);

/**
 * Checks the `params` of a condition and fills in defaults: the calendar if there is only one, and the
 * options of keywords. Returns undefined for facts without params.
 */
export function checkParams(
  fact: FactName,
  params: Params | undefined,
  place: CheckPlace,
): Params | undefined {
  const at = { ...place, path: [...place.path, 'params'] };
  switch (fact) {
    case 'keywords':
      return keywordsOf(params, place);
    case 'hours':
      return withCalendar(params && checkShape(hoursParams, at.source, at.path), params, place);
    case 'local_time':
    case 'weekday':
      return withCalendar(params && checkShape(zoneParams, at.source, at.path), params, place);
    case 'funnel':
      return withRule(ruleParams, params, place);
    case 'answered_by':
      return withRule(answeredParams, params, place);
    case 'count':
      return params && withRule(ruleParams, params, place);
    default:
      if (params === undefined) return undefined;
      at.source.report(at.path, {
        code: 'unknown-key',
        message: `the fact "${fact}" has no params`,
        fix: 'Remove them.',
        at: 'key',
      });
      return undefined;
  }
}

/** The parameters of a fact about one rule. `within` is converted to milliseconds. */
function withRule(
  schema: typeof ruleParams | typeof answeredParams,
  params: Params | undefined,
  { source, path }: CheckPlace,
): Params | undefined {
  if (params === undefined) {
    const fix = 'Add params: { rule: … }.';
    source.report(path, {
      code: 'missing-key',
      message: 'this condition does not say which rule is meant',
      fix,
    });
    return undefined;
  }
  const raw: { rule: string; within?: string | undefined } | undefined = checkShape(schema, source, [
    ...path,
    'params',
  ]);
  if (raw === undefined) return undefined;
  return { rule: raw.rule, ...(raw.within === undefined ? {} : { within: millis(raw.within) }) };
}

function keywordsOf(params: Params | undefined, place: CheckPlace): Params | undefined {
  const { source, path } = place;
  if (params === undefined) {
    const fix = 'Add params: { any: [price, cost] }.';
    source.report(path, { code: 'missing-key', message: 'the fact "keywords" needs params', fix });
    return undefined;
  }
  const raw = checkShape(keywordParams, source, [...path, 'params']);
  if (raw === undefined) return undefined;
  const spec: KeywordSpec = checkKeywords(raw, { ...place, path: [...path, 'params'] });
  return { ...spec };
}

interface Zone {
  readonly calendar?: string | undefined;
  readonly timezone?: string | undefined;
}

function withCalendar(
  zone: Zone | undefined,
  written: Params | undefined,
  place: CheckPlace,
): Params | undefined {
  // The value has a wrong shape, which is already reported.
  if (zone === undefined && written !== undefined) return undefined;
  const { source, path, context } = place;
  const { calendar, timezone: name } = zone ?? {};
  if (calendar !== undefined && name !== undefined) {
    const fix = 'Keep one of the two: a calendar has a time zone of its own.';
    source.report([...path, 'params'], {
      code: 'params',
      message: 'params: both calendar and timezone',
      fix,
    });
  }
  if (name !== undefined) return { timezone: name };
  if (calendar === undefined) return onlyCalendar(place);
  const at = [...path, 'params', 'calendar'];
  if (!context.calendars.includes(calendar)) {
    const problem = unknownName(`calendar: ${source.describe(at)}`, calendar, context.calendars);
    source.report(at, { ...problem, code: 'unknown-calendar' });
  }
  return { calendar };
}

function onlyCalendar({ source, path, context }: CheckPlace): Params | undefined {
  const [only, ...others] = context.calendars;
  if (only !== undefined && others.length === 0) return { calendar: only };
  const message =
    only === undefined
      ? 'this condition needs a calendar, but config.yaml defines none'
      : 'this condition does not say which calendar is meant';
  const fix =
    only === undefined
      ? 'Add opening hours under calendars in config.yaml.'
      : `Add params: { calendar: ${only} }. Known: ${context.calendars.join(', ')}.`;
  source.report(path, { code: 'missing-calendar', message, fix });
  return undefined;
}

import type { WaitStep } from '../domain/wait.js';
import { unknownName } from '../yaml/issues.js';
import type { Path } from '../yaml/source.js';
import { millis } from '../yaml/values.js';
import type { Draft } from './draft.js';
import type { RawWait } from './wait-schema.js';

/** A checked wait. Reports an unknown calendar. */
export function toWait({ source, context }: Draft, raw: RawWait, path: Path): WaitStep {
  if (typeof raw === 'string') return { type: 'wait', until: { time: millis(raw) }, onMessage: 'cancel' };
  const { for: length, until_open: open, on_message: onMessage = 'cancel' } = raw;
  if ((length === undefined) === (open === undefined)) {
    const message = 'wait: a block has exactly one of for and until_open';
    source.report(path, {
      code: 'wrong-value',
      message,
      fix: 'Write { for: 30m }, or { until_open: CALENDAR }.',
    });
  }
  if (open === undefined) return { type: 'wait', until: { time: millis(length ?? '1s') }, onMessage };
  if (!context.calendars.includes(open)) {
    const at = [...path, 'until_open'];
    const problem = unknownName(`until_open: ${source.describe(at)}`, open, context.calendars);
    source.report(at, { ...problem, code: 'unknown-calendar' });
  }
  return { type: 'wait', until: { open }, onMessage };
}

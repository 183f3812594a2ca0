import { z } from 'zod';
import { formed, section, says } from '../yaml/shape.js';
import { timezone } from '../yaml/timezone.js';
import { parseDates, parseDays, parseSpan } from './clock-values.js';

const SPAN_FIX =
  'Write from and to with a hyphen: "09:00-12:30", "22:00-02:00" past midnight, "00:00-24:00" all day.';
const DAYS_FIX = 'Write mon, tue, wed, thu, fri, sat, sun, or from one to another: mon-fri.';
const DATES_FIX =
  'Write 2026-12-25, or two dates with .. between: 2026-12-31..2027-01-02; without the year, 12-25 or 12-24..12-26, for each.';

const spans = z.array(
  z.string().refine((span) => parseSpan(span) !== undefined, says('is not a time span', SPAN_FIX)),
);

const open = z.record(
  z.string().refine((days) => parseDays(days) !== undefined, says('is not a day of the week', DAYS_FIX)),
  spans,
);

const isDates = (dates: string): boolean => parseDates(dates) !== undefined;
const dates = z
  .string()
  .refine(isDates, says('is neither a date nor a range from one date to a later one', DATES_FIX));

export const calendarSchema = section({
  timezone: timezone().describe('IANA name of the time zone of the hours, such as Europe/Paris.'),
  open: open.describe('Opening hours by day of the week: mon, or mon-fri, each with a list of spans.'),
  closed: z
    .array(dates)
    .default([])
    .describe(
      'Dates, or ranges of dates with .. between, on which it is closed all day; without a year: each year.',
    ),
  special: z
    .record(dates, spans)
    .default({})
    .describe('Hours of dates, or of ranges as in closed; they take precedence over everything else.'),
  holidays: formed(
    z.string(),
    /^[A-Z]{2}(?:-[A-Z0-9]{1,4})?$/u,
    'is not a country',
    'Write two capital letters, such as FR, or DE-BY with a region.',
  )
    .optional()
    .describe('Country, or country and region, whose public holidays are closed, such as FR or DE-BY.'),
});

export type RawCalendar = z.output<typeof calendarSchema>;

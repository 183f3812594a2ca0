import { type Calendar, type Span, WEEKDAYS, type Weekday } from '../../../src/domain/calendar.js';

/** `09:00-12:30 14:00-18:00` as spans. */
export function spans(text: string): Span[] {
  return text.split(' ').map((span) => {
    const [from = 0, to = 0] = span
      .split('-')
      .map((time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3)));
    return { from, to };
  });
}

export function daily(text: string, days: readonly Weekday[] = WEEKDAYS): Calendar['open'] {
  return Object.fromEntries(days.map((day) => [day, spans(text)]));
}

export function calendar(parts: Partial<Calendar>): Calendar {
  return {
    name: 'shop',
    timezone: 'Europe/Paris',
    open: {},
    closed: [],
    special: {},
    holidays: null,
    ...parts,
  };
}

import type { MinuteOfDay } from '../domain/calendar.js';

/** Minutes since midnight of a time such as `09:30`. The parser has checked the form. */
export function minutesOf(clockTime: string): MinuteOfDay {
  const [hours = '0', minutes = '0'] = clockTime.split(':');
  return Number(hours) * 60 + Number(minutes);
}

/** Formats minutes since midnight as `09:30`. */
export function clockTimeOf(minutes: MinuteOfDay): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

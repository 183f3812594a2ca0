import { signal } from '@preact/signals';

/** The current time, for "12 s ago"; updated every five seconds. */
export const present = signal(Date.now());
setInterval(() => (present.value = Date.now()), 5_000);

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const short = new Intl.DateTimeFormat(undefined, {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});

/** The time of the day, with the date when it is not today's. */
export function timeOf(at: number): string {
  const isToday = new Date(at).toDateString() === new Date(present.value).toDateString();
  return isToday ? clock.format(at) : short.format(at);
}

export function dateOf(at: number): string {
  return day.format(at);
}

export function lengthOf(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} d`;
}

export function ago(at: number): string {
  return `${lengthOf(present.value - at)} ago`;
}

export function until(at: number): string {
  return at <= present.value ? 'now' : `in ${lengthOf(at - present.value)}`;
}

/** Formats `12 replies`, `1 reply`. */
export function count(n: number, what: string): string {
  return `${n.toLocaleString()} ${n === 1 ? what : `${what.replace(/(?<=[^aeiou])y$/u, 'ie')}s`}`;
}

/** The display name of a person. Of a numeric id only the end is shown, which is enough to tell two apart. */
export function personName(name: string): string {
  return /^\d{6,}$/u.test(name) ? `Somebody …${name.slice(-4)}` : name;
}

/** Minutes that the reader's clock is ahead of UTC. */
export function readerAhead(): number {
  // Returns 0 instead of -0, which would give another path.
  return 0 - new Date().getTimezoneOffset();
}

import { z } from 'zod';
import { nearest } from './nearest.js';

/** Whether the JavaScript engine knows the time zone by this name. Plain offsets are refused: they know no summer time. */
function isTimezone(name: string): boolean {
  if (!/^[A-Za-z]/u.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** The zones by their last part: people know the city. */
function cities(): ReadonlyMap<string, string> {
  return new Map(
    Intl.supportedValuesOf('timeZone').map((zone) => [zone.slice(zone.lastIndexOf('/') + 1), zone]),
  );
}

/** An IANA name of a time zone. */
export function timezone() {
  return z.string().superRefine((name, context) => {
    if (isTimezone(name)) return;
    const zones = cities();
    const meant = zones.get(nearest(name.slice(name.lastIndexOf('/') + 1), zones.keys()) ?? '');
    const mend = `Write an IANA name, such as ${meant ?? 'Europe/Paris or America/New_York'}.`;
    const params = { code: 'unknown-timezone', mend };
    context.addIssue({ code: 'custom', message: 'is no time zone that is known here', params });
  });
}

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

/** Names that have one offset all year where people mean a place with summer time, or that count the wrong way round. */
const FIXED: Readonly<Record<string, string>> = {
  EST: 'America/New_York',
  MST: 'America/Denver',
  HST: 'Pacific/Honolulu',
};

/** A place whose clocks a zone that knows no summer time is most likely meant to show; null for any other zone. */
export function fixedZoneMeant(name: string): string | null {
  const upper = name.toUpperCase();
  if (/^ETC\/GMT[+-]\d/u.test(upper)) return 'Europe/Paris';
  return FIXED[upper] ?? null;
}

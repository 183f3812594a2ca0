import { z } from 'zod';
import { nearest } from './nearest.js';

/**
 * True if the JavaScript engine knows the time zone by this name. Plain offsets are refused: they have no
 * daylight saving time.
 */
function isTimezone(name: string): boolean {
  if (!/^[A-Za-z]/u.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** The zones by their last part, usually a city. */
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
    const fix = `Write an IANA name, such as ${meant ?? 'Europe/Paris or America/New_York'}.`;
    const params = { code: 'unknown-timezone', fix };
    context.addIssue({ code: 'custom', message: 'is not a known time zone', params });
  });
}

/**
 * Zones with one offset all year whose names are commonly used for places with daylight saving time, or whose
 * sign is reversed.
 */
const FIXED: Readonly<Record<string, string>> = {
  EST: 'America/New_York',
  MST: 'America/Denver',
  HST: 'Pacific/Honolulu',
};

/** The place that is probably meant by a zone without daylight saving time; null for any other zone. */
export function fixedZoneMeant(name: string): string | null {
  const upper = name.toUpperCase();
  if (/^ETC\/GMT[+-]\d/u.test(upper)) return 'Europe/Paris';
  return FIXED[upper] ?? null;
}

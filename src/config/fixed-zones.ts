import { valueAt, type Path, type YamlSource } from '../yaml/source.js';
import { fixedZoneMeant } from '../yaml/timezone.js';

/**
 * Warns about calendars in a zone without daylight saving time whose name is known from a place that has it.
 */
export function reportFixedZones(source: YamlSource, base: Path): void {
  const calendars = valueAt(source.value, [...base, 'calendars']);
  if (typeof calendars !== 'object' || calendars === null) return;
  for (const calendar of Object.keys(calendars)) {
    const path = [...base, 'calendars', calendar, 'timezone'];
    const zone = valueAt(source.value, path);
    const meant = typeof zone === 'string' ? fixedZoneMeant(zone) : null;
    if (meant === null) continue;
    const message = `timezone: ${String(zone)} has no daylight saving time, so the hours are off by one for half of the year where clocks change`;
    source.report(path, {
      code: 'fixed-timezone',
      message,
      fix: `Write a place: ${meant}.`,
      severity: 'warning',
    });
  }
}

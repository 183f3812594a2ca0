/** Names of days and months in a language, by the platform's Intl. */
const known = new Map<string, Intl.DateTimeFormat>();
/** The cache is unbounded because locales only come from configuration and templates, so there are few. */
const MOST_KNOWN = 500;

type Length = 'long' | 'short';

function formatter(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  const found = known.get(key);
  if (found) return found;
  if (known.size >= MOST_KNOWN) known.clear();
  // Some languages have another calendar by default, whose months would not fit the other fields.
  const made = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC', calendar: 'gregory' });
  known.set(key, made);
  return made;
}

/** The name of the day at noon UTC. */
export function dayNameIn(locale: string, noon: number, length: Length): string {
  return formatter(locale, { weekday: length }).format(noon);
}

/** The name of the month; beside a day some languages decline it: `3 ноября`, but `ноябрь`. */
export function monthNameIn(locale: string, noon: number, length: Length, isBesideDay: boolean): string {
  if (!isBesideDay) return formatter(locale, { month: length }).format(noon);
  const parts = formatter(locale, { day: 'numeric', month: length }).formatToParts(noon);
  return parts.find(({ type }) => type === 'month')?.value ?? '';
}

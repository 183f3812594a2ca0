import type { Config } from '../domain/config.js';

/** Keys of the configuration that a reload activates; the others take effect at the next start. */
const RELOADED: ReadonlySet<string> = new Set([
  'calendars',
  'rulesPath',
  'sharesRules',
] satisfies (keyof Config)[]);

/** Changed keys of the configuration that a reload does not activate. Rules and calendars are reloaded. */
export function changedKeys(before: Config, after: Config): readonly string[] {
  const keys = Object.keys(before) as (keyof Config)[];
  return keys
    .filter((key) => !RELOADED.has(key))
    .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
}

/** The active configuration with the keys that a reload activates. */
export function withReloaded(before: Config, after: Config): Config {
  const { calendars, rulesPath, sharesRules = false } = after;
  // A workspace that a reload cannot read still uses the rules that it shared.
  const isStillShared = before.sharesRules === true && before.rulesPath === rulesPath;
  return { ...before, calendars, rulesPath, sharesRules: sharesRules || isStillShared };
}

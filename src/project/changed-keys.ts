import type { Config } from '../domain/config.js';

/** Changed keys of the configuration that a reload does not activate. Rules and calendars are reloaded. */
export function changedKeys(before: Config, after: Config): readonly string[] {
  const keys = Object.keys(before) as (keyof Config)[];
  return keys
    .filter((key) => key !== 'calendars' && key !== 'rulesPath')
    .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
}

import { loadConfig, loadConfigs } from '../config/load.js';
import type { Config } from '../domain/config.js';
import type { Checked } from '../domain/finding.js';
import type { CheckedEach } from '../domain/workspaces.js';
import { isSchedule } from '../poller/schedule.js';
import type { TableLog, WantedTable } from './table-source.js';

/** A request to load a configuration. */
export interface LoadRequest {
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Name of the only workspace to load. @default all workspaces */
  readonly workspace?: string | undefined;
  /** True to send nothing, whatever the mode in the configuration. */
  readonly shadow?: boolean | undefined;
  /** True to take the rules that the last start parsed, if they are the same. @default false */
  readonly isStart?: boolean | undefined;
}

/** The configurations of the workspaces. */
export function loadConfigsOf({ file, env, workspace, shadow }: LoadRequest): CheckedEach<Config> {
  const all =
    workspace === undefined
      ? loadConfigs(file, env, isSchedule)
      : asOnly(loadConfig(file, env, isSchedule, workspace));
  if (!all.ok || shadow !== true) return all;
  return { ...all, value: all.value.map((config) => ({ ...config, mode: 'shadow' as const })) };
}

/** The configuration of one workspace as that of a whole installation. */
export function asOnly(config: Checked<Config>): CheckedEach<Config> {
  return config.ok ? { ...config, value: [config.value], broken: [] } : config;
}

/** The FAQ tables that rules name, whether or not they could be read. */
export interface NamedTables {
  readonly wanted: readonly WantedTable[];
  readonly files: readonly string[];
}

export function namedIn({ wanted, files }: TableLog): NamedTables {
  return { wanted: [...wanted.values()], files: [...files] };
}

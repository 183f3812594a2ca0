import { reportFixedZones } from './fixed-zones.js';
import { dirname, resolve } from 'node:path';
import type { Config } from '../domain/config.js';
import { isPlatform, type Platform } from '../domain/event.js';
import type { Checked } from '../domain/finding.js';
import { type CheckedEach, isOnly, ONLY_WORKSPACE } from '../domain/workspaces.js';
import { openYaml } from '../yaml/document.js';
import type { Environment } from '../yaml/interpolate.js';
import { checkShape } from '../yaml/issues.js';
import { fileFinding, readText } from '../yaml/read.js';
import { type IsSchedule, reportClashes, reportSchedule } from './clashes.js';
import { configSchema } from './schema.js';
import { toConfig } from './to-config.js';
import { reportEmptyTokens, reportOpenServer, reportSharedTokens, reportShortTokens } from './tokens.js';
import { parseEachWorkspace } from './unset.js';
import { reportMisreadLists } from '../yaml/misread.js';

/** Hint where there is no configuration file. */
export const NO_FILE =
  'create one with `autoresponder init`, or name another file with --config; `autoresponder demo` needs none';

/**
 * Reads and checks the configuration file. Every error, also a missing file, becomes a finding; nothing is
 * thrown.
 */
export function loadConfigs(file: string, env: Environment, isSchedule: IsSchedule): CheckedEach<Config> {
  const text = readText(file, NO_FILE);
  return text.ok ? parseConfigs(text.value, { file, env, isSchedule }) : text;
}

/** Reads and checks the configuration of one workspace: the named one, or the only one. */
export function loadConfig(
  file: string,
  env: Environment,
  isSchedule: IsSchedule,
  workspace?: string,
): Checked<Config> {
  return chosen(loadConfigs(file, env, isSchedule), file, workspace);
}

/**
 * Checks the text of a configuration file, replaces references to `env`, and reports all errors at once.
 * Relative paths in it are resolved against the folder of `file`.
 */
export function parseConfig(
  text: string,
  file: string,
  env: Environment,
  isSchedule: IsSchedule,
): Checked<Config> {
  return chosen(parseConfigs(text, { file, env, isSchedule }), file);
}

interface ConfigContext {
  readonly file: string;
  readonly env: Environment;
  readonly isSchedule: IsSchedule;
}

function parseConfigs(text: string, { file, env, isSchedule }: ConfigContext): CheckedEach<Config> {
  const source = openYaml(text, file, env);
  if (isRecord(source.value) && 'workspaces' in source.value)
    return parseEachWorkspace(source, { text, env, isSchedule });
  const raw = source.value === undefined ? undefined : checkShape(configSchema, source, []);
  reportMisreadLists(source, ['guards', 'opt_out']);
  reportClashes(source);
  reportOpenServer(source, []);
  reportSharedTokens(source, []);
  reportSchedule(source, [], isSchedule);
  reportFixedZones(source, []);
  reportShortTokens(source, []);
  reportEmptyTokens(source, []);
  const findings = source.findings();
  if (raw === undefined || findings.some((finding) => finding.severity === 'error')) {
    return { ok: false, findings };
  }
  const config = toConfig(raw, { name: ONLY_WORKSPACE, token: null }, dirname(resolve(file)));
  return { ok: true, value: [config], broken: [], warnings: findings };
}

/** Returns the configuration of the named workspace, or of the only one. */
export function chosen(configs: CheckedEach<Config>, file: string, workspace?: string): Checked<Config> {
  if (!configs.ok) return configs;
  const { value, broken, warnings } = configs;
  const names = [...value, ...broken].map((each) => each.workspace);
  const only = isOnly(configs) ? value[0] : undefined;
  const config = workspace === undefined ? only : value.find((each) => each.workspace === workspace);
  if (config) return { ok: true, value: config, warnings };
  const faulty = broken.find((each) => each.workspace === workspace);
  if (faulty) return { ok: false, findings: faulty.findings };
  const some =
    names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
  const message =
    workspace === undefined
      ? `there are ${names.length} workspaces: ${some}`
      : isOnly(configs)
        ? `unknown workspace "${workspace}": the configuration has no workspaces`
        : `unknown workspace "${workspace}": ${some}`;
  const fix = isOnly(configs) ? 'Leave out --workspace.' : 'Name one with --workspace NAME.';
  return {
    ok: false,
    findings: [fileFinding(file, 'which-workspace', message, fix)],
  };
}

/** The part of a configuration that rules are checked against, as far as it can be read. */
export interface ConfigSketch {
  readonly rulesPath: string;
  readonly accounts: readonly { readonly name: string; readonly platform: Platform }[];
  readonly calendars: readonly string[];
}

/**
 * Reads a `ConfigSketch` from a configuration with errors, so that errors in configuration and rules are
 * reported together. Null if the sketch cannot be read either.
 */
export function sketchConfig(file: string, env: Environment): ConfigSketch | null {
  const text = readText(file, NO_FILE);
  if (!text.ok) return null;
  const { value } = openYaml(text.value, file, env);
  // Rules shared by several workspaces apply to several sets of accounts.
  if (!isRecord(value) || 'workspaces' in value) return null;
  const { rules = './rules', accounts = [], calendars = {} } = value;
  if (typeof rules !== 'string' || !Array.isArray(accounts) || !isRecord(calendars)) return null;
  const named = accounts.filter(isRecord).flatMap(({ name, platform }) => {
    if (typeof name !== 'string') return [];
    return [
      {
        name,
        platform: typeof platform === 'string' && isPlatform(platform) ? platform : 'instagram',
      } as const,
    ];
  });
  return {
    rulesPath: resolve(dirname(resolve(file)), rules),
    accounts: named,
    calendars: Object.keys(calendars),
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

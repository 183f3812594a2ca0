import { reportFixedZones } from './fixed-zones.js';
import { basename, dirname, join, resolve } from 'node:path';
import { groupBy } from '../domain/group.js';
import type { Config } from '../domain/config.js';
import type { Finding } from '../domain/finding.js';
import type { BrokenWorkspace, CheckedEach } from '../domain/workspaces.js';
import { openYaml } from '../yaml/document.js';
import type { Environment } from '../yaml/interpolate.js';
import { checkShape } from '../yaml/issues.js';
import { listYamlFiles, readText } from '../yaml/read.js';
import { valueAt, type YamlSource } from '../yaml/source.js';
import { type IsSchedule, reportAccountClashes, reportClashes, reportSchedule } from './clashes.js';
import { hostSchema, type RawHost, type RawWorkspace, workspaceFileSchema } from './schema.js';
import { toConfig } from './to-config.js';
import {
  type Placed,
  reportEmptyTokens,
  reportOpenServer,
  reportServerTokens,
  reportSharedTokens,
  reportShortTokens,
} from './tokens.js';
import { reportMisreadLists } from '../yaml/misread.js';

/** A workspace as read. */
interface Found extends Placed {
  readonly raw: RawWorkspace;
}

/**
 * Parses a configuration with `workspaces` into one configuration per workspace, with the shared values
 * merged in. An error in a file of a folder leaves out the workspace of that file; an error in the
 * configuration itself leaves out every workspace.
 */
export function parseWorkspaces(
  source: YamlSource,
  env: Environment,
  isSchedule: IsSchedule,
): CheckedEach<Config> {
  const raw = checkShape(hostSchema, source, []);
  reportClashes(source);
  const list = valueAt(source.value, ['workspaces']);
  const blocks = Array.isArray(list) ? [...list.keys()].map((index) => ['workspaces', index]) : [];
  for (const path of [[], ...blocks]) {
    reportSchedule(source, path, isSchedule);
    reportFixedZones(source, path);
    reportShortTokens(source, path);
    reportEmptyTokens(source, path);
  }
  reportStore(source, raw);
  if (raw === undefined) return { ok: false, findings: source.findings() };
  const folder = dirname(resolve(source.file));
  const read =
    typeof raw.workspaces === 'string'
      ? readFolder(join(dirname(source.file), raw.workspaces), env)
      : { found: listed(raw.workspaces, source), sources: [], unreadable: [], findings: [] };
  const { found, sources } = read;
  for (const { source: own, path } of found) reportAccountClashes(own, path);
  for (const { source: own } of sources) {
    reportSchedule(own, [], isSchedule);
    reportFixedZones(own, []);
    reportShortTokens(own, []);
    reportEmptyTokens(own, []);
  }
  reportSharedKeys(found);
  reportOpenServer(source, found);
  reportServerTokens(source, found);
  reportSharedTokens(source, found);
  const broken = brokenOf(read);
  const shared = [...source.findings(), ...read.findings];
  const all = [...shared, ...findingsOf(read)];
  const isNothingLeft = broken.length > 0 && broken.length === sources.length + read.unreadable.length;
  if (shared.some(isError) || isNothingLeft) return { ok: false, findings: all };
  const names = new Set(broken.map(({ workspace }) => workspace));
  const configs = found
    .filter(({ name }) => !names.has(name))
    .map(({ name, raw: own, source: from }) =>
      toConfig(
        merged(raw, own, folder),
        { name, token: tokenOf(own), tokens: own.tokens },
        dirname(resolve(from.file)),
      ),
    );
  const others = sources
    .filter(({ name }) => names.has(name))
    .map(({ source: own }) => rulesOf(own, raw, folder));
  return {
    ok: true,
    value: withShared(configs, others),
    broken,
    warnings: all.filter((each) => !isError(each)),
  };
}

/**
 * Marks workspaces whose rules are those of another one, within its folder, or a folder around it. `others`: the rules of
 * workspaces whose files have errors, which use them again after the correction.
 */
function withShared(configs: readonly Config[], others: readonly string[]): readonly Config[] {
  const users = groupBy([...configs.map(({ rulesPath }) => rulesPath), ...others], (path) => path);
  const around = new Set([...users.keys()].flatMap(foldersAround));
  const isShared = (path: string): boolean =>
    (users.get(path)?.length ?? 0) > 1 ||
    around.has(path) ||
    foldersAround(path).some((folder) => users.has(folder));
  return configs.map((each) => (isShared(each.rulesPath) ? { ...each, sharesRules: true } : each));
}

/** The rules that a file with errors names, or else those of the main file. */
function rulesOf({ value, file }: YamlSource, shared: RawHost, folder: string): string {
  const rules = valueAt(value, ['rules']);
  return typeof rules === 'string' ? resolve(dirname(file), rules) : resolve(folder, shared.rules);
}

function foldersAround(path: string): readonly string[] {
  const folder = dirname(path);
  return folder === path ? [] : [folder, ...foldersAround(folder)];
}

/** A folder of workspaces as read. */
interface Folder {
  readonly found: readonly Found[];
  /** The files that could be read, keyed by the names of their workspaces. */
  readonly sources: readonly { readonly name: string; readonly source: YamlSource }[];
  readonly unreadable: readonly BrokenWorkspace[];
  /** Findings about the folder as a whole. */
  readonly findings: readonly Finding[];
}

function brokenOf({ sources, unreadable }: Folder): readonly BrokenWorkspace[] {
  const faulty = sources.flatMap(({ name, source }) => {
    const findings = source.findings();
    return findings.some(isError) ? [{ workspace: name, config: null, findings }] : [];
  });
  return [...unreadable, ...faulty];
}

function findingsOf({ sources, unreadable }: Folder): readonly Finding[] {
  return [
    ...unreadable.flatMap(({ findings }) => findings),
    ...sources.flatMap(({ source }) => source.findings()),
  ];
}

function isError({ severity }: Finding): boolean {
  return severity === 'error';
}

function listed(workspaces: Exclude<RawHost['workspaces'], string>, source: YamlSource): readonly Found[] {
  const seen = new Set<string>();
  return workspaces.map(({ name, ...raw }, index) => {
    const path = ['workspaces', index];
    if (seen.has(name)) {
      const message = `name: "${name}" is already the name of another workspace`;
      source.report([...path, 'name'], {
        code: 'duplicate-workspace',
        message,
        fix: 'Give each workspace its own name.',
      });
    }
    seen.add(name);
    return { name, raw, source, path };
  });
}

/** Files of the workspaces, in order of name. */
function readFolder(folder: string, env: Environment): Folder {
  const files = listYamlFiles(folder, 'Make the folder, or list the workspaces in this file.');
  if (!files.ok) return { found: [], sources: [], unreadable: [], findings: files.findings };
  const found: Found[] = [];
  const sources: { name: string; source: YamlSource }[] = [];
  const unreadable: BrokenWorkspace[] = [];
  for (const file of files.value) {
    const name = basename(file).replace(/\.ya?ml$/u, '');
    const text = readText(file, '');
    if (!text.ok) {
      unreadable.push({ workspace: name, config: null, findings: text.findings });
      continue;
    }
    const source = openYaml(text.value, file, env);
    sources.push({ name, source });
    if (!/^[a-z0-9][a-z0-9_-]{0,62}$/u.test(name)) {
      const message = `${basename(file)}: "${name}" is not a workspace name: lower-case letters, digits, - and _ only`;
      source.report([], { code: 'wrong-name', message, fix: 'Rename the file.' });
    }
    const raw = source.value === undefined ? undefined : checkShape(workspaceFileSchema, source, []);
    reportMisreadLists(source, ['guards', 'opt_out']);
    if (raw !== undefined) found.push({ name, raw, source, path: [] });
  }
  return { found, sources, unreadable, findings: [] };
}

/**
 * Budgets are per key: two workspaces with the same key would each use all of it, and reply to the same
 * people.
 */
function reportSharedKeys(found: readonly Found[]): void {
  const owners = new Map<string, string>();
  for (const { name, raw, source, path } of found) {
    const key = raw.blotato.api_key;
    const owner = owners.get(key);
    if (owner !== undefined) {
      source.report([...path, 'blotato', 'api_key'], {
        code: 'shared-key',
        message: `api_key: workspace ${owner} has the same key`,
        fix: 'Give each workspace the key of its own Blotato account.',
      });
    }
    owners.set(key, name);
  }
}

function reportStore(source: YamlSource, raw: RawHost | undefined): void {
  if (raw === undefined || !raw.store.startsWith('sqlite:')) return;
  source.report(['workspaces'], {
    code: 'workspaces-need-postgres',
    message: 'workspaces: several workspaces need a PostgreSQL database, but the store is SQLite',
    fix: 'Write store: ${DATABASE_URL} with postgres://…; or one configuration and one program for each.',
    at: 'key',
  });
}

function tokenOf({ token }: RawWorkspace): string | null {
  return token.trim() === '' ? null : token;
}

/**
 * Values of the workspace override those of the main file. Paths of the main file are made absolute, since they are
 * relative to its folder.
 */
function merged(
  shared: RawHost,
  { blotato, token: _token, tokens: _tokens, ...own }: RawWorkspace,
  folder: string,
) {
  const { workspaces: _workspaces, accounts: _accounts, ...rest } = shared;
  const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  const base = shared.blotato?.base_url ?? 'https://backend.blotato.com';
  return {
    ...rest,
    rules: resolve(folder, shared.rules),
    ...given,
    accounts: own.accounts,
    calendars: { ...shared.calendars, ...own.calendars },
    blotato: { base_url: blotato.base_url ?? base, api_key: blotato.api_key },
  };
}

import { readRules } from './project.js';
import type { Config } from '../domain/config.js';
import type { Checked, Finding } from '../domain/finding.js';
import type { CompiledSet } from '../engine/rule-set.js';
import type { Environment } from '../yaml/interpolate.js';

/** A workspace, ready to run. */
export interface Workspace {
  readonly config: Config;
  readonly set: CompiledSet;
}

/**
 * Reads the rules of workspaces. Those that share rules and calendars share what is made of them, so that thousands cost
 * no more than one. All findings come at once, those of each file once.
 */
export async function readWorkspaces(
  configs: readonly Config[],
  env: Environment,
): Promise<Checked<readonly Workspace[]>> {
  const known = new Map<string, Checked<CompiledSet>>();
  const findings = new Map<string, Finding>();
  const found: Workspace[] = [];
  for (const config of configs) {
    const read = await setOf(config, env, known);
    if (read.ok) found.push({ config, set: read.value });
    for (const finding of read.ok ? read.warnings : read.findings) {
      findings.set(`${finding.file}:${finding.line}:${finding.column}:${finding.message}`, finding);
    }
  }
  const all = [...findings.values()];
  return found.length === configs.length
    ? { ok: true, value: found, warnings: all }
    : { ok: false, findings: all };
}

async function setOf(
  config: Config,
  env: Environment,
  known: Map<string, Checked<CompiledSet>>,
): Promise<Checked<CompiledSet>> {
  const shared = JSON.stringify([config.rulesPath, config.calendars]);
  const before = known.get(shared);
  // Rules may name accounts, which must be those of this workspace.
  if (before?.ok === true && namesOnly(before.value, config)) return before;
  const read = await readRules(config, env);
  const set: Checked<CompiledSet> = read.ok
    ? { ok: true, value: read.value.set, warnings: read.warnings }
    : read;
  if (before === undefined) known.set(shared, set);
  return set;
}

function namesOnly({ rules }: CompiledSet, { accounts }: Config): boolean {
  const names = new Set(accounts.map(({ name }) => name));
  return rules.every(({ rule }) => rule.accounts.every((account) => names.has(account)));
}

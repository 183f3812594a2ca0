import { dirname, resolve } from 'node:path';
import type { Config } from '../domain/config.js';
import { ONLY_WORKSPACE } from '../domain/workspaces.js';
import { openYaml } from '../yaml/document.js';
import type { Environment } from '../yaml/interpolate.js';
import { readText } from '../yaml/read.js';
import { valueAt } from '../yaml/source.js';
import { DEFAULT_STORE } from './schema.js';
import { toStore } from './to-config.js';

const KINDS = /^(?:sqlite:.|postgres(?:ql)?:\/\/.)/u;

/**
 * The place of a workspace's data, read from a configuration with errors, for commands that show what the program
 * works with meanwhile. Null if it cannot be read either, or if no workspace is named where there are several.
 */
export function sketchStore(
  file: string,
  env: Environment,
  workspace: string | undefined,
): Pick<Config, 'store' | 'workspace'> | null {
  const text = readText(file, '');
  if (!text.ok) return null;
  const { value } = openYaml(text.value, file, env);
  const hasSeveral = valueAt(value, ['workspaces']) !== undefined;
  const name = hasSeveral ? workspace : ONLY_WORKSPACE;
  const store = valueAt(value, ['store']) ?? DEFAULT_STORE;
  if (name === undefined || typeof store !== 'string' || !KINDS.test(store)) return null;
  return { store: toStore(store, dirname(resolve(file))), workspace: name };
}

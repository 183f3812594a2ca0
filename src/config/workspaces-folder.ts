import { dirname, join } from 'node:path';
import { openYaml } from '../yaml/document.js';
import type { Environment } from '../yaml/interpolate.js';
import { readText } from '../yaml/read.js';
import { valueAt } from '../yaml/source.js';

/** The folder of workspaces that a configuration names; null if it lists them itself, or has only one. */
export function folderOf(file: string, config: unknown): string | null {
  const workspaces = valueAt(config, ['workspaces']);
  return typeof workspaces === 'string' ? join(dirname(file), workspaces) : null;
}

/** The folder of workspaces that a configuration file names; null as well if the file cannot be read. */
export function workspacesFolder(file: string, env: Environment): string | null {
  const text = readText(file, '');
  return text.ok ? folderOf(file, openYaml(text.value, file, env).value) : null;
}

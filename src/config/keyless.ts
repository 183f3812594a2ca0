import { openYaml } from '../yaml/document.js';
import type { Environment } from '../yaml/interpolate.js';
import { listYamlFiles, readText } from '../yaml/read.js';
import { valueAt } from '../yaml/source.js';
import { folderOf } from './workspaces-folder.js';

const REFERENCE = /^\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)\}$/u;

/**
 * The environment for commands that make no request to Blotato: variables of `api_key` that are not set are filled in,
 * each with a text of its own, since two workspaces with one key are an error.
 */
export function withoutKeys(file: string, env: Environment): Environment {
  const main = valueOf(file);
  const workspaces = valueAt(main, ['workspaces']);
  const folder = folderOf(file, main);
  const files = folder === null ? null : listYamlFiles(folder, '');
  const listed: readonly unknown[] = Array.isArray(workspaces) ? workspaces : [];
  const blocks = files?.ok === true ? files.value.map(valueOf) : listed;
  const missing = [main, ...blocks].flatMap((block) => {
    const key = valueAt(block, ['blotato', 'api_key']);
    const name = typeof key === 'string' ? REFERENCE.exec(key)?.groups?.['name'] : undefined;
    return name === undefined || (env[name] ?? '') !== '' ? [] : [name];
  });
  return { ...env, ...Object.fromEntries(missing.map((name) => [name, `${name} is not set`])) };
}

function valueOf(file: string): unknown {
  const text = readText(file, '');
  return text.ok ? openYaml(text.value, file).value : undefined;
}

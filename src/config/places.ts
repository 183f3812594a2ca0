import { join } from 'node:path';
import type { Finding } from '../domain/finding.js';
import { openYaml } from '../yaml/document.js';
import type { Environment } from '../yaml/interpolate.js';
import { readText } from '../yaml/read.js';
import { type Path, valueAt, type YamlSource } from '../yaml/source.js';
import { NO_FILE } from './load.js';
import { folderOf } from './workspaces-folder.js';

/** Builds findings at values of a configuration file. */
export type PointInConfig = YamlSource['point'];

/**
 * Builds findings at values of the configuration of a workspace: in its own file or block, and in the main file
 * for values that it inherits. Null if the file can no longer be read.
 */
export function pointInConfig(file: string, env: Environment, workspace: string): PointInConfig | null {
  const main = open(file, env);
  if (main === null) return null;
  const folder = folderOf(file, main.value);
  const own =
    folder === null
      ? { source: main, base: inList(valueAt(main.value, ['workspaces']), workspace) }
      : inFolder(folder, workspace, env);
  return (path, problem) => {
    const ownPath = own === null ? path : [...own.base, ...path];
    const isOwn =
      own !== null && valueAt(own.source.value, ownPath.slice(0, own.base.length + 1)) !== undefined;
    return isOwn ? own.source.point(ownPath, problem) : main.point(path, problem);
  };
}

function inFolder(folder: string, workspace: string, env: Environment) {
  for (const ending of ['.yaml', '.yml']) {
    const source = open(join(folder, `${workspace}${ending}`), env);
    if (source !== null) return { source, base: [] as Path };
  }
  return null;
}

function inList(workspaces: unknown, workspace: string): Path {
  if (!Array.isArray(workspaces)) return [];
  const index = workspaces.findIndex((each) => valueAt(each, ['name']) === workspace);
  return index === -1 ? [] : ['workspaces', index];
}

function open(file: string, env: Environment): YamlSource | null {
  const text = readText(file, NO_FILE);
  return text.ok ? openYaml(text.value, file, env) : null;
}

/** An error at `path` that is found after parsing, for example by a library that checks the value. */
export interface LateFault {
  readonly path: readonly (string | number)[];
  readonly code: string;
  readonly message: string;
  readonly fix: string;
}

/** Converts errors that were found after parsing into findings with place and frame. */
export function placeFaults(point: PointInConfig | null, faults: readonly LateFault[]): readonly Finding[] {
  return point === null ? [] : faults.map(({ path, ...fault }) => point(path, fault));
}

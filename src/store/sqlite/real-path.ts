import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** Maximum number of symbolic links that are followed, like the operating system's limit. */
const MOST_LINKS = 40;

/**
 * The file that a path resolves to, which need not exist yet. The lock and the socket are beside it: two
 * programs that use different paths to one store must find the same ones.
 */
export function realPath(path: string): string {
  let at = resolve(path);
  for (let links = 0; links < MOST_LINKS; links += 1) {
    const folder = realFolder(dirname(at));
    at = join(folder, basename(at));
    if (lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() !== true) break;
    at = resolve(folder, readlinkSync(at));
  }
  return at;
}

/** Resolves a folder that may not exist yet, below one that does. */
function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    const above = dirname(folder);
    return above === folder ? folder : join(realFolder(above), basename(folder));
  }
}

import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** As many as the operating system follows. */
const MOST_LINKS = 40;

/**
 * The file that a path leads to, which need not be there yet. The lock and the socket stand beside it: two programs that
 * name one store by two paths must meet there.
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

/** A folder that is not there yet, below one that is. */
function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    const above = dirname(folder);
    return above === folder ? folder : join(realFolder(above), basename(folder));
  }
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Asset {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly type: string;
  /** True if the name contains a hash of the content. */
  readonly isHashed: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** `dist/` of the package; the relative path is the same from sources and build. */
const FOLDER = fileURLToPath(new URL('../../dist/dashboard', import.meta.url));

/**
 * The files of the dashboard by URL path, all in memory: they are few and small. Empty if the dashboard was
 * not built.
 */
export function loadAssets(folder = FOLDER): ReadonlyMap<string, Asset> {
  if (!existsSync(folder)) return new Map();
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const address = `/${relative(folder, path).split(sep).join('/')}`;
      const type = TYPES[extname(entry.name)] ?? 'application/octet-stream';
      return [
        address,
        { body: new Uint8Array(readFileSync(path)), type, isHashed: address.startsWith('/assets/') },
      ];
    }),
  );
}

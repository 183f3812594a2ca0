import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

export interface Asset {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly type: string;
  /** The content compressed with gzip, computed at the first use. */
  readonly gzip: () => Uint8Array<ArrayBuffer>;
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
      return [address, toAsset(readFileSync(path), type, address.startsWith('/assets/'))];
    }),
  );
}

function toAsset(content: Buffer, type: string, isHashed: boolean): Asset {
  let zipped: Uint8Array<ArrayBuffer> | null = null;
  const gzip = () => (zipped ??= new Uint8Array(gzipSync(content, { level: 9 })));
  return { body: new Uint8Array(content), gzip, type, isHashed };
}

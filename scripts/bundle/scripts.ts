import type { Plugin } from 'vite';

/** Backslashes before a character that the engine keeps in two bytes: escaped once more, it would mean another text. */
const ESCAPED = /(?<!\\)(?:\\\\)*\\[^\0-\xff]/u;
const RAW = /String\.raw`[^`]*[^\0-\xff]/u;

/**
 * Makes the chunks CommonJS scripts, in a package of the other kind, and escapes characters beyond Latin-1 in them: with
 * one such character the engine keeps a whole chunk in two bytes per character.
 */
export function scripts(): Plugin {
  return {
    name: 'scripts',
    generateBundle(_, bundle) {
      this.emitFile({ type: 'asset', fileName: 'package.json', source: '{ "type": "commonjs" }\n' });
      for (const each of Object.values(bundle)) {
        // The line numbers stay the same.
        if (each.type === 'chunk') each.code = escaped(each.code, each.fileName);
      }
    },
  };
}

function escaped(code: string, file: string): string {
  const found = ESCAPED.exec(code) ?? RAW.exec(code);
  if (found) throw new Error(`${file}: ${found[0]} cannot be escaped; fix: write it as \\u`);
  return code.replaceAll(/[^\0-\xff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

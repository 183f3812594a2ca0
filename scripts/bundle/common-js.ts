import type { Plugin } from 'vite';

/** Marks the folder of the bundle as CommonJS: the package is of the other kind. */
export function commonJs(): Plugin {
  return {
    name: 'common-js',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'package.json', source: '{ "type": "commonjs" }\n' });
    },
  };
}

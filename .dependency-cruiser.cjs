// Allowed import directions, enforced in CI. Diagram: docs/architecture.md.
const { LAYERS, TOP, LIBRARIES } = require('./scripts/layers.cjs');

const FOLDERS = [...Object.keys(LAYERS), TOP];
/** A folder may import only itself and the folders in its row of the table. */
const layer = ([folder, allowed]) => ({
  name: `${folder}-imports`,
  severity: 'error',
  comment: `src/${folder} may import only: ${allowed.join(', ') || 'nothing of ours'} (scripts/layers.cjs)`,
  from: { path: `^src/${folder}/` },
  to: {
    path: '^(src|dashboard|test|bench|scripts)/',
    pathNot: [folder, ...allowed].map((each) => `^src/${each}/`),
  },
});
/**
 * A folder's own files may import its subfolders, and never the other way round: the folder rule of dependency-cruiser
 * counts a subfolder as part of its folder, so that it does not see a cycle between the two. `depth` is the number of
 * folders below src.
 */
const upwards = (depth) => ({
  name: `no-import-of-the-outer-folder-${depth}`,
  severity: 'error',
  comment:
    'a subfolder imports no file that lies beside it: move that file down, into a folder that both may import',
  from: { path: `^(src${'/[^/]+'.repeat(depth)})/.+/` },
  to: { path: '^$1/[^/]+$' },
});
const DEPTHS = [0, 1, 2];
const escaped = (text) => text.replaceAll('.', '\\.');
/** A library is imported only where the table allows it. */
const library = ([name, importers]) => ({
  name: `importers-of-${name}`,
  severity: 'error',
  comment: `${name} may be imported only by: ${importers.join(', ')} (scripts/layers.cjs)`,
  from: {
    path: '^src/',
    pathNot: importers.map((each) => `^src/${escaped(each)}${each.endsWith('/') ? '' : '$'}`),
  },
  to: { path: `node_modules/(@types/)?${name}/` },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-folder-cycles',
      severity: 'error',
      scope: 'folder',
      from: { path: '^src' },
      to: { path: '^src', circular: true },
    },
    ...DEPTHS.map(upwards),
    {
      name: 'known-folders',
      severity: 'error',
      comment: 'each file of src is in a folder that scripts/layers.cjs has a row for',
      from: { path: '^src/', pathNot: `^src/(${FOLDERS.join('|')})/` },
      to: {},
    },
    {
      name: 'known-folders-imported',
      severity: 'error',
      from: {},
      to: { path: '^src/', pathNot: `^src/(${FOLDERS.join('|')})/` },
    },
    ...Object.entries(LAYERS).map(layer),
    {
      name: 'pure-core',
      severity: 'error',
      comment: 'engine, rules and domain have no I/O',
      from: { path: '^src/(engine|rules|domain)/' },
      to: { dependencyTypes: ['core'] },
    },
    ...Object.entries(LIBRARIES).map(library),
    {
      name: 'listed-libraries',
      severity: 'error',
      comment: 'scripts/layers.cjs lists every library that src may import',
      from: { path: '^src/' },
      to: {
        path: 'node_modules/',
        pathNot: Object.keys(LIBRARIES).map((name) => `node_modules/(@types/)?${name}/`),
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node'],
    },
  },
};

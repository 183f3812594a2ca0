// Direction of the imports, held in CI. The picture: docs/architecture.md.
const DOMAIN = '^src/domain/';
const layer = (name, from, allowed) => ({
  name,
  severity: 'error',
  comment: `${from} may import only: ${allowed.join(', ') || 'nothing of ours'}`,
  from: { path: `^src/${from}` },
  to: { path: '^src/', pathNot: [`^src/${from}`, ...allowed.map((a) => `^src/${a}`)] },
});
const single = (library, pattern, importer) => ({
  name: `one-importer-${library}`,
  severity: 'error',
  comment: `${library} has one importer`,
  from: { path: '^src/', pathNot: importer },
  to: { path: `node_modules/${pattern}/` },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'domain-imports-nothing', severity: 'error', from: { path: DOMAIN }, to: { pathNot: DOMAIN } },
    layer('yaml-down', 'yaml/', ['domain/']),
    layer('config-down', 'config/', ['yaml/', 'domain/']),
    layer('rules-down', 'rules/', ['yaml/', 'domain/']),
    layer('engine-down', 'engine/', ['domain/']),
    layer('blotato-down', 'blotato/', ['domain/']),
    layer('store-down', 'store/', ['domain/']),
    layer('poller-down', 'poller/', ['engine/', 'rules/', 'config/', 'blotato/', 'store/', 'domain/']),
    layer('actions-down', 'actions/', ['engine/', 'rules/', 'config/', 'blotato/', 'store/', 'domain/']),
    layer('notify-down', 'notify/', ['actions/', 'engine/', 'store/', 'domain/']),
    layer('lint-down', 'lint/', ['actions/', 'engine/', 'rules/', 'yaml/', 'domain/']),
    layer('sandbox-down', 'sandbox/', ['blotato/', 'domain/']),
    {
      name: 'nobody-imports-the-top',
      severity: 'error',
      from: {
        path: '^src/(domain|yaml|config|rules|engine|blotato|store|poller|actions|notify|lint|sandbox)/',
      },
      to: { path: '^src/(cli/|server/|app\\.ts|polling\\.ts|project\\.ts)' },
    },
    {
      name: 'pure-core',
      severity: 'error',
      comment: 'engine, rules and domain have no I/O',
      from: { path: '^src/(engine|domain)/' },
      to: { dependencyTypes: ['core'] },
    },
    single('json-rules-engine', 'json-rules-engine', '^src/engine/evaluate\\.ts$'),
    single('yaml', 'yaml', '^src/yaml/document\\.ts$'),
    single('liquidjs', 'liquidjs', '^src/actions/render\\.ts$'),
    single('node-cron', 'node-cron', '^src/poller/schedule\\.ts$'),
    single('p-queue', 'p-queue', '^src/(actions/sender|blotato/throttle)\\.ts$'),
    single('pg', 'pg', '^src/store/(postgres/|transfer\\.ts)'),
    single('libsql', 'libsql', '^src/store/sqlite/open\\.ts$'),
    single('re2js', 're2js', '^src/engine/text/regex\\.ts$'),
    single('date-holidays', 'date-holidays', '^src/engine/calendar/holidays\\.ts$'),
    single('luxon', 'luxon', '^src/engine/calendar/zone\\.ts$'),
    single('nodemailer', 'nodemailer', '^src/notify/channels\\.ts$'),
    single('pino', 'pino', '^src/(app|log)\\.ts$'),
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

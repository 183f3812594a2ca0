// The table of the folders that each folder of src may import besides itself; enforced by .dependency-cruiser.cjs and
// shown in docs/architecture.md. All other imports are forbidden.
const LAYERS = {
  domain: [],
  yaml: ['domain'],
  config: ['domain', 'yaml'],
  rules: ['domain', 'yaml'],
  engine: ['domain'],
  blotato: ['domain'],
  store: ['domain'],
  log: ['domain'],
  poller: ['blotato', 'domain', 'engine', 'log', 'store'],
  actions: ['blotato', 'domain', 'engine', 'log', 'store'],
  workers: ['domain', 'log', 'store'],
  doctor: ['blotato', 'domain', 'engine'],
  rehearsal: ['actions', 'domain', 'engine', 'rules'],
  lint: ['domain', 'engine', 'rehearsal', 'rules', 'yaml'],
  notify: ['actions', 'domain', 'engine', 'store'],
  project: ['actions', 'config', 'domain', 'engine', 'importers', 'lint', 'log', 'poller', 'rules', 'yaml'],
  program: [
    'actions',
    'blotato',
    'domain',
    'engine',
    'log',
    'notify',
    'poller',
    'project',
    'store',
    'workers',
  ],
  suggest: ['domain', 'engine', 'rehearsal', 'store', 'yaml'],
  server: [
    'actions',
    'domain',
    'engine',
    'poller',
    'project',
    'rehearsal',
    'rules',
    'store',
    'suggest',
    'yaml',
  ],
  importers: ['domain', 'yaml'],
  sandbox: ['domain'],
};

/** `cli` may import all of them. */
const TOP = 'cli';

/**
 * The files of src that may import a library: a file, or a folder that ends in /. A library that is not listed is
 * forbidden.
 */
const LIBRARIES = {
  '@faker-js/faker': ['sandbox/'],
  '@hono/node-server': ['server/'],
  'ajv-formats': ['sandbox/description.ts'],
  'cli-table3': ['cli/'],
  commander: ['cli/command-line.ts', 'cli/people-commands.ts'],
  eld: ['engine/language/detector.ts'],
  'csv-parse': ['importers/csv.ts'],
  'date-holidays': ['engine/calendar/holidays.ts'],
  hono: ['server/'],
  'json-rules-engine': ['engine/evaluate.ts'],
  libsql: ['store/sqlite/open.ts'],
  'libphonenumber-js': ['engine/answers/phone.ts'],
  liquidjs: ['actions/compose/filter-arguments.ts', 'actions/compose/render.ts', 'actions/compose/work.ts'],
  luxon: ['engine/calendar/zone.ts'],
  'node-cron': ['poller/schedule.ts'],
  nodemailer: ['notify/channels.ts'],
  'openapi-backend': ['sandbox/description.ts'],
  'openapi-fetch': ['blotato/client.ts'],
  'p-queue': ['actions/outbox/sender.ts', 'blotato/throttle.ts'],
  pg: ['store/postgres/', 'store/transfer.ts'],
  picocolors: ['cli/'],
  pino: ['log/logger.ts'],
  'pino-pretty': ['log/logger.ts'],
  'prom-client': ['server/metrics.ts'],
  re2js: ['engine/text/regex.ts'],
  undici: ['blotato/exchange.ts'],
  yaml: ['yaml/document.ts', 'yaml/edit.ts', 'yaml/foreign.ts', 'yaml/problems.ts', 'yaml/write.ts'],
  zod: [
    'blotato/',
    'cli/',
    'config/',
    'importers/',
    'project/tables.ts',
    'rules/',
    'sandbox/say.ts',
    'server/',
    'store/journalled-decision.ts',
    'yaml/',
  ],
};

module.exports = { LAYERS, TOP, LIBRARIES };

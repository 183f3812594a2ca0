// `npm run bench`: throughput of the program, compared with alternatives. Ratios within one run are more reliable than
// its figures, which depend on the machine. `--json` prints one document; `--quick` measures for a shorter time.
import { cpSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { benchDashboard } from './dashboard.js';
import { benchBuild, benchEngine, ratios } from './engine.js';
import { benchIdle } from './idle.js';
import { benchLatency, benchSends, benchThroughput } from './pipeline.js';
import { benchReload } from './reload.js';
import { buildTable, engineTable, pairTable, pipelineTable } from './tables.js';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    journal: { type: 'string', default: '0,1000000' },
    scales: { type: 'string', default: '10,100,1000,10000,100000' },
  },
});
const scales = values.scales.split(',').map(Number);
const asked = (part: string): boolean => values.only === undefined || values.only === part;
const say = (line: string): void => void process.stderr.write(`${line}\n`);

const machine = { cpu: cpus()[0]?.model ?? '?', cores: cpus().length, node: process.version };
const result: Record<string, unknown> = { machine };
const tables: string[] = [`${machine.cpu}, ${machine.cores} cores, Node ${machine.node}`];

if (asked('build')) {
  const build = benchBuild(scales);
  result['build'] = build;
  tables.push(buildTable(build));
}
if (asked('engine')) {
  const rows = await benchEngine({
    lasts: values.quick ? 300 : 1_500,
    scales,
    onRow: ({ kind, rules, variant, speed }) =>
      say(`${kind} ${rules} ${variant}: ${speed ? `${Math.round(speed.perSecond)} a second` : 'left out'}`),
  });
  result['engine'] = rows;
  result['ratios'] = ratios(rows);
  tables.push(engineTable(rows), pairTable(['ratio', 'times'], ratios(rows)));
}
if (asked('reload')) {
  const reload = await benchReload();
  result['reload'] = reload;
  tables.push(pairTable(['10,000 rules from YAML', 'ms'], reload));
}
if (asked('pipeline')) {
  // The sandbox reads the API descriptions from a folder beside it.
  cpSync('openapi', '.bench/build/openapi', { recursive: true });
  const events = values.quick ? 1_500 : 5_000;
  const throughput = [];
  for (const rows of values.journal.split(',').map(Number)) {
    say(`pipeline: ${events} events beside ${rows} rows`);
    throughput.push(await benchThroughput(events, rows));
  }
  say('pipeline: sends');
  const sent = await benchSends(events);
  say('pipeline: latency');
  const latency = await benchLatency(values.quick ? 40 : 150);
  Object.assign(result, { throughput, sent, latency });
  tables.push(
    pipelineTable(throughput),
    pairTable(
      ['10,000 rules', ''],
      [
        { name: 'answers sent a second', value: sent.sentPerSecond },
        { name: 'from visible to POST, median, ms', value: latency.p50 },
        { name: 'the same, 99th percentile, ms', value: latency.p99 },
        { name: 'polled every, ms', value: latency.interval },
      ],
    ),
  );
}
if (asked('idle')) {
  cpSync('openapi', '.bench/build/openapi', { recursive: true });
  say('idle');
  const idle = await benchIdle(values.quick ? 15_000 : 60_000);
  result['idle'] = idle;
  tables.push(
    pairTable(
      ['10,000 rules, 20 accounts, nobody writes', ''],
      [
        { name: 'memory in MB', value: idle.megabytes },
        { name: '% of a core', value: idle.cpuPercent },
      ],
    ),
  );
}
if (asked('dashboard')) {
  // The output of `npm run build`.
  cpSync('dist/dashboard', '.bench/build/dist/dashboard', { recursive: true });
  const rows = Number(values.journal.split(',').at(-1));
  say(`dashboard: beside ${rows} rows`);
  const waits = await benchDashboard(rows);
  result['dashboard'] = waits;
  tables.push(
    pairTable(
      [`${rows} rows in the journal: what a page waits for`, 'ms'],
      waits.flatMap(({ name, first, firstCpu, later }) => [
        { name: `${name}, first`, value: first },
        { name: `${name}, first, CPU`, value: firstCpu },
        { name: `${name}, later`, value: later },
      ]),
    ),
  );
}
process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `${tables.join('\n\n')}\n`);

// `npm run bench`: what the program does in a second, and beside what. Ratios within one run say more than its figures,
// which depend on the machine. `--json` prints one document; `--quick` measures for a shorter time.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { benchBuild, benchEngine, ratios } from './engine.js';
import { engineTable, buildTable, ratioTable } from './tables.js';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
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
  tables.push(engineTable(rows), ratioTable(ratios(rows)));
}
process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `${tables.join('\n\n')}\n`);

import Table from 'cli-table3';
import { type Baseline, changeOf } from './baseline.js';
import { type Figure, meets, type Portable, type Target, type Unit } from './figure.js';

const NUMBER = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

/** One table of all figures, by part. `vs` is the name of the other build, if there is one. */
export function tableOf(figures: readonly Figure[], baseline: Baseline, vs: string | null): string {
  const head = [
    'figure',
    'this version',
    ...(vs === null ? [] : [vs, 'ratio']),
    'baseline',
    'change',
    'asked',
  ];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  let part = '';
  for (const figure of figures) {
    if (figure.part !== part) table.push([{ colSpan: head.length, content: `${figure.part}:` }]);
    part = figure.part;
    table.push(rowOf(figure, baseline, vs !== null));
  }
  return table.toString();
}

function rowOf(figure: Figure, baseline: Baseline, isCompared: boolean): string[] {
  const { name, value, unit, portable, vs } = figure;
  const change = changeOf(figure, baseline);
  const own = portable?.unit === 'nodes' ? ` = ${amount(portable.value, 'nodes')}` : '';
  return [
    `  ${name}`,
    `${amount(value, unit)}${own}`,
    ...(isCompared ? compared(vs, unit) : []),
    change === null || portable === null ? '' : amount(change.stored, portable.unit),
    change === null ? '' : `${percent(change.share)}${change.verdict === null ? '' : ` ${change.verdict}`}`,
    figure.asked.map((target) => asked(figure, target)).join('; '),
  ];
}

/** The other build's value and the ratio to it, which two counts of 0 do not have. */
function compared(vs: Figure['vs'], unit: Unit): string[] {
  if (vs === null) return ['', ''];
  return [amount(vs.value, unit), Number.isFinite(vs.ratio) ? NUMBER.format(vs.ratio) : ''];
}

function amount(value: number, unit: Unit | Portable['unit']): string {
  if (unit === 'ms' && value >= 10_000) return `${NUMBER.format(value / 1_000)} s`;
  return `${NUMBER.format(value)} ${unit}`;
}

function percent(share: number): string {
  return `${share < 0 ? '' : '+'}${Math.round(share * 100)} %`;
}

function asked(figure: Figure, target: Target): string {
  const { of, is, limit } = target;
  const met = meets(figure, target);
  const result = met === null ? '' : met ? ', met' : ', missed';
  return `${of === 'ratio' ? 'ratio ' : ''}${is} ${NUMBER.format(limit)}${result}`;
}

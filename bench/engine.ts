// Decisions per second by the number of rules, compared with other engines.
import { heapUsed, measure, type Speed } from './measure.js';
import { type Kind, trafficOf } from './traffic.js';
import { NAIVE, OURS, SCAN, setOf, VARIANTS } from './variants.js';

export interface EngineRow {
  readonly kind: Kind;
  readonly rules: number;
  readonly variant: string;
  /** Result of a variant; null if left out, not installed, or too slow at that size. */
  readonly speed: Speed | null;
}

export interface EngineOptions {
  /** Time limit per variant and size, in milliseconds. */
  readonly lasts: number;
  readonly scales: readonly number[];
  readonly onRow: (row: EngineRow) => void;
}

const MESSAGES = 3_000;

/** Rules with whole words run at every size for all variants; the other kinds only at the sizes that have a goal. */
const KINDS: readonly { readonly kind: Kind; readonly scales: readonly number[] }[] = [
  { kind: 'word', scales: [10, 100, 1_000, 10_000, 100_000] },
  { kind: 'mixed', scales: [10, 100, 1_000, 10_000, 100_000] },
  { kind: 'typos', scales: [1_000, 10_000] },
  { kind: 'regex', scales: [100, 1_000] },
];

export async function benchEngine({ lasts, scales, onRow }: EngineOptions): Promise<EngineRow[]> {
  const rows: EngineRow[] = [];
  for (const { kind, scales: own } of KINDS) {
    for (const size of own.filter((each) => scales.includes(each))) {
      const traffic = trafficOf(kind, size, MESSAGES);
      for (const { name, mostRules, prepare } of VARIANTS) {
        if (kind !== 'word' && name !== OURS && name !== SCAN) continue;
        const decide = size <= mostRules ? await prepare(traffic) : null;
        const speed = decide && (await measure(MESSAGES, decide, { lasts }));
        const row = { kind, rules: size, variant: name, speed };
        rows.push(row);
        onRow(row);
      }
    }
  }
  return rows;
}

export interface BuildRow {
  readonly rules: number;
  readonly milliseconds: number;
  readonly megabytes: number;
}

/** Time to compile a rule set, and memory to keep it. */
export function benchBuild(scales: readonly number[]): BuildRow[] {
  return scales.map((rules) => {
    const traffic = trafficOf('word', rules, 1);
    const before = heapUsed();
    const began = performance.now();
    const set = setOf(traffic.rules);
    const milliseconds = performance.now() - began;
    const megabytes = (heapUsed() - before) / 2 ** 20;
    if (set.rules.length !== rules) throw new Error('a rule is missing');
    return { rules, milliseconds, megabytes };
  });
}

/** The goals, which are ratios within one run. */
export function ratios(rows: readonly EngineRow[]): { readonly name: string; readonly value: number }[] {
  const speedOf = (variant: string, rules: number): number =>
    rows.find((row) => row.kind === 'word' && row.variant === variant && row.rules === rules)?.speed?.mean ??
    NaN;
  return [
    {
      name: 'json-rules-engine over ours, 10,000 rules',
      value: speedOf(NAIVE, 10_000) / speedOf(OURS, 10_000),
    },
    {
      name: 'ours over the bare look-up, 10,000 rules',
      value: speedOf(OURS, 10_000) / speedOf(SCAN, 10_000),
    },
    { name: 'ours, 10,000 rules over 10 rules', value: speedOf(OURS, 10_000) / speedOf(OURS, 10) },
  ];
}

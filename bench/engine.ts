// Time to compile a rule set, and memory to keep it.
import { heapUsed } from './measure.js';
import { trafficOf } from './traffic.js';
import { setOf } from './variants.js';

export interface BuildRow {
  readonly rules: number;
  readonly milliseconds: number;
  readonly megabytes: number;
}

/** Compiles a rule set of each size. */
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

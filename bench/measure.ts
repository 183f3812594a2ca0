import { performance } from 'node:perf_hooks';

/** The measurement of one variant with one rule set. Times in microseconds. */
export interface Speed {
  readonly perSecond: number;
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
  readonly decisions: number;
}

export interface MeasureOptions {
  /** Duration of the measurement in milliseconds, after a warm-up of a quarter of it. */
  readonly lasts: number;
}

const MOST_SAMPLES = 400_000;

/**
 * Decides one message after the other, each timed; at least three, however slow the variant. A warm-up decides each
 * message once, for up to twice the time, because rules are compiled at their first use.
 */
export async function measure(
  events: number,
  decide: (event: number) => unknown,
  { lasts }: MeasureOptions,
): Promise<Speed> {
  const warm = performance.now() + 2 * lasts;
  for (let n = 0; n < events && performance.now() < warm; n += 1) await decide(n);
  await repeat(events, decide, lasts / 4);
  const samples = await repeat(events, decide, lasts);
  const total = samples.reduce((sum, each) => sum + each, 0);
  const sorted = Float64Array.from(samples).sort();
  const at = (share: number): number =>
    (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0) * 1000;
  return {
    perSecond: (samples.length / total) * 1000,
    mean: (total / samples.length) * 1000,
    p50: at(0.5),
    p99: at(0.99),
    decisions: samples.length,
  };
}

async function repeat(events: number, decide: (event: number) => unknown, lasts: number): Promise<number[]> {
  const samples: number[] = [];
  const end = performance.now() + lasts;
  let now = performance.now();
  for (let n = 0; (now < end || n < 3) && n < MOST_SAMPLES; n += 1) {
    const result = decide(n % events);
    if (result instanceof Promise) await result;
    const after = performance.now();
    samples.push(after - now);
    now = after;
  }
  return samples;
}

/** Heap in use after a collection, in bytes; run with --expose-gc. */
export function heapUsed(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed: heap, arrayBuffers } = process.memoryUsage();
  return heap + arrayBuffers;
}

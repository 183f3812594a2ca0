import { readFileSync } from 'node:fs';

/** The memory of a process over time, in MiB. */
export interface MemoryFigures {
  readonly samples: number;
  /** The median of the second fifth of the samples; the first fifth is the warm-up. */
  readonly early: number;
  readonly late: number;
  readonly most: number;
}

const PART = 5;

/**
 * Resident memory of a process, in MiB, from /proc; null on systems without /proc, or if the process has
 * ended.
 */
export function residentMemory(pid: number): number | null {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? null : Number(kib) / 1024;
  } catch {
    return null;
  }
}

/** Summary of the samples; null if there are too few. */
export function memoryFigures(samples: readonly number[]): MemoryFigures | null {
  const size = Math.floor(samples.length / PART);
  if (size < 3) return null;
  const median = (part: readonly number[]) =>
    [...part].sort((a, b) => a - b)[Math.floor(part.length / 2)] ?? 0;
  return {
    samples: samples.length,
    early: Math.round(median(samples.slice(size, 2 * size))),
    late: Math.round(median(samples.slice(-size))),
    most: Math.round(Math.max(...samples)),
  };
}

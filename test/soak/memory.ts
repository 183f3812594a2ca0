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

/** Resident memory of a process now, in MiB; null where the system does not tell (it is read from /proc), or when it is gone. */
export function residentMemory(pid: number): number | null {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? null : Number(kib) / 1024;
  } catch {
    return null;
  }
}

/** Null if there are too few samples. */
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

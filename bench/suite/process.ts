// Resources of running processes, read from /proc of Linux.
import { readdirSync, readFileSync } from 'node:fs';

/** CPU time of a process in milliseconds, all its threads together; Linux counts it in hundredths of a second. */
export function cpuOf(pid: number): number {
  const { own } = processOf(read(pid, 'stat'));
  return own;
}

/**
 * CPU time in milliseconds of a process, of its children, and of those that ended, such as a database server with its
 * connections. Each must have one thread: Linux counts the first in nanoseconds, and of a process only that.
 */
export function cpuOfFamily(pid: number): number {
  const { ofEnded } = processOf(read(pid, 'stat'));
  return [pid, ...childrenOf(pid)].reduce((sum, each) => sum + firstThreadOf(each), ofEnded);
}

/** Peak of the resident memory of a process, in MB. */
export function peakOf(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/u.exec(read(pid, 'status'))?.[1]) / 1_024;
}

interface Process {
  readonly parent: number;
  /** CPU time in milliseconds. */
  readonly own: number;
  /** CPU time of the children that ended, in milliseconds. */
  readonly ofEnded: number;
}

/** Parses /proc/PID/stat. The name, in brackets, may contain spaces and brackets. */
export function processOf(stat: string): Process {
  const [, parent, ...fields] = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
  const [user = 0, system = 0, userOfEnded = 0, systemOfEnded = 0] = fields
    .slice(9, 13)
    .map((ticks) => Number(ticks) * 10);
  return { parent: Number(parent), own: user + system, ofEnded: userOfEnded + systemOfEnded };
}

function read(pid: number | string, file: string): string {
  return readFileSync(`/proc/${pid}/${file}`, 'utf8');
}

function childrenOf(pid: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/u.test(name));
  return pids.filter((each) => ifRunning(() => processOf(read(each, 'stat')).parent) === pid).map(Number);
}

function firstThreadOf(pid: number): number {
  return ifRunning(() => Number(read(pid, 'schedstat').split(' ')[0]) / 1e6) ?? 0;
}

/** Returns null if the process ended meanwhile. */
function ifRunning<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}

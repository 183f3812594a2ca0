import type { Finding } from '../domain/finding.js';
import { formatFinding } from '../yaml/frame.js';

/** Data goes to stdout and nothing else does; what is said about the work goes to stderr. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Prints findings in the order of the files, then how many there are. */
export function sayFindings(findings: readonly Finding[]): void {
  for (const finding of findings) say(`${formatFinding(finding)}\n`);
  const errors = findings.filter((finding) => finding.severity === 'error').length;
  say(`${count(errors, 'error')}, ${count(findings.length - errors, 'warning')}`);
}

export function count(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? '' : 's'}`;
}

/** A reader that went away (`| head`) is no error. */
export function endQuietlyOnClosedPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

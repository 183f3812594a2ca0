import { CommanderError } from 'commander';
import { StoreError } from '../store/ports/store-error.js';
import { Exit } from './exit.js';
import { say } from './output.js';

/**
 * EX_SOFTWARE of sysexits.h: exit codes 1 and 2 are user errors and must not trigger a restart by a
 * supervisor; this one should.
 */
export const BUG = 70;

/** Prints the error and returns its exit code; the only place that does. */
export function codeOf(error: unknown, stderr: NodeJS.WritableStream = process.stderr): number {
  // The command-line library has already printed the error.
  if (error instanceof CommanderError) return error.exitCode;
  if (error instanceof Exit) {
    if (error.message !== '') say(`autoresponder: ${error.message}`, stderr);
    return error.code;
  }
  if (error instanceof StoreError || isOfSystem(error)) {
    say(`autoresponder: ${error.message}`, stderr);
    return 1;
  }
  sayBug(error, stderr);
  return BUG;
}

export function sayBug(error: unknown, stderr: NodeJS.WritableStream = process.stderr): void {
  say(`autoresponder: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`, stderr);
}

/**
 * An error of the operating system (no permission, a folder instead of a file, a full disk) is not a bug of
 * the program.
 */
function isOfSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

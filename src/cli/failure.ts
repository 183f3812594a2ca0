import { CommanderError } from 'commander';
import { isLostConnection } from '../store/postgres/lost-connection.js';
import { StoreError } from '../store/ports/store-error.js';
import { Exit } from './exit.js';
import { say } from './output.js';

/**
 * EX_SOFTWARE of sysexits.h: exit codes 1 and 2 are user errors and must not trigger a restart by a
 * supervisor; this one should.
 */
export const BUG = 70;
/** EX_TEMPFAIL of sysexits.h: the cause is outside and may end by itself, so a supervisor should start it again. */
const TRY_AGAIN = 75;

/** Prints the error and returns its exit code; the only place that does. */
export function codeOf(error: unknown, stderr: NodeJS.WritableStream = process.stderr): number {
  // The command-line library has already printed the error.
  if (error instanceof CommanderError) return error.exitCode;
  if (error instanceof Exit) {
    if (error.message !== '') say(`autoresponder: ${error.message}`, stderr);
    return error.code;
  }
  const isAway = isLostConnection(error);
  if (error instanceof StoreError || isOfSystem(error) || isAway) {
    say(`autoresponder: ${withFix(error)}`, stderr);
    return isAway || endsByItself(error) ? TRY_AGAIN : 1;
  }
  sayBug(error, stderr);
  return BUG;
}

/** Another process has the store, the clock is not set yet, or an address of this machine is not up yet. */
function endsByItself({ code }: StoreError | NodeJS.ErrnoException): boolean {
  return code === 'locked' || code === 'clock' || code === 'EADDRNOTAVAIL';
}

export function sayBug(error: unknown, stderr: NodeJS.WritableStream = process.stderr): void {
  say(`autoresponder: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`, stderr);
}

/** Fixes of errors of the operating system, by their code. */
const FIXES: Readonly<Record<string, string>> = {
  EACCES: 'give the user that runs this command access to it',
  EPERM: 'give the user that runs this command access to it',
  EROFS: 'name a place on a disk that can be written',
  ENOSPC: 'free some space on the disk',
  EDQUOT: 'free some space on the disk',
  EISDIR: 'name a file; this is a folder',
  ENOTDIR: 'name a file in a folder; a part of this path is a file',
  ENOENT: 'check the path',
  EADDRINUSE: 'stop the program that uses this port, or give another one',
  EADDRNOTAVAIL: 'give an address of this machine',
  EMFILE: 'allow this user more open files (`ulimit -n`)',
};

function withFix(error: Error): string {
  const { message } = error;
  if (message.includes('fix: ')) return message;
  const code = 'code' in error ? String(error.code) : '';
  return `${message}; fix: ${FIXES[code] ?? 'check the file, address or disk that it names'}`;
}

/**
 * An error of the operating system (no permission, a folder instead of a file, a full disk) is not a bug of
 * the program.
 */
function isOfSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

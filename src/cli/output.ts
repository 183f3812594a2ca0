import { isAbsolute, relative } from 'node:path';
import type { Finding } from '../domain/finding.js';
import { forTerminal, jsonForTerminal, plain } from '../domain/terminal.js';
import { ONLY_WORKSPACE } from '../domain/workspaces.js';
import { formatFinding } from '../yaml/frame.js';

/**
 * Commands in a message as the user can paste them. Where the program was started by npx, it is usually not installed as a
 * command of its own; npm sets this variable.
 */
export function asCalled(line: string): string {
  return process.env['npm_command'] === 'exec'
    ? line.replaceAll('`autoresponder ', '`npx autoresponder ')
    : line;
}

/** The configuration that commands take without `--config`. */
const USUAL_CONFIG = './config.yaml';

/** A command with the options that it needs to reach the same workspace of the same configuration. */
export function pasted(
  command: string,
  { config, workspace }: { readonly config: string; readonly workspace: string },
): string {
  const of = workspace === ONLY_WORKSPACE ? '' : ` --workspace ${inShell(workspace)}`;
  return `autoresponder ${command}${of}${config === USUAL_CONFIG ? '' : ` --config ${inShell(config)}`}`;
}

/** The command that ends a pause of this scope: `resume --contact 17`. */
export function resumeOf(scope: string): string {
  const [kind = '', ...id] = scope.split(':');
  return id.length === 0 ? 'resume' : `resume --${kind} ${inShell(id.join(':'))}`;
}

/** An argument as shells read it, without control characters. */
export function inShell(argument: string): string {
  const text = plain(argument);
  return /^[\w.@%+:,/=-]+$/u.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** stdout is for data only; messages about the work go to stderr. */
export function print(line: string): void {
  process.stdout.write(`${forTerminal(line)}\n`);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${jsonForTerminal(JSON.stringify(value))}\n`);
}

/** Lines of JSON for stdout that are written together, once an iteration of the event loop. */
export interface JsonLines {
  add(value: unknown): void;
  /** Writes the lines that are left. */
  flush(): void;
}

/** Many lines of JSON: with a write for each, `replay` waited longer for its pipe than it worked. */
export function createJsonLines(): JsonLines {
  let waiting = '';
  const flush = (): void => {
    if (waiting !== '') process.stdout.write(waiting);
    waiting = '';
  };
  return {
    add(value) {
      if (waiting === '') setImmediate(flush);
      waiting += `${jsonForTerminal(JSON.stringify(value))}\n`;
    },
    flush,
  };
}

export function say(line: string, stderr: NodeJS.WritableStream = process.stderr): void {
  stderr.write(`${forTerminal(asCalled(line))}\n`);
}

/** A file path for display: relative if it is below the current folder. */
export function nearPath(file: string): string {
  if (/^https?:/u.test(file)) return file;
  const near = relative(process.cwd(), file);
  return isAbsolute(file) && near !== '' && !near.startsWith('..') && !isAbsolute(near) ? near : file;
}

export function withNearPath(finding: Finding): Finding {
  return { ...finding, file: nearPath(finding.file) };
}

/** A finding as `--json` prints it: its fix has the key `mend`, which is public since the first release. */
export function withPublicKeys({ fix, ...finding }: { readonly fix: string | null }): object {
  return { ...finding, mend: fix };
}

/** Prints findings in the order of the files, then how many there are. */
export function sayFindings(
  findings: readonly Finding[],
  stderr: NodeJS.WritableStream = process.stderr,
): void {
  for (const finding of findings) say(`${formatFinding(withNearPath(finding))}\n`, stderr);
  const errors = findings.filter((finding) => finding.severity === 'error').length;
  say(`${count(errors, 'error')}, ${count(findings.length - errors, 'warning')}`, stderr);
}

export function count(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? '' : 's'}`;
}

/** A closed reader (`| head`) is not an error. If only stderr is closed, the work continues without it. */
export function endQuietlyOnClosedPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

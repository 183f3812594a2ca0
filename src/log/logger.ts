import pino, { type Logger } from 'pino';
import type pretty from 'pino-pretty';
import { createRequire } from 'node:module';
import { Writable } from 'node:stream';
import { LIMITS } from '../domain/limits.js';
import { forTerminal, jsonForTerminal } from '../domain/terminal.js';

export type { Logger } from 'pino';

export interface LogOptions {
  readonly level: string;
  readonly pretty: 'auto' | boolean;
  /** Values that must never be written: the API key, a token. One below `LIMITS.shortestSecret` is left as it is. */
  readonly secrets: readonly string[];
}

/**
 * The program's log, on stderr. pino's own redaction works by paths and is not recursive, so the finished
 * line is searched for the secrets as well: every line passes through here.
 */
export function createLogger(
  { level, pretty: style, secrets }: LogOptions,
  out: NodeJS.WritableStream = process.stderr,
): Logger {
  const isPretty = style === 'auto' ? process.stderr.isTTY : style;
  // Each secret as it is, as JSON and as URL text.
  const wanted = secrets
    .filter((secret) => secret.length >= LIMITS.shortestSecret)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]);
  const boundary = new Writable({
    write(chunk: Buffer, _encoding, done) {
      let line = chunk.toString('utf8');
      for (const secret of wanted) line = line.replaceAll(secret, '[redacted]');
      out.write(isPretty ? forTerminal(line) : jsonForTerminal(line));
      done();
    },
  });
  const target = isPretty
    ? prettyStream()({
        colorize: process.stderr.isTTY,
        translateTime: 'SYS:HH:MM:ss',
        ignore: 'pid,hostname',
        destination: boundary,
      })
    : boundary;
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, target);
}

/** Loaded only for people: its modules take some hundredths of a second. */
function prettyStream(): typeof pretty {
  return createRequire(import.meta.url)('pino-pretty') as typeof pretty;
}

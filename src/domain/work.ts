import type { BodyTemplate, HeaderTemplates } from './request.js';
import type { Instant, Millis } from './time.js';

/** Methods of a fetch. */
export const FETCH_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type FetchMethod = (typeof FETCH_METHODS)[number];

/** Methods that change nothing, or the same when repeated, so that they may be retried. */
export const SAFE_METHODS: ReadonlySet<FetchMethod> = new Set(['GET', 'HEAD', 'PUT', 'DELETE']);

/** Steps that wait for work outside of the decision: the run stops at them, and continues with the result. */
export type WorkStep = CodeStep | FetchStep;

interface WorkTargets {
  /** Position of the next step. */
  readonly next: number;
  /** Position of the steps after a failure, which end the funnel; null to end it as failed. */
  readonly otherwise: number | null;
}

/** Hands out a code of a pool: one per contact, never the same to two. */
export interface CodeStep extends WorkTargets {
  readonly type: 'code';
  /** Name of the pool: the file as written in the rule. */
  readonly pool: string;
  readonly file: string;
  /** Field of the contact that stores the code. */
  readonly save: string;
  /** Number of codes left at which the owner is notified. */
  readonly low: number;
}

/** Asks another service. */
export interface FetchStep extends WorkTargets {
  readonly type: 'fetch';
  readonly url: string;
  readonly method: FetchMethod;
  readonly headers?: HeaderTemplates;
  readonly body?: BodyTemplate;
  /** Paths in the response by the field of the contact that stores the value. */
  readonly save: Readonly<Record<string, string>>;
  readonly timeout: Millis;
  /** True to send an idempotency key, so that any method may be retried. */
  readonly sendsKey: boolean;
}

/** Result of the work of a step. */
export type WorkResult =
  | { readonly ok: true; readonly fields: Readonly<Record<string, string>>; readonly note: string }
  | { readonly ok: false; readonly note: string };

/** Results that a test gives, so that nothing is fetched. */
export interface GivenWork {
  /** Body of the response, or `error`; undefined if the test gives none. */
  readonly fetch?: unknown;
  /** The code, or `empty`. */
  readonly code?: string;
}

/** A pool of codes of which few are left. */
export interface LowPool {
  readonly pool: string;
  readonly left: number;
  readonly since: Instant;
}

/** Result of taking a code. `left` is the number of codes left afterwards. */
export interface TakenCode {
  readonly code: string | null;
  readonly left: number;
}

const PATH = /^\$(?:\.[A-Za-z_][A-Za-z0-9_-]*|\[\d{1,4}\])*$/u;
const LONGEST_VALUE = 1_000;

/** True for a path that `valueAtPath` reads. */
export function isJsonPath(path: string): boolean {
  return PATH.test(path);
}

/** Value at a path such as `$.items[0].status`, as text; null if there is no single value. */
export function valueAtPath(body: unknown, path: string): string | null {
  let at = body;
  for (const [, name, index] of path.matchAll(/\.([A-Za-z_][A-Za-z0-9_-]*)|\[(\d+)\]/gu)) {
    if (typeof at !== 'object' || at === null) return null;
    const key = name ?? index ?? '';
    at = Object.hasOwn(at, key) ? (at as Record<string, unknown>)[key] : undefined;
  }
  if (typeof at !== 'string' && typeof at !== 'number' && typeof at !== 'boolean') return null;
  return String(at).slice(0, LONGEST_VALUE);
}

/** Longest code, in characters. */
export const LONGEST_CODE = 200;

/** The codes of a file, and the lines that give none. Lines are counted from 1. */
export interface CodeList {
  readonly codes: readonly string[];
  /** Lines whose code stands on an earlier line as well. */
  readonly repeated: readonly number[];
  /** Lines with more than LONGEST_CODE characters in their first column. */
  readonly tooLong: readonly number[];
}

/** Reads the first column of a file, without a heading `code`, empty lines and repeats. */
export function readCodes(text: string): CodeList {
  const codes = new Set<string>();
  const repeated: number[] = [];
  const tooLong: number[] = [];
  for (const [index, line] of text
    .replace(/^\u{feff}/u, '')
    .split(/\r\n|\n|\r/u)
    .entries()) {
    const cell = /^\s*(?:"(?<quoted>[^"]*)"|(?<plain>[^,;\t]*))/u.exec(line)?.groups;
    const code = (cell?.['quoted'] ?? cell?.['plain'] ?? '').trim();
    if (code === '' || (index === 0 && code.toLowerCase() === 'code')) continue;
    if (code.length > LONGEST_CODE) tooLong.push(index + 1);
    else if (codes.has(code)) repeated.push(index + 1);
    else codes.add(code);
  }
  return { codes: [...codes], repeated, tooLong };
}

/** The codes of a file. */
export function codesIn(text: string): readonly string[] {
  return readCodes(text).codes;
}

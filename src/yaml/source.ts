import type { Finding } from '../domain/finding.js';
import type { Place } from '../domain/rule.js';

/** The path from the root of a document to a value: keys and list indexes. */
export type Path = readonly PropertyKey[];

/** A problem at a place in a document. */
export interface Problem {
  /** A short stable name, such as `unknown-key`. */
  readonly code: string;
  readonly message: string;
  readonly fix?: string | null;
  /** Severity of the finding. @default error */
  readonly severity?: Finding['severity'];
  /** Part of the `key: value` pair to point at. @default the value */
  readonly at?: 'key' | 'value';
  /** Offset within the text value, for a place inside it. */
  readonly offset?: number | null;
}

/** A parsed YAML text: its plain value, and methods to report problems with their place. */
export interface YamlSource {
  readonly file: string;
  /** The value as plain JavaScript. Undefined if the text is not YAML; then the findings give the reason. */
  readonly value: unknown;
  /**
   * Records a problem. Ignored for a value whose environment variable is missing, since that is reported
   * already.
   */
  readonly report: (path: Path, problem: Problem) => void;
  /** Builds the finding without recording it, for problems found after all checks. */
  readonly point: (path: Path, problem: Problem) => Finding;
  /** All recorded findings, in the order of the file, without duplicates. */
  readonly findings: () => readonly Finding[];
  /** Position of the value; for a block of keys that of its first key. */
  readonly place: (path: Path) => Place;
  /** Describes the value for a message: quoted and shortened, never a value from the environment. */
  readonly describe: (path: Path) => string;
  /** The text of an unquoted value; null for quoted texts, lists and blocks. */
  readonly unquoted: (path: Path) => string | null;
  /** True for an unquoted value with text from the environment, which may be meant as a number. */
  readonly isFromEnvironment: (path: Path) => boolean;
  /** True for a value that may be empty, because it is a reference with an empty default: `${NAME:-}`. */
  readonly isOptional: (path: Path) => boolean;
}

/** The value at a path, or undefined. */
export function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<PropertyKey, unknown>)[step];
  }
  return at;
}

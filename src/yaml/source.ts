import type { Finding } from '../domain/finding.js';
import type { Place } from '../domain/rule.js';

/** The way from the top of a document to a value: keys and positions in lists. */
export type Path = readonly PropertyKey[];

/** Something to say about a place in a document. */
export interface Problem {
  /** A short stable name, such as `unknown-key`. */
  readonly code: string;
  readonly message: string;
  readonly mend?: string | null;
  /** Default: an error. */
  readonly severity?: Finding['severity'];
  /** Which end of a pair is meant: default the value. */
  readonly at?: 'key' | 'value';
  /** Characters into the text that the value is, for a place inside it. */
  readonly offset?: number | null;
}

/** A YAML text that was read: its plain value, and a way to say what is wrong with it and where. */
export interface YamlSource {
  readonly file: string;
  /** As JavaScript knows it. Undefined when the text is no YAML; the findings say why. */
  readonly value: unknown;
  /** Records a problem. A value whose environment variable is missing is not reported a second time. */
  readonly report: (path: Path, problem: Problem) => void;
  /** The same as a finding of its own, which is not recorded: for what is seen after all is checked. */
  readonly point: (path: Path, problem: Problem) => Finding;
  /** All that was reported, in the order of the file, each once. */
  readonly findings: () => readonly Finding[];
  /** Where the value stands; of a block of keys its first key. */
  readonly place: (path: Path) => Place;
  /** The value in words for a message: quoted and shortened, and never what came from the environment. */
  readonly describe: (path: Path) => string;
  /** The text of a value that stands without quotes; null for quoted texts, lists and blocks. */
  readonly unquoted: (path: Path) => string | null;
  /** Whether a value without quotes holds text from the environment, which may mean a number. */
  readonly isFromEnvironment: (path: Path) => boolean;
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

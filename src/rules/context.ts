import type { EventKind, Platform } from '../domain/event.js';
import type { TableSource } from '../domain/faq.js';
import type { KeywordSpec } from '../domain/rule.js';
import type { Path, YamlSource } from '../yaml/source.js';

/** A problem found in a template. */
export interface TemplateProblem {
  readonly message: string;
  readonly fix: string | null;
  /** Offset into the template in characters; null if unknown. */
  readonly offset: number | null;
}

/** A file of codes. */
export interface CodeFile {
  /** Path of the file. */
  readonly file: string;
  readonly count: number;
  /** Problems, each with its message after the name of the file: `is empty`. An error keeps it from being used. */
  readonly problems: readonly {
    readonly message: string;
    readonly fix: string;
    readonly severity: 'error' | 'warning';
  }[];
}

/**
 * Kind of text a template is for: a reply to a message or to a comment, or `neither` when that is not known.
 */
export type TextKind = EventKind | 'neither';

/**
 * Everything that rules are checked against: the configuration, and the checkers for templates and keywords.
 */
export interface RuleContext {
  readonly accounts: readonly { readonly name: string; readonly platform: Platform }[];
  readonly calendars: readonly string[];
  readonly checkTemplate: (
    text: string,
    use: { readonly kind: TextKind; readonly calendars: readonly string[] },
  ) => readonly TemplateProblem[];
  /** Internal hosts that webhooks may call, also unencrypted. @default unknown */
  readonly allowHosts?: readonly string[];
  /** Finds the FAQ tables of rules. @default unknown: rules of tables are left out */
  readonly tableOf?: TableSource;
  /** Reads the codes of a file that a step hands out. @default unknown */
  readonly codesOf?: (from: string, ruleFile: string) => CodeFile;
  /** True if the environment has a variable of that name. @default unknown */
  readonly hasVariable?: (name: string) => boolean;
  /** Describes the problem with a keyword; null if it is valid. */
  readonly checkKeyword: (
    keyword: string,
    options: Pick<KeywordSpec, 'match' | 'typos' | 'caseSensitive' | 'accents' | 'in' | 'attached'>,
  ) => string | null;
}

/** A part of a rule under check: its place in the file and the source that collects findings. */
export interface CheckPlace {
  readonly source: YamlSource;
  readonly path: Path;
  readonly context: RuleContext;
}

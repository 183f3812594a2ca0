import type { EventKind, Platform } from '../domain/event.js';
import type { KeywordSpec } from '../domain/rule.js';
import type { Path, YamlSource } from '../yaml/source.js';

/** Something that is wrong with a template. */
export interface TemplateProblem {
  readonly message: string;
  readonly mend: string | null;
  /** Characters into the template; null when no place is known. */
  readonly offset: number | null;
}

/** What a text may name: what was written, if it is known to be a message or a comment; or neither. */
export type TextKind = EventKind | 'neither';

/** What rules are checked against: the configuration, and the parts of the program that know templates and keywords. */
export interface RuleContext {
  readonly accounts: readonly { readonly name: string; readonly platform: Platform }[];
  readonly calendars: readonly string[];
  readonly checkTemplate: (
    text: string,
    use: { readonly kind: TextKind; readonly calendars: readonly string[] },
  ) => readonly TemplateProblem[];
  /** Hosts of this network that webhooks may go to, also unencrypted. @default none is known */
  readonly allowHosts?: readonly string[];
  /** Whether the environment has a variable of that name. @default nothing is known of the environment */
  readonly hasVariable?: (name: string) => boolean;
  /** What is wrong with a keyword, or null. */
  readonly checkKeyword: (
    keyword: string,
    options: Pick<KeywordSpec, 'match' | 'typos' | 'caseSensitive' | 'accents' | 'in' | 'attached'>,
  ) => string | null;
}

/** A part of a rule that is being checked: where it stands, and whom to tell when something is wrong. */
export interface CheckPlace {
  readonly source: YamlSource;
  readonly path: Path;
  readonly context: RuleContext;
}

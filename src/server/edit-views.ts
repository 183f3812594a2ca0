// JSON data of the rules editor.
import type { Finding } from '../domain/finding.js';
import type { DiffLine } from './line-diff.js';
import type { DiffView, TestsView } from './views.js';

/** The rule files, and whether they may be changed. */
export interface RuleFilesView {
  /** The reason why rule files cannot be changed here; null if they can. */
  readonly closed: string | null;
  readonly files: readonly string[];
  /** Rules that are switched off in the files. */
  readonly off: readonly { readonly id: string; readonly place: string; readonly file: string }[];
}

export interface RuleFileView {
  readonly name: string;
  readonly text: string;
  /**
   * Version of the content, to be sent back with a change. The change is refused if the file has another
   * content by then.
   */
  readonly version: string;
}

/** An error or warning about an edited file. Line and column count from 1. */
export interface RuleFaultView {
  readonly severity: Finding['severity'];
  /** Name of the file. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly fix: string | null;
}

/** Result of checking an edited rule file together with the others. */
export interface RuleCheckView {
  readonly faults: readonly RuleFaultView[];
  readonly tests: TestsView['tests'];
  /** Decisions of the last 30 days that would differ; null if there are errors, or if not asked for. */
  readonly diff: Omit<DiffView, 'faults'> | null;
}

export interface RuleSavedView {
  readonly version: string;
  /** Copy of the former file, relative to the rules folder. */
  readonly kept: string;
  /** The reason why the changed rules are not active yet; null if they are active. */
  readonly problem: string | null;
}

/** Response to a refused change of a rule file. */
export interface RuleRefusedView {
  readonly error: string;
  /** Difference between the file on disk and the refused text, if the file changed meanwhile. */
  readonly diff?: readonly DiffLine[];
  readonly faults?: readonly RuleFaultView[];
}

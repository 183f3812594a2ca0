import type { EventKind, Platform } from './event.js';

/** The columns of a FAQ table, in the order in which they are exported. */
export const FAQ_COLUMNS = [
  'key',
  'question',
  'keywords',
  'answer',
  'on',
  'platform',
  'account',
  'language',
  'tags',
  'priority',
  'enabled',
] as const;
export type FaqColumn = (typeof FAQ_COLUMNS)[number];

/** A row of a FAQ table: questions or keywords, with their answer. */
export interface FaqRow {
  /** The number of the row as spreadsheets show it: the names of the columns are row 1. */
  readonly row: number;
  /** Key as given by the table; null if it gives none. */
  readonly givenKey: string | null;
  /** Name of the row, derived from its key, or else from its first keyword or question. Not unique. */
  readonly key: string;
  readonly questions: readonly string[];
  readonly keywords: readonly string[];
  readonly answer: string;
  /** Kind of the rule; null if the table does not state it. */
  readonly on: EventKind | null;
  readonly platforms: readonly Platform[];
  readonly accounts: readonly string[];
  readonly language: string | null;
  readonly tags: readonly string[];
  readonly priority: number | null;
  readonly isEnabled: boolean;
}

/** An error of a table. Row and column count from 1, as spreadsheets count rows. */
export interface FaqProblem {
  readonly row: number;
  readonly column: number;
  readonly message: string;
  readonly fix: string;
}

/** A table with the errors of all its rows. */
export interface FaqTable {
  readonly rows: readonly FaqRow[];
  /** Position of each column that the table has, from 1. */
  readonly columns: ReadonlyMap<FaqColumn, number>;
  readonly problems: readonly FaqProblem[];
}

/** A version of a table that can be used. */
export interface TableVersion {
  readonly read: () => FaqTable;
  /** Time of reading, for messages: ` of 2026-11-24T10:00:00Z`. @default unknown */
  readonly from?: string;
}

/** Known versions and state of the table of a rule. */
export interface TableAccess {
  /** Path or address of the table, for messages. */
  readonly name: string;
  /**
   * Versions of the table, newest first; an older one is used if the newest has errors. Empty if no version
   * was ever read.
   */
  readonly versions: readonly TableVersion[];
  /** Error of reading the newest version; null if it was read. */
  readonly failure: { readonly message: string; readonly fix: string } | null;
  /** True until the first attempt to read the table ends: then the rules are read again. */
  readonly isPending: boolean;
  /** Receives the version whose rows become rules. */
  readonly use: (version: TableVersion) => void;
}

/** Finds the table of a rule by its `from` and its rule file. `every` is in milliseconds. */
export type TableSource = (wanted: {
  readonly from: string;
  readonly ruleFile: string;
  readonly every: number;
}) => TableAccess;

import type { Rule } from '../domain/rule.js';
import type { SavedReply } from '../domain/saved-reply.js';
import type { RuleText } from '../rules/load.js';
import type { ProjectRules } from './project.js';
import type { UsedTable } from './table-source.js';

/** The parts of loaded rules that a program keeps. Workspaces with the same rules share them. */
export interface RuleGroup {
  readonly rules: readonly Rule[];
  /** Files that the rules were read from. */
  readonly texts: readonly RuleText[];
  readonly tables: readonly UsedTable[];
  /** Texts for replies by hand. */
  readonly saved: readonly SavedReply[];
  /** Reasons for using older versions of tables. */
  readonly troubles: readonly string[];
}

export function groupOf({ rules, texts, tables, saved, troubles }: ProjectRules): RuleGroup {
  return { rules, texts, tables, saved, troubles };
}

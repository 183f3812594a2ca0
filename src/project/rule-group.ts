import { createHash } from 'node:crypto';
import type { Rule } from '../domain/rule.js';
import type { SavedReply } from '../domain/saved-reply.js';
import type { RuleText } from '../rules/load.js';
import type { RulePart } from '../rules/parts.js';
import type { ProjectRules } from './project.js';
import type { UsedTable } from './table-source.js';

/** The parts of loaded rules that a program keeps. Workspaces with the same rules share them. */
export interface RuleGroup {
  readonly rules: readonly Rule[];
  /** The same rules by file. */
  readonly parts: readonly RulePart[];
  /** Files that the rules were read from. */
  readonly texts: readonly RuleText[];
  readonly tables: readonly UsedTable[];
  /** Texts for replies by hand. */
  readonly saved: readonly SavedReply[];
  /** Reasons for using older versions of tables. */
  readonly troubles: readonly string[];
}

export const NO_RULES: RuleGroup = { rules: [], parts: [], texts: [], tables: [], saved: [], troubles: [] };

export function groupOf({ rules, parts, texts, tables, saved, troubles }: ProjectRules): RuleGroup {
  return { rules, parts: parts(hashOf), texts, tables, saved, troubles };
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

import type { Checked, Finding } from '../domain/finding.js';
import { openYaml } from '../yaml/document.js';
import { listYamlFiles, readText } from '../yaml/read.js';
import {
  parseFile,
  toRuleSet,
  type ParsedFile,
  type RuleContext,
  type RuleSet,
  type SeenIds,
} from './parse.js';

const NO_RULES =
  'Write a rule file there, or name another place under `rules` in config.yaml; see the examples in rules/.';

/**
 * Reads and checks a rule file, or all `.yaml` and `.yml` files of a folder in order of name. Every error of
 * every file becomes a finding, a missing or empty folder too; it throws for none of them. If any file has an
 * error it returns no rules at all: an incomplete set would send wrong replies.
 */
export function loadRules(path: string, context: RuleContext): Checked<RuleSet> {
  const files = listYamlFiles(path, NO_RULES);
  if (!files.ok) return files;
  const unreadable: Finding[] = [];
  const seen: SeenIds = new Map();
  const parsed: ParsedFile[] = [];
  for (const file of files.value) {
    const text = readText(file, NO_RULES);
    if (text.ok) parsed.push(parseFile(openYaml(text.value, file), context, seen));
    else unreadable.push(...text.findings);
  }
  return toRuleSet(parsed, seen, unreadable);
}

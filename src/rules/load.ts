import type { Checked, Finding } from '../domain/finding.js';
import { openYaml } from '../yaml/document.js';
import { listYamlFiles, readText } from '../yaml/read.js';
import { parseSources, partOf, toRuleSet, type RuleContext, type RuleSet, type SeenIds } from './parse.js';
import type { RulePart } from './parts.js';

/** A rule file as read. */
export interface RuleText {
  readonly file: string;
  readonly text: string;
}

/** Rules with the texts that they were read from. */
export interface LoadedRules extends RuleSet {
  readonly texts: readonly RuleText[];
  /** Makes the files to parts, so that a changed one can be replaced. */
  readonly parts: (hashOf: (text: string) => string) => readonly RulePart[];
}

const NO_RULES =
  'Write a rule file there, or name another place under `rules`, from the folder of the file that has it; see the examples in docs/cookbook/rules/ of the package.';

/**
 * Reads and checks a rule file, or all `.yaml` and `.yml` files of a folder in order of name. Every error of
 * every file, also a missing or empty folder, becomes a finding; nothing is thrown. If any file has an error,
 * returns no rules at all: an incomplete set would send wrong replies.
 */
export function loadRules(path: string, context: RuleContext): Checked<LoadedRules> {
  const files = listYamlFiles(path, NO_RULES);
  if (!files.ok) return files;
  const unreadable: Finding[] = [];
  const texts: RuleText[] = [];
  for (const file of files.value) {
    const text = readText(file, NO_RULES);
    if (text.ok) texts.push({ file, text: text.value });
    else unreadable.push(...text.findings);
  }
  return parseTexts(texts, context, unreadable);
}

/** Checks the texts of a set of files, in order of name. `unreadable` are findings about other files of the set. */
export function parseTexts(
  texts: readonly RuleText[],
  context: RuleContext,
  unreadable: readonly Finding[] = [],
): Checked<LoadedRules> {
  const seen: SeenIds = new Map();
  const parsed = parseSources(
    texts.map(({ file, text }) => openYaml(text, file)),
    context,
    seen,
  );
  const set = toRuleSet(parsed, seen, unreadable);
  if (!set.ok) return set;
  const parts: LoadedRules['parts'] = (hashOf) =>
    parsed.map((file, index) => partOf(file, hashOf(texts[index]?.text ?? '')));
  return { ...set, value: { ...set.value, texts, parts } };
}

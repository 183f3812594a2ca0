import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import pc from 'picocolors';
import type { Config } from '../domain/config.js';
import { plain } from '../domain/terminal.js';
import { FORMATS, type Format } from '../importers/formats.js';
import { ImportError, type Lost } from '../importers/imported.js';
import { named } from '../importers/rules-text.js';
import { Exit } from './exit.js';
import { configForImport } from './import-config.js';
import { type AgainstJournal, againstJournal, foldSpellings } from './import-journal.js';
import { makeRules } from './import-rules.js';
import { readSource } from './import-source.js';
import { writeNewFile } from './new-file.js';
import { count, nearPath, print, printJson, say, sayFindings } from './output.js';
import { oneOf } from './parse.js';
import type { CommonOptions } from './project.js';

export interface ImportOptions extends CommonOptions {
  readonly out?: string;
  readonly againstJournal?: boolean;
}

/**
 * `import FORMAT SOURCE`: makes rules and tests from another tool's configuration, and lists what cannot be
 * carried over. Prints the rule file, or writes it with `--out`; never overwrites a file.
 */
export async function importRules(
  format: string,
  source: string | undefined,
  options: ImportOptions,
): Promise<void> {
  const kind = oneOf('FORMAT', format, FORMATS);
  const target = options.out === undefined ? null : join(options.out, `${kind}.yaml`);
  if (target !== null && existsSync(target)) {
    throw new Exit(
      1,
      `${nearPath(target)} already exists; fix: name another folder, since import overwrites no file`,
    );
  }
  const config = configForImport(options, kind === 'blotato' && source === undefined);
  try {
    await convert({ kind, source, target, config, options });
  } catch (error) {
    if (error instanceof ImportError) throw new Exit(1, `${error.message}\n  fix: ${error.fix}`);
    throw error;
  }
}

interface Work {
  readonly kind: Format;
  readonly source: string | undefined;
  readonly target: string | null;
  readonly config: Config;
  readonly options: ImportOptions;
}

async function convert({ kind, source, target, config, options }: Work): Promise<void> {
  const imported = await readSource(kind, source, config);
  const rules = named(options.againstJournal ? await foldSpellings(imported.rules, options) : imported.rules);
  if (rules.length === 0) {
    sayLosses(imported.lost);
    throw new Exit(
      1,
      'the source has nothing that can become a rule; fix: see the list above for the reasons',
    );
  }
  const from = basename(source ?? 'Blotato');
  const made = await makeRules(rules, `Imported from ${from} (${kind}). Rewrite it as you like.`, config);
  if (!made.ok) {
    sayFindings(made.findings);
    throw new Exit(
      1,
      'the imported rules have these errors; nothing was written; fix: correct the source and import it again',
    );
  }
  const journal = options.againstJournal ? await againstJournal(made.set, config, options) : null;
  if (target !== null) writeNewFile(target, made.text);
  const result: Result = {
    file: target,
    rules: rules.length,
    ...made,
    lost: [...imported.lost, ...made.lost],
    journal,
  };
  if (options.json) printJson(toJson(result));
  else tell(result);
}

interface Result {
  readonly file: string | null;
  readonly rules: number;
  readonly tests: number;
  readonly text: string;
  readonly lost: readonly Lost[];
  readonly journal: AgainstJournal | null;
}

function toJson({ file, rules, tests, text, lost, journal }: Result): object {
  return { file, rules, tests, lost, ...(file === null ? { text } : {}), ...(journal ? { journal } : {}) };
}

function tell({ file, rules, tests, text, lost, journal }: Result): void {
  if (file === null) print(text.trimEnd());
  sayLosses(lost);
  for (const line of journal?.lines ?? []) say(line);
  const where = file === null ? '' : `wrote ${nearPath(file)}: `;
  say(
    `${where}${count(rules, 'rule')}, ${count(tests, 'test')}, all passed; ${count(lost.length, 'difference')}`,
  );
}

const SHOWN = 200;

function sayLosses(lost: readonly Lost[]): void {
  if (lost.length === 0) return;
  say(pc.bold('Differs from the source:'));
  for (const { place, what } of lost.slice(0, SHOWN)) say(`  ${plain(place)}: ${plain(what)}`);
  if (lost.length > SHOWN) say(`  and ${lost.length - SHOWN} more; --json lists all`);
}

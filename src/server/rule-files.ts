import { createHash, randomBytes } from 'node:crypto';
import { constants, lstatSync, statSync } from 'node:fs';
import { mkdir, open, readdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { listYamlFiles } from '../yaml/read.js';

/** Folder beside the rule files for their former versions. Neither it nor hidden files are read as rules. */
const KEPT_IN = '.old';
/** Maximum number of former versions of one file. */
const MOST_KEPT = 50;
const NAME = /^[^./\\\0][^/\\\0]*\.ya?ml$/iu;

/** A rule file as read. */
export interface RuleFile {
  readonly name: string;
  readonly path: string;
  readonly text: string;
  /** Digest of the content, to detect a later change. */
  readonly version: string;
}

/** A rule file that cannot be read or changed here. */
export class RuleFileError extends Error {}

/** Names of the rule files of a configuration. */
export function ruleFileNames(rulesPath: string): readonly string[] {
  const files = listYamlFiles(rulesPath, '');
  return files.ok ? files.value.map((path) => basename(path)) : [];
}

/**
 * Reads a rule file by its name. Throws RuleFileError for every name that is not a regular file directly in the rules
 * folder: no other folder, no hidden file, and no link, which may lead anywhere.
 */
export async function readRuleFile(rulesPath: string, name: string): Promise<RuleFile> {
  const path = await locate(rulesPath, name);
  // Refuses a symbolic link that was created since the check.
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const text = await file.readFile('utf8');
    return { name, path, text, version: versionOf(text) };
  } finally {
    await file.close();
  }
}

async function locate(rulesPath: string, name: string): Promise<string> {
  const isFolder = statSync(rulesPath, { throwIfNoEntry: false })?.isDirectory() === true;
  const folder = isFolder ? rulesPath : dirname(rulesPath);
  const isNamed = NAME.test(name) && (isFolder || name === basename(rulesPath));
  const found = isNamed ? lstatSync(join(folder, name), { throwIfNoEntry: false }) : undefined;
  if (!found) throw new RuleFileError(`the rules folder has no file ${name}`);
  if (!found.isFile()) {
    throw new RuleFileError(`${name} is a link or not a file; fix: change it where it is kept`);
  }
  return join(await realpath(folder), name);
}

export function versionOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/**
 * Replaces the content of a file atomically, and keeps the former version in the folder `.old`. Returns the
 * name of the copy. Throws RuleFileError if the folder cannot be written.
 */
export async function replaceRuleFile({ name, path, text: former }: RuleFile, text: string): Promise<string> {
  const temporary = join(dirname(path), `.${name}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const kept = await keep(path, former);
    const file = await open(temporary, 'wx', lstatSync(path).mode & 0o777);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    return kept;
  } catch (error) {
    await rm(temporary, { force: true });
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    throw new RuleFileError(`${name} cannot be written (${code}); fix: allow it to the user of the program`);
  }
}

async function keep(path: string, text: string): Promise<string> {
  const folder = join(dirname(path), KEPT_IN);
  await mkdir(folder, { recursive: true });
  if (!lstatSync(folder).isDirectory()) throw new RuleFileError(`${KEPT_IN} is a link or not a folder`);
  const stem = basename(path).replace(/\.ya?ml$/iu, '');
  const time = new Date().toISOString().replaceAll(':', '-');
  const name = `${stem}.${time}.yaml`;
  await writeFile(join(folder, name), text, { flag: 'wx' });
  const isOfFile = (each: string): boolean =>
    each.startsWith(`${stem}.`) && /^\d{4}-\d\d-\d\dT[\d.-]+Z\.yaml$/u.test(each.slice(stem.length + 1));
  const all = (await readdir(folder)).filter(isOfFile).sort();
  for (const old of all.slice(0, -MOST_KEPT)) await rm(join(folder, old), { force: true });
  return `${KEPT_IN}/${name}`;
}

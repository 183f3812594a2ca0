import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Checked, Finding } from '../domain/finding.js';
import { LIMITS } from '../domain/limits.js';

/** A finding about a whole file, without a frame. */
export function fileFinding(file: string, code: string, message: string, fix: string | null): Finding {
  return { severity: 'error', code, message, fix, file, line: 1, column: 1, frame: '' };
}

function refused(finding: Finding): { readonly ok: false; readonly findings: readonly Finding[] } {
  return { ok: false, findings: [finding] };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

function unreadable(path: string, error: unknown, missingMend: string): Finding {
  const code = codeOf(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return fileFinding(path, 'missing-file', 'there is no such file or folder', missingMend);
  }
  const fix =
    code === 'EACCES' || code === 'EPERM' ? 'Allow the user that runs autoresponder to read it.' : null;
  return fileFinding(path, 'unreadable-file', `the file cannot be read (${code})`, fix);
}

function decode(file: string, bytes: Uint8Array): Checked<string> {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    const fix = 'Save it as "UTF-8" in your editor ("Save as", then the encoding).';
    return refused(
      fileFinding(file, 'not-utf-8', 'the file is saved as UTF-16, which is not supported', fix),
    );
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return { ok: true, value: text, warnings: [] };
  } catch {
    const line = 1 + lineOfBadByte(bytes);
    const message = `the file is not UTF-8 text: line ${line} has characters in another encoding`;
    return refused(fileFinding(file, 'not-utf-8', message, 'Save it as "UTF-8" in your editor.'));
  }
}

/** Number of line ends before the first line that is not UTF-8. */
function lineOfBadByte(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 0;
  for (let from = 0; from < bytes.length; line += 1) {
    const end = bytes.indexOf(0x0a, from);
    const to = end === -1 ? bytes.length : end;
    try {
      decoder.decode(bytes.subarray(from, to));
    } catch {
      return line;
    }
    from = to + 1;
  }
  return line;
}

/** Reads a text file. A file that is missing, too large, not UTF-8 or not a file results in a finding. */
export function readText(file: string, missingMend: string): Checked<string> {
  try {
    const info = statSync(file);
    if (info.isDirectory()) {
      return refused(fileFinding(file, 'not-a-file', 'this is a folder, but a file is expected', null));
    }
    if (info.size > LIMITS.ruleFileBytes) {
      const most = `${LIMITS.ruleFileBytes / 1024 / 1024} MiB`;
      const message = `the file is larger than ${most}, the maximum size`;
      return refused(fileFinding(file, 'file-too-large', message, 'Split it into several files.'));
    }
    return decode(file, readFileSync(file));
  } catch (error) {
    return refused(unreadable(file, error, missingMend));
  }
}

/**
 * The path itself if it is a file; for a folder its `.yaml` and `.yml` files, by name. Hidden files are left
 * out.
 */
export function listYamlFiles(path: string, missingMend: string): Checked<readonly string[]> {
  try {
    if (!statSync(path).isDirectory()) return { ok: true, value: [path], warnings: [] };
    const names = readdirSync(path, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && /^[^.].*\.ya?ml$/iu.test(entry.name))
      .map((entry) => entry.name)
      .sort((a, b) => (a < b ? -1 : 1));
    if (names.length > 0) return { ok: true, value: names.map((name) => join(path, name)), warnings: [] };
    const fix = 'Put a rule file into it, such as faq.yaml. Folders inside it are not read.';
    return refused(fileFinding(path, 'empty-folder', 'the folder has no .yaml or .yml file', fix));
  } catch (error) {
    return refused(unreadable(path, error, missingMend));
  }
}

/** Warnings about folders in a folder that have YAML files, which are not read, except those of `known`. */
export function unreadFolders(path: string, known: readonly string[]): readonly Finding[] {
  const entries = statSync(path, { throwIfNoEntry: false })?.isDirectory()
    ? readdirSync(path, { withFileTypes: true })
    : [];
  return entries.flatMap((entry) => {
    const folder = join(path, entry.name);
    if (!entry.isDirectory() || entry.name.startsWith('.') || !listYamlFiles(folder, '').ok) return [];
    if (known.some((each) => each === folder || each.startsWith(`${folder}${sep}`))) return [];
    const message = 'the files of this folder are not read: it is inside another one';
    const fix = 'Move its files up, or name the folder in the configuration.';
    return [{ ...fileFinding(folder, 'unread-folder', message, fix), severity: 'warning' as const }];
  });
}

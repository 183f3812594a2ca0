// The project in which `replay` is measured, and what its parts share.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Build } from '../suite/builds.js';
import type { Context } from '../suite/context.js';
import { type Figure, figureOf, type Pair, type Size, type Target } from '../suite/figure.js';
import { configOf, ruleLine } from '../suite/project.js';
import type { Usage } from '../suite/session.js';

export const RULES = 100;
export const ACCOUNTS = 20;

/** CPU or wall time of a run over one `replay`. */
export function ratioFigure(pairs: readonly Pair<number>[], name: string, size: Size): Figure {
  const asked = size === 'quick' ? [] : [atMost('value', 1.6)];
  return figureOf(pairs, {
    part: 'replay',
    size,
    name,
    unit: 'times',
    of: (each) => each,
    portable: 'same',
    asked,
  });
}

export async function replay(context: Context, build: Build, options: readonly string[]): Promise<Usage> {
  return context.session.measure([build.bin, 'replay', ...options], folderOf(context, build));
}

/** Folders that were written. */
const made = new Set<string>();

/** The project of a build, which it makes at its first use: 100 rules with keywords of their own. */
export function folderOf({ session, own }: Context, build: Build): string {
  const cwd = join(session.folder, build === own ? 'replay-own' : 'replay-other');
  if (made.has(cwd)) return cwd;
  made.add(cwd);
  mkdirSync(cwd, { recursive: true });
  const rules = Array.from({ length: RULES }, (_, n) => ruleLine(n));
  const text = `version: 1\ndefaults: { on: message }\nrules:\n${rules.join('\n')}\n`;
  writeFileSync(join(cwd, 'config.yaml'), configOf('./rules.yaml', 'sqlite:./bench.db', ACCOUNTS));
  writeFileSync(join(cwd, 'rules.yaml'), text);
  // Every other rule has another reply.
  writeFileSync(
    join(cwd, 'other-rules.yaml'),
    text.replaceAll(/Hello(?=.*number \d*[02468]")/gu, 'Good day'),
  );
  return cwd;
}

/** Times that are spread over 30 days. */
export function timeOf(n: number, lines: number): string {
  return new Date(Date.UTC(2026, 9, 1) + Math.floor((n * 30 * 86_400_000) / lines)).toISOString();
}

export function count(n: number): string {
  return n.toLocaleString('en');
}

export function atMost(of: Target['of'], limit: number): Target {
  return { of, is: 'at most', limit };
}

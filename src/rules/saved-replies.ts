import type { SavedReply } from '../domain/saved-reply.js';
import { checkShape } from '../yaml/issues.js';
import { type Path, valueAt, type YamlSource } from '../yaml/source.js';
import type { RuleContext } from './context.js';
import { savedNamesSchema, savedReplySchema } from './saved-schema.js';
import { toReply } from './texts.js';

/** A saved reply, and the place of its name. */
export interface PlacedReply {
  readonly saved: SavedReply;
  readonly path: Path;
}

/** Reads and checks the saved replies of a file. Their texts are about a message, as those of message rules. */
export function savedRepliesOf(source: YamlSource, context: RuleContext): readonly PlacedReply[] {
  const key = 'saved_replies';
  const all = valueAt(source.value, [key]);
  if (all === undefined) return [];
  checkShape(savedNamesSchema, source, [key]);
  if (!isBlock(all)) return [];
  return Object.keys(all).flatMap((name) => {
    const path = [key, name];
    const written = checkShape(savedReplySchema, source, path);
    if (written === undefined) return [];
    const { texts, languages, fallback } = toReply({ source, context }, path, written, 'message');
    const reply = { texts, ...(languages && { languages }), ...(fallback && { fallback }) };
    return [{ path, saved: { name, reply, place: source.place(path) } }];
  });
}

/** Reports names that a file before has too: the files of a set share their saved replies. */
export function reportSavedTwice(
  files: readonly { readonly source: YamlSource; readonly saved: readonly PlacedReply[] }[],
): void {
  const seen = new Map<string, { readonly source: YamlSource; readonly path: Path }>();
  for (const { source, saved } of files) {
    for (const {
      path,
      saved: { name },
    } of saved) {
      const first = seen.get(name);
      if (first === undefined) {
        seen.set(name, { source, path });
        continue;
      }
      const { file, line } = first.source.place(first.path);
      const message = `saved_replies: "${name}" is already the name of another one, in ${file}:${line}`;
      source.report(path, {
        code: 'duplicate-saved-reply',
        message,
        fix: 'Give one of the two another name.',
        at: 'key',
      });
    }
  }
}

function isBlock(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

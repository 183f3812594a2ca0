// Names available in templates, and messages about unknown names.
import type { EventKind } from '../../domain/event.js';
import { editsWithin } from '../../engine/text/typos.js';

/**
 * Template context: message, comment, or `neither` for the timeout of a funnel, which has no current message.
 */
export type TextKind = EventKind | 'neither';

interface Fault {
  readonly message: string;
  readonly fix: string | null;
}
/** Shape of a named value; `anything`: its members are only known at rendering. */
type Shape = 'value' | 'anything' | Group;
export interface Group {
  readonly [member: string]: Shape;
}

/** All names available in a text of this kind. */
export function shapeOf(kind: TextKind, calendars: readonly string[]): Group {
  const hours: Shape = { state: 'value', next_open: 'value', next_close: 'value' };
  const written: Shape = { id: 'value', text: 'value', at: 'value' };
  const person: Shape = { name: 'value', first_name: 'value', username: 'value', id: 'value' };
  return {
    contact: { ...person, fields: 'anything', tags: 'value' },
    ...(kind === 'message' ? { message: written } : {}),
    ...(kind === 'comment' ? { comment: { ...written, post: 'value' } } : {}),
    account: { name: 'value', id: 'value', platform: 'value', vars: 'anything' },
    match: { keyword: 'value', groups: 'anything' },
    hours: Object.fromEntries(calendars.map((name) => [name, hours])),
    now: 'value',
  };
}

/** The problem of a name, given as its parts; null if it is valid. */
export function nameFault(segments: readonly unknown[], shape: Group, kind: TextKind): Fault | null {
  let [node, path]: [Shape, string] = [shape, ''];
  for (const segment of segments) {
    // A member computed at run time, `account.vars[match.keyword]`, is checked at rendering.
    if (node === 'anything' || (typeof segment !== 'string' && typeof segment !== 'number')) return null;
    const name = String(segment);
    if (node === 'value') {
      if (name === 'size') return null;
      return { message: `\`${path}\` is a single value and has no \`${name}\``, fix: `write \`${path}\`` };
    }
    const next: Shape | undefined = Object.hasOwn(node, name) ? node[name] : undefined;
    if (next === undefined) return unknownName(path, name, node, kind);
    node = next;
    path = path === '' ? name : `${path}.${name}`;
  }
  return null;
}

function unknownName(path: string, name: string, node: Group, kind: TextKind): Fault {
  const known = Object.keys(node);
  if (path === '') {
    if (name === 'message' || name === 'comment') {
      return kind === 'neither'
        ? { message: `there may be no \`${name}\` here`, fix: 'Save what is needed with set.' }
        : { message: `a ${kind} rule has no \`${name}\``, fix: `write \`${kind}\`` };
    }
    const owner = known.find((root) => typeof node[root] === 'object' && Object.hasOwn(node[root], name));
    const fix = owner ? `did you mean \`${owner}.${name}\`?` : fixFor(name, known);
    return { message: `unknown name \`${name}\``, fix };
  }
  if (path !== 'hours') return { message: `\`${path}\` has no \`${name}\``, fix: fixFor(name, known) };
  const fix = known.length === 0 ? 'configure one under `calendars`' : fixFor(name, known);
  return { message: `there is no calendar \`${name}\``, fix };
}

/** Suggests the most similar known name; otherwise lists all, or null if there are too many. */
export function fixFor(name: string, known: readonly string[], list = true): string | null {
  const most = Math.max(1, Math.floor(name.length / 3));
  const [nearest] = known
    .map((each) => ({ each, edits: editsWithin(name, each, most) }))
    .filter(({ edits }) => edits <= most)
    .sort((a, b) => a.edits - b.edits);
  if (nearest) return `did you mean \`${nearest.each}\`?`;
  return list ? `known here: ${known.join(', ')}` : null;
}

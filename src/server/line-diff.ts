/** A line of a comparison. */
export interface DiffLine {
  /** Whether the line is in both texts, only in the first, or only in the second. */
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

/**
 * Maximum number of compared pairs of lines; beyond it the changed part is shown as removed and added as a
 * whole.
 */
const MOST_PAIRS = 4_000_000;
/** Number of unchanged lines shown before and after a change. */
const BESIDE = 3;

/** Compares two texts line by line. Returns the differences with a few unchanged lines around each. */
export function lineDiff(before: string, after: string): readonly DiffLine[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < Math.min(old.length, now.length) && old[start] === now[start]) start += 1;
  let end = 0;
  const most = Math.min(old.length, now.length) - start;
  while (end < most && old[old.length - 1 - end] === now[now.length - 1 - end]) end += 1;
  const lines = [
    ...old.slice(0, start).map((text) => ({ kind: 'same', text }) as const),
    ...changed(old.slice(start, old.length - end), now.slice(start, now.length - end)),
    ...old.slice(old.length - end).map((text) => ({ kind: 'same', text }) as const),
  ];
  const isNear = lines.map((_, at) =>
    lines.slice(Math.max(0, at - BESIDE), at + BESIDE + 1).some(({ kind }) => kind !== 'same'),
  );
  return lines.filter((_, at) => isNear[at]);
}

function changed(old: readonly string[], now: readonly string[]): readonly DiffLine[] {
  if (old.length * now.length > MOST_PAIRS) return [...asLines('removed', old), ...asLines('added', now)];
  const common = commonLengths(old, now);
  const lines: DiffLine[] = [];
  const at = { old: 0, now: 0 };
  while (at.old < old.length && at.now < now.length) {
    const [first, second] = [old[at.old] ?? '', now[at.now] ?? ''];
    const kind = first === second ? 'same' : isRemoval(common, at) ? 'removed' : 'added';
    lines.push({ kind, text: kind === 'added' ? second : first });
    if (kind !== 'added') at.old += 1;
    if (kind !== 'removed') at.now += 1;
  }
  return [...lines, ...asLines('removed', old.slice(at.old)), ...asLines('added', now.slice(at.now))];
}

/**
 * True if skipping the next line of the first text leaves a longer common sequence than skipping that of the
 * second.
 */
function isRemoval(
  common: readonly Uint32Array[],
  at: { readonly old: number; readonly now: number },
): boolean {
  return (common[at.old + 1]?.[at.now] ?? 0) >= (common[at.old]?.[at.now + 1] ?? 0);
}

/**
 * Table of the lengths of the longest common subsequences of all suffixes of both lists, by the starts of the
 * suffixes.
 */
function commonLengths(old: readonly string[], now: readonly string[]): readonly Uint32Array[] {
  const rows = Array.from({ length: old.length + 1 }, () => new Uint32Array(now.length + 1));
  for (let i = old.length - 1; i >= 0; i -= 1) {
    const [row, below] = [rows[i], rows[i + 1]];
    if (!row || !below) continue;
    for (let j = now.length - 1; j >= 0; j -= 1) {
      row[j] = old[i] === now[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return rows;
}

function asLines(kind: DiffLine['kind'], texts: readonly string[]): readonly DiffLine[] {
  return texts.map((text) => ({ kind, text }));
}

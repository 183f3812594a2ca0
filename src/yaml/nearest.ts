/** Lower case without separators, so that `apiKey` and `api-key` equal `api_key`. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/** One row of the distance table: `above` is the previous row, `higher` the one before that. */
function distanceRow(
  letters: { a: string; b: string; row: number },
  above: number[],
  higher: number[],
): number[] {
  const { a, b, row } = letters;
  const current = [row];
  for (let column = 1; column <= b.length; column += 1) {
    const change = a[row - 1] === b[column - 1] ? 0 : 1;
    const oneEdit = Math.min(above[column] ?? 0, current[column - 1] ?? 0) + 1;
    const isSwap = column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
    const swap = isSwap && row > 1 ? (higher[column - 2] ?? 0) + 1 : Infinity;
    current.push(Math.min(oneEdit, (above[column - 1] ?? 0) + change, swap));
  }
  return current;
}

/** Number of insertions, deletions, substitutions and swaps of neighbours between `a` and `b`. */
export function editDistance(a: string, b: string): number {
  let higher: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = distanceRow({ a, b, row }, above, higher);
    higher = above;
    above = current;
  }
  return above[b.length] ?? 0;
}

/** A longer name is not a typo, and computing the distance takes the square of the length. */
const LONGEST = 80;

/** The known name most similar to `name`: few edits away, or a prefix of it. Undefined if none is similar. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const wanted = plain(name);
  if (wanted === '' || wanted.length > LONGEST) return undefined;
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of known) {
    const other = plain(candidate);
    const isShort = other.length >= 3 && wanted.startsWith(other);
    const distance = isShort ? 1 : editDistance(wanted, other);
    if (distance <= Math.max(1, Math.round(wanted.length * 0.4)) && distance < (best?.distance ?? Infinity)) {
      best = { candidate, distance };
    }
  }
  return best?.candidate;
}

/** Lower case without separators, so that `apiKey` and `api-key` are nothing but `api_key`. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/** One row of the table of distances: `above` is the row before, `higher` the one before that. */
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

/** How many letters must be put in, left out, changed or swapped with the next one to come from `a` to `b`. */
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

/** Names longer than this are no slip of the fingers, and the distance costs their length squared. */
const LONGEST = 80;

/** The known name that `name` most likely means: few slips away, or short for it. Undefined when none is close. */
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

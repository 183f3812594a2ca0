/**
 * A pseudo-random number that is always the same for a seed, so that a replay chooses the text that was sent.
 * FNV-1a over the seed's UTF-16 units, with a final mix. Returns a number from 0 up to, not including, 1.
 */
export function choice(seed: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < seed.length; index += 1) {
    hash = Math.imul(hash ^ seed.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}

/**
 * Index of the text for a contact who already got `before` replies of the rule: a rotation in which each text
 * comes once before any comes again, never one twice in a row, in an order that differs by seed and round.
 */
export function turnOf(count: number, before: number, seed: string): number {
  if (count === 1) return 0;
  const round = Math.floor(before / count);
  const order = orderOf(count, round, seed);
  return order[before % count] ?? 0;
}

function orderOf(count: number, round: number, seed: string): readonly number[] {
  // With two texts, any other order in the second round would send the same text twice in a row.
  if (count <= 2 || round === 0) return shuffled(count, seed);
  const order = shuffled(count, `${seed}/${round}`);
  const before = round === 1 ? shuffled(count, seed) : shuffled(count, `${seed}/${round - 1}`);
  // Only the first two are swapped: the next round needs the last text in its place.
  return order[0] === before[count - 1] ? swapped(order, 0, 1) : order;
}

/** Fisher-Yates shuffle with reproducible choices. */
function shuffled(count: number, seed: string): readonly number[] {
  let order: readonly number[] = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last -= 1) {
    order = swapped(order, last, Math.floor(choice(`${seed}/${last}`) * (last + 1)));
  }
  return order;
}

function swapped(order: readonly number[], one: number, other: number): readonly number[] {
  return order.map(
    (value, index) => (index === one ? order[other] : index === other ? order[one] : value) ?? value,
  );
}

/**
 * A choice that looks random and is the same whenever it is made again for the same seed: a replay picks the text that
 * was sent. FNV-1a over the seed's UTF-16 units, with a final mix. Returns a number from 0 up to, not including, 1.
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

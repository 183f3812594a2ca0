/** Pseudo-random numbers from a seed. The numbers repeat with the seed; the scheduling of processes does not. */
export interface Dice {
  /** A number from 0 up to, but not including, 1. */
  roll(): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number;
  pick<T>(values: readonly [T, ...T[]]): T;
}

/** The generator is mulberry32. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  const roll = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    roll,
    chance: (probability) => roll() < probability,
    whole: (least, most) => least + Math.floor(roll() * (most - least + 1)),
    pick: (values) => values.slice(Math.floor(roll() * values.length))[0] as (typeof values)[number],
  };
}

import type { Build } from './builds.js';
import type { Figure, Pair, Size } from './figure.js';
import type { Session } from './session.js';

/** The surroundings of a part: what it measures, and how thoroughly. */
export interface Context {
  readonly session: Session;
  readonly own: Build;
  readonly other: Build | null;
  readonly size: Exclude<Size, 'full'>;
  /** Whether the parts that take several minutes are measured as well. */
  readonly isFull: boolean;
  /** Shows what is being measured. */
  readonly progress: (text: string) => void;
}

export type Bench = (context: Context) => Promise<Figure[]>;

export interface Rounds {
  readonly times: number;
  /** Rounds before those that count. @default 0 */
  readonly warm?: number;
  readonly name: string;
  /** Runs of a bare Node before each round. @default 1 */
  readonly bare?: number;
}

/**
 * Runs both builds directly after each other, several times. Each second round begins with the other build, so that
 * neither gains from its place.
 */
export async function inPairs<T>(
  { session, own, other, progress }: Pick<Context, 'session' | 'own' | 'other' | 'progress'>,
  { times, warm = 0, name, bare = 1 }: Rounds,
  run: (build: Build) => Promise<T>,
): Promise<Pair<T>[]> {
  const pairs: Pair<T>[] = [];
  for (let round = 0; round < warm + times; round += 1) {
    progress(`${name}, round ${round + 1} of ${warm + times}`);
    const node = await session.bareNode(bare);
    if (other !== null && round % 2 === 1) {
      const late = await run(other);
      pairs.push({ own: await run(own), other: late, bare: node });
    } else {
      const first = await run(own);
      pairs.push({ own: first, other: other && (await run(other)), bare: node });
    }
  }
  return pairs.slice(warm);
}

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
  /** Prints a line that stays. */
  readonly say: (text: string) => void;
}

export type Bench = (context: Context) => Promise<Figure[]>;

/** Characters of an error that are shown. */
const SHOWN = 1_000;

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
 * neither gains from its place. Another release may lack what is measured: if the other build fails, this one is
 * measured alone.
 */
export async function inPairs<T>(
  context: Pick<Context, 'session' | 'own' | 'other' | 'progress' | 'say'>,
  { times, warm = 0, name, bare = 1 }: Rounds,
  run: (build: Build) => Promise<T>,
): Promise<Pair<T>[]> {
  const { session, own, progress, say } = context;
  let { other } = context;
  const runOther = async (): Promise<T | null> => {
    if (other === null) return null;
    try {
      return await run(other);
    } catch (error) {
      if (session.isInterrupted()) throw error;
      say(`${name}: left out for ${other.name}: ${String(error).slice(0, SHOWN)}`);
      other = null;
      return null;
    }
  };
  const pairs: Pair<T>[] = [];
  for (let round = 0; round < warm + times; round += 1) {
    progress(`${name}, round ${round + 1} of ${warm + times}`);
    const node = await session.bareNode(bare);
    const early = round % 2 === 1 ? await runOther() : null;
    const one = await run(own);
    pairs.push({ own: one, other: early ?? (round % 2 === 1 ? null : await runOther()), bare: node });
  }
  return pairs.slice(warm);
}

import { type Clock, type Instant, type Millis, SECOND } from '../domain/time.js';

/** A running cycle of a workspace. */
export interface SharedTurn {
  /** Start of the time without any response of its API; null while the API responds. */
  silentSince(): Instant | null;
  /** Ends the cycle early: it reads nothing more, and sends nothing new. */
  cut(): void;
}

/** The place of a cycle among the running cycles of one worker. */
export interface Place {
  readonly wasCut: () => boolean;
  end(): void;
}

/**
 * Keeps a share of a worker's places for workspaces whose API responds: a server that hangs holds a place for as
 * long as its calls take to time out.
 *
 * A cycle without a response for SILENT_MOST hangs. Hanging cycles may use up to half of the places; the next check
 * ends those beyond that, and a workspace whose last cycle hung begins none while that half is in use.
 */
export interface FairShare {
  mayBegin(workspace: string): boolean;
  begin(workspace: string, turn: SharedTurn): Place;
  /** Records which cycles hang, and ends those beyond the limit. */
  check(): void;
}

export interface FairShareOptions {
  /** Maximum number of running cycles of the worker. */
  readonly turns: number;
  readonly clock: Clock;
}

/** Longer than most servers take to respond, and short enough for the workspaces that wait for a place. */
const SILENT_MOST: Millis = 2 * SECOND;

interface Running {
  readonly workspace: string;
  readonly turn: SharedTurn;
  hangs: boolean;
  isCut: boolean;
}

export function createFairShare({ turns, clock }: FairShareOptions): FairShare {
  const most = Math.max(1, Math.floor(turns / 2));
  const running = new Set<Running>();
  /** Workspaces whose last cycle hung. */
  const slow = new Set<string>();
  const inShare = (): Running[] =>
    [...running].filter(({ workspace, hangs, isCut }) => !isCut && (hangs || slow.has(workspace)));
  return {
    mayBegin: (workspace) => !slow.has(workspace) || inShare().length < most,
    begin(workspace, turn) {
      const mine: Running = { workspace, turn, hangs: false, isCut: false };
      running.add(mine);
      return {
        wasCut: () => mine.isCut,
        end() {
          running.delete(mine);
          if (!mine.hangs) slow.delete(workspace);
        },
      };
    },
    check() {
      const now = clock();
      for (const each of running) {
        const since = each.turn.silentSince();
        each.hangs = since !== null && now - since > SILENT_MOST;
        if (each.hangs) slow.add(each.workspace);
      }
      // Cycles that began first keep their places, so that their calls can come to an end.
      for (const each of inShare().slice(most)) {
        if (!each.hangs) continue;
        each.isCut = true;
        each.turn.cut();
      }
    },
  };
}

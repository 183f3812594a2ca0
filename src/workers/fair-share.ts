import { type Clock, type Instant, type Millis, SECOND } from '../domain/time.js';

/** A turn that is under way. */
export interface SharedTurn {
  /** Since when its API has left it without any answer; null while it answers. */
  silentSince(): Instant | null;
  /** Ends it early: nothing more is read, and nothing new is sent. */
  cut(): void;
}

/** The place of a turn among those of one worker. */
export interface Place {
  readonly wasCut: () => boolean;
  end(): void;
}

/**
 * Keeps a share of a worker's turns for workspaces whose API answers: a server that hangs holds a turn for as long as
 * its calls take to time out.
 *
 * A turn without an answer for SILENT_MOST hangs. Up to half of the turns may hang; what hangs beyond that is cut at the
 * next check, and a workspace that hung the last time begins no turn while that half is taken.
 */
export interface FairShare {
  mayBegin(workspace: string): boolean;
  begin(workspace: string, turn: SharedTurn): Place;
  /** Notes which turns hang, and cuts those that are too many. */
  check(): void;
}

export interface FairShareOptions {
  /** How many turns the worker has at a time. */
  readonly turns: number;
  readonly clock: Clock;
}

/** Longer than most servers take, and short enough for those who wait behind it. */
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
  /** Workspaces whose last turn hung. */
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
      // Those that began first keep their places: each of them comes to the end of its calls.
      for (const each of inShare().slice(most)) {
        if (!each.hangs) continue;
        each.isCut = true;
        each.turn.cut();
      }
    },
  };
}

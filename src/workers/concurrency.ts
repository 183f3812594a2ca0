/** Limits of the poll cycles that a worker runs at a time, most of which wait for the API. */
const CYCLES = { fewest: 100, most: 400 };
/** Workspaces for each cycle: with a poll each minute, cycles of up to 1.2 s keep up with this many. */
const WORKSPACES_PER_CYCLE = 50;

/** Maximum number of workspaces with a running poll cycle, for a worker that serves this many. */
export function concurrencyFor(workspaces: number): number {
  return Math.min(CYCLES.most, Math.max(CYCLES.fewest, Math.ceil(workspaces / WORKSPACES_PER_CYCLE)));
}

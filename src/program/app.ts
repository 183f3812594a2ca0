import { LIMITS } from '../domain/limits.js';
import { createSchedule, nextMatch } from '../poller/schedule.js';
import type { Store } from '../store/ports/store.js';
import { type ActiveWorkspace, createWorkspace, type WorkspaceOptions } from './workspace.js';

export interface AppOptions extends Omit<WorkspaceOptions, 'store' | 'connections' | 'nextPoll'> {
  /** The store, open for writing; the app does not close it. */
  readonly store: Store;
}

/** A program with a single workspace, whose store no other process writes. */
export interface App extends Pick<ActiveWorkspace, 'checkKey' | 'trouble' | 'nudge' | 'once'> {
  /** Polls on schedule and sends until `stop`. */
  start(): Promise<void>;
  /**
   * Ends within LIMITS.shutdown milliseconds; sends in progress are finished, or left ambiguous for the next
   * start.
   */
  stop(): Promise<void>;
}

const NOTIFY_SCHEDULE = '* * * * *';
/** Interval of asking the store whether a check of links is due. */
const LINKS_SCHEDULE = '*/5 * * * *';
/** Schedule of deleting old texts: once a night. */
const RETENTION_SCHEDULE = '17 3 * * *';

/**
 * Schedules a workspace in process: sends all the time, and polls, notifies and deletes old texts on
 * schedule.
 */
export function createApp({ store, ...options }: AppOptions): App {
  const { schedule } = options.workspace.config.poll;
  const workspace = createWorkspace({
    ...options,
    store: () => store,
    nextPoll: () => nextMatch(schedule, options.clock),
  });
  const schedules = [
    createSchedule(schedule, workspace.poll),
    createSchedule(NOTIFY_SCHEDULE, workspace.notify),
    createSchedule(LINKS_SCHEDULE, workspace.checkLinks),
    createSchedule(RETENTION_SCHEDULE, workspace.retain),
  ];
  let isStopped = false;
  return {
    ...workspace,
    async once() {
      await workspace.once();
      await workspace.checkLinks();
    },
    async start() {
      // Do not start after stop: the program would send.
      await workspace.send();
      await workspace.poll();
      if (!isStopped) for (const each of schedules) each.start();
    },
    async stop() {
      isStopped = true;
      for (const each of schedules) each.stop();
      await workspace.stop(LIMITS.shutdown * 0.8);
    },
  };
}

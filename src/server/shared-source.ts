import type { Config } from '../domain/config.js';
import type { Health } from '../domain/health.js';
import { type Clock, MINUTE, SECOND } from '../domain/time.js';
import { nextMatch } from '../poller/schedule.js';
import type { PgStore as Database } from '../store/postgres/open.js';
import { postgresReports, postgresStore, workspaceOf } from '../store/postgres/store.js';
import type { ListPoll } from '../store/reports.js';
import type { PanelSource } from './panels.js';

/** Other workers write to the database as well: a page that is open queries it this often. */
const QUERY_EVERY = 2 * SECOND;
/** How old health may be. */
const CHECK_EVERY = 10 * SECOND;

/** What a dashboard reads of a workspace that several workers share: the database, since another one may have done it. */
export async function sharedSource(served: Database, config: Config, clock: Clock): Promise<PanelSource> {
  const number = await workspaceOf(served, config.workspace);
  const reports = postgresReports(served, number);
  let health: Health = { readAt: null, failing: [], isKeyRefused: false };
  let checking: Promise<void> | null = null;
  const check = async (): Promise<void> => {
    const polls = (await reports.polls()).filter((poll) => isOf(config, poll)).map(({ at }) => at);
    const readAt = polls.length === 0 ? null : Math.min(...polls);
    // Each workspace has its cycle up to a minute after the schedule says so.
    const isNews = readAt !== health.readAt || health.dueAt === undefined;
    const dueAt = isNews ? nextMatch(config.poll.schedule, clock) + MINUTE : health.dueAt;
    health = { ...health, readAt, dueAt };
  };
  /** However many pages ask, one query runs. */
  const checkOnce = async (): Promise<void> => (checking ??= check().finally(() => (checking = null)));
  await checkOnce();
  const timer = setInterval(() => void checkOnce().catch(() => undefined), CHECK_EVERY).unref();
  return {
    store: postgresStore(served, { workspace: number, fencingToken: null }, clock),
    reports: {
      ...reports,
      close: async () => {
        clearInterval(timer);
        await reports.close();
      },
    },
    health: () => health,
    onChange(listener) {
      const querying = setInterval(() => void checkOnce().then(listener, () => undefined), QUERY_EVERY);
      return () => clearInterval(querying);
    },
  };
}

/** A list that the configuration still has: what was read of another is never read again. */
function isOf({ accounts, poll }: Config, { resource, platform }: ListPoll): boolean {
  return (resource !== 'comments' || poll.comments) && accounts.some((each) => each.platform === platform);
}

import { Hono } from 'hono';
import type { Clock } from '../domain/time.js';
import { DAY, HOUR } from '../domain/time.js';
import type { LiveWorkspace } from '../project/reload.js';
import { EVERY_ACCOUNT } from '../domain/block.js';
import { type CachedAggregate, cachedAggregate } from './cached-aggregate.js';
import { changes } from './change-stream.js';
import { isReadLate } from './health.js';
import { overview, waitingOf } from './overview.js';
import type { Panel } from './panel.js';
import type { Panels } from './panels.js';
import { todayView } from './today.js';
import { pausedScopes } from './views-of.js';
import type { AgencyRow, AgencyView } from './session-views.js';

const DAYS = 7;
/** Maximum number of workspaces queried at a time: each takes a few database connections. */
const AT_ONCE = 4;

export interface AgencyOptions {
  readonly workspaces: readonly LiveWorkspace[];
  readonly panels: Pick<Panels, 'panelOf'>;
  readonly clock: Clock;
}

/** Registers the JSON API of the view over all workspaces. */
export function agencyApi(options: AgencyOptions): Hono {
  const api = new Hono();
  const all = agencyAggregate(options);
  api.get('/agency', async (c) => c.json(await all.get()));
  // No change events for all workspaces together: the page polls at an interval.
  api.get('/changes', (c) => changes({ onChange: () => () => undefined }, [all], c));
  return api;
}

/**
 * Summarises all workspaces of an installation: health, waiting replies and people, failures and leads of the
 * last seven days.
 */
function agencyAggregate(options: AgencyOptions): CachedAggregate<AgencyView> {
  return cachedAggregate(async () => {
    const left = options.workspaces.filter(({ isRemoved }) => isRemoved !== true);
    const rows: AgencyRow[] = [];
    const work = async (): Promise<void> => {
      for (let next = left.shift(); next; next = left.shift()) rows.push(await rowOf(next, options));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return { rows: rows.sort((a, b) => a.workspace.localeCompare(b.workspace)), days: DAYS };
  });
}

/**
 * A workspace that cannot be read, for example while its database is down, is shown with the error; the
 * others are not affected.
 */
async function rowOf(live: LiveWorkspace, { panels, clock }: AgencyOptions): Promise<AgencyRow> {
  const { workspace, mode } = live.config;
  const rules = live.problem?.faults ?? [];
  try {
    const panel = await panels.panelOf(live);
    return { workspace, mode, ...(await stateOf(panel, clock())), rulesFault: rules[0] ?? null, error: null };
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    return { workspace, mode, ...NOTHING, rulesFault: rules[0] ?? null, error: cause };
  }
}

type State = Omit<AgencyRow, 'workspace' | 'mode' | 'rulesFault' | 'error'>;

const NOTHING: State = {
  ...{ isPaused: false, readAt: null, isReadLate: false, failing: [], causes: {}, isKeyRefused: false },
  ...{ queue: 0, blocked: [], handoffs: 0, failures: 0, answered: 0, leads: 0 },
};

async function stateOf(panel: Panel, now: number): Promise<State> {
  const { reports, store, config } = panel;
  const health = await panel.health();
  const { queue, blocks } = await overview(store, config, now);
  const { sends, webhooks, handoffs } = await reports.troubles(now - DAYS * DAY);
  const since = Math.floor((now - DAYS * DAY) / HOUR) * HOUR;
  const sums = { figures: await reports.reasonsByHour(since), leads: await reports.leadHours(since) };
  const { current } = todayView(now, DAYS, 0, sums);
  return {
    isPaused: (await pausedScopes(panel, now)).has('all'),
    readAt: health.readAt,
    isReadLate: isReadLate(health, now),
    failing: health.failing,
    causes: health.causes ?? {},
    isKeyRefused: health.isKeyRefused,
    queue: waitingOf(queue, EVERY_ACCOUNT),
    blocked: blocks.map(({ account }) => account),
    handoffs,
    failures: sends + webhooks,
    answered: config.mode === 'shadow' ? current.shadow : current.answered,
    leads: current.leads,
  };
}

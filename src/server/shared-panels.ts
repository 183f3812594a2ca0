import { createHash } from 'node:crypto';
import { sep } from 'node:path';
import { type Context, Hono } from 'hono';
import { generateCookie, getCookie } from 'hono/cookie';
import type { Config } from '../domain/config.js';
import type { Finding } from '../domain/finding.js';
import { type Clock, HOUR, type Instant, MINUTE, SECOND } from '../domain/time.js';
import type { CompiledSet } from '../engine/rule-set.js';
import type { Project } from '../project/project.js';
import type { Served as Database } from '../store/postgres/open.js';
import { postgresReports, postgresStore } from '../store/postgres/store.js';
import type { Workspace } from '../project/workspaces.js';
import { nextMatch } from '../poller/schedule.js';
import type { RulesState } from '../project/reload.js';
import type { ListPoll } from '../store/reports.js';
import { carryOut } from './control.js';
import { bearerOf, waitABit } from './gate.js';
import { createGuesses } from './guesses.js';
import type { Panel } from './panel.js';
import { serve, type Served } from './serve.js';
import { createSite, limitBody } from './site.js';
import { watchProgram, type Watcher } from './watch-program.js';
import type { Observer } from '../domain/observer.js';
import type { Health } from '../domain/health.js';

export interface SharedPanelsOptions {
  readonly served: Database;
  /** The number of a workspace in the database, which is made if it is not there. */
  readonly numberOf: (workspace: string) => Promise<number>;
  readonly workspaces: readonly Workspace[];
  /** As its files have it now, with the tests of its rules; null while they have faults. */
  readonly projectOf: (workspace: string) => Promise<Project | null>;
  readonly clock: Clock;
}

/** The dashboards of workspaces: each for whoever has its token. */
export interface SharedPanels {
  readonly observer: (workspace: string) => Observer;
  readonly swap: (workspace: string, set: CompiledSet) => void;
  /** The changed files have faults: the rules read before stay in force. */
  readonly refuse: (findings: readonly Finding[]) => void;
  serve(at: NonNullable<Config['server']>): Promise<Served>;
}

/** Says to whom the browser belongs. It opens nothing: the session beside it does. */
const COOKIE = 'autoresponder_workspace';
/** Other workers write to the database as well: a page that is open asks so often. */
const ASK_EVERY = 2 * SECOND;
/** How old health may be. */
const LOOK_EVERY = 10 * SECOND;

export function createSharedPanels(options: SharedPanelsOptions): SharedPanels {
  const { workspaces, clock } = options;
  const all = new Map(
    workspaces.map((each): [string, InForce] => [
      each.config.workspace,
      { ...each, loadedAt: clock(), problem: null },
    ]),
  );
  const watchers = new Map<string, Watcher>();
  const sites = new Map<string, Hono>();

  const watcherOf = (workspace: string): Watcher => {
    const known = watchers.get(workspace);
    if (known) return known;
    const made = watchProgram();
    watchers.set(workspace, made);
    return made;
  };

  const siteOf = async (workspace: string, token: string | null): Promise<Hono | null> => {
    const known = sites.get(workspace);
    const found = all.get(workspace);
    if (known ?? !found) return known ?? null;
    const made = await createPanel(options, { workspace: found, watcher: watcherOf(workspace) });
    const site = createSite({ token, health: made.health, clock, panel: made });
    sites.set(workspace, site);
    return site;
  };

  return {
    observer: (workspace) => watcherOf(workspace).observer,
    swap(workspace, set) {
      const found = all.get(workspace);
      if (!found) return;
      Object.assign(found, { set, loadedAt: clock(), problem: null });
      watcherOf(workspace).tell();
    },
    refuse(findings) {
      for (const shown of all.values()) {
        const faults = faultsFor(shown.config, findings, workspaces.length === 1);
        shown.problem = { since: shown.problem?.since ?? clock(), faults };
        watcherOf(shown.config.workspace).tell();
      }
    },
    serve: (at) => serve(front(at, [...all.values()], { siteOf, clock }), at),
  };
}

interface FrontParts {
  readonly siteOf: (workspace: string, token: string | null) => Promise<Hono | null>;
  readonly clock: Clock;
}

/** Finds out whose dashboard is asked for, by the token that is given or was; each site then looks for itself. */
function front(
  { token: common }: NonNullable<Config['server']>,
  workspaces: readonly Workspace[],
  { siteOf, clock }: FrontParts,
): Hono {
  const [only] = workspaces;
  const isAlone = workspaces.length === 1;
  const owners = new Map(
    workspaces.flatMap(({ config }) => {
      const token = config.token ?? (isAlone ? common : null);
      return token === null ? [] : [[digest(token), config] as const];
    }),
  );
  const tokens = new Map(
    workspaces.map(({ config }) => [config.workspace, config.token ?? (isAlone ? common : null)]),
  );
  const nobody = createSite({
    token: digest(String(Math.random())),
    health: () => NOTHING_READ,
    clock,
    panel: null,
  });
  const site = new Hono();
  const guesses = { header: createGuesses(clock), login: createGuesses(clock) };
  site.use(limitBody());
  const nameOf = (c: Context, given: string | null): string => {
    if (isAlone) return only?.config.workspace ?? '';
    return (given === null ? getCookie(c, COOKIE) : owners.get(digest(given))?.workspace) ?? '';
  };
  // Whose token it is, is found out here: so here is where guessing is slowed.
  const isGuessed = (c: Context, given: string | null, by: 'header' | 'login'): boolean => {
    if (given === null || isAlone || c.req.path === '/healthz') return false;
    if (guesses[by].isTooOften(c)) return true;
    if (!owners.has(digest(given))) guesses[by].wrong(c, given);
    return false;
  };
  site.all('*', async (c) => {
    const { given, by } = await tokenOf(c.req.raw);
    if (isGuessed(c, given, by)) return waitABit(c);
    const workspace = nameOf(c, given);
    const token = tokens.get(workspace) ?? null;
    // Without a token of its own a workspace of several has no dashboard.
    const own = isAlone || token !== null ? await siteOf(workspace, token) : null;
    const answer = await (own ?? nobody).fetch(c.req.raw, c.env);
    const isLogin = given !== null && own !== null && answer.ok;
    return isLogin && !isAlone ? remembered(answer, workspace) : answer;
  });
  return site;
}

/** The answer, with a note of whose dashboard the browser has logged in to. */
function remembered(answer: Response, workspace: string): Response {
  const maxAge = (12 * HOUR) / SECOND;
  const both = new Response(answer.body, answer);
  const cookie = generateCookie(COOKIE, workspace, { httpOnly: true, sameSite: 'Strict', path: '/', maxAge });
  both.headers.append('set-cookie', cookie);
  return both;
}

const NOTHING_READ: Health = { readAt: null, failing: [], isKeyRefused: false };

function digest(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** The token of a header or of a login. */
async function tokenOf(request: Request): Promise<{ given: string | null; by: 'header' | 'login' }> {
  const header = bearerOf(request.headers.get('authorization'));
  if (header !== null) return { given: header, by: 'header' };
  if (request.method !== 'POST' || new URL(request.url).pathname !== '/login')
    return { given: null, by: 'login' };
  const body = (await request
    .clone()
    .json()
    .catch(() => null)) as { token?: unknown } | null;
  return { given: typeof body?.token === 'string' ? body.token : null, by: 'login' };
}

/** A workspace with its rules, and since when they are in force. */
interface InForce extends Workspace {
  loadedAt: Instant;
  problem: RulesState['problem'];
}

/** What one owner is told of faults in files: those of another are none of theirs. */
function faultsFor({ rulesPath }: Config, findings: readonly Finding[], isAlone: boolean): readonly string[] {
  const own = findings.filter(
    ({ file }) => isAlone || file === rulesPath || file.startsWith(`${rulesPath}${sep}`),
  );
  return own.length > 0
    ? own.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`)
    : ['other files of this installation have faults: the log of whoever runs it names them'];
}

/** A list that the configuration still has: what was read of another is never read again. */
function isOf({ accounts, poll }: Config, { resource, platform }: ListPoll): boolean {
  return (resource !== 'comments' || poll.comments) && accounts.some((each) => each.platform === platform);
}

interface Shown {
  readonly workspace: InForce;
  readonly watcher: Watcher;
}

/** What one dashboard sees: the database, since another worker may have done it. */
async function createPanel(
  { served, numberOf, projectOf, clock }: SharedPanelsOptions,
  { workspace, watcher: { onChange, tell, metrics } }: Shown,
): Promise<Panel> {
  const { config } = workspace;
  const number = await numberOf(config.workspace);
  const store = postgresStore(served, { workspace: number, epoch: null }, clock);
  const reports = postgresReports(served, number);
  let health = NOTHING_READ;
  let looking: Promise<void> | null = null;
  const look = async (): Promise<void> => {
    // However many pages ask, one question is on its way.
    looking ??= (async () => {
      const polls = (await reports.polls()).filter((poll) => isOf(config, poll)).map(({ at }) => at);
      const readAt = polls.length === 0 ? null : Math.min(...polls);
      // Each workspace has its turn up to a minute after the schedule says so.
      const isNews = readAt !== health.readAt || health.dueAt === undefined;
      const dueAt = isNews ? nextMatch(config.poll.schedule) + MINUTE : health.dueAt;
      health = { ...NOTHING_READ, readAt, dueAt };
    })().finally(() => (looking = null));
    await looking;
  };
  await look();
  // Whoever asks for health asks often, and gets what was so a moment ago.
  setInterval(() => void look().catch(() => undefined), LOOK_EVERY).unref();
  const panel: Panel = {
    config,
    store,
    reports,
    clock,
    health: () => ({ ...health, rulesFaults: workspace.problem?.faults ?? [] }),
    rules: () => {
      const { set, loadedAt, problem } = workspace;
      return { rules: set.rules.length, loadedAt, problem };
    },
    set: () => workspace.set,
    project: () => projectOf(config.workspace),
    command: async (asked) => {
      const result = await carryOut(asked, store, clock());
      tell();
      return result;
    },
    metrics: () => metrics(panel),
    onChange(listener) {
      const stop = onChange(listener);
      const timer = setInterval(() => void look().then(listener, () => undefined), ASK_EVERY);
      return () => {
        clearInterval(timer);
        stop();
      };
    },
  };
  return panel;
}

import { createHash, randomBytes } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { generateCookie, getCookie } from 'hono/cookie';
import type { Config } from '../domain/config.js';
import { type Clock, HOUR, SECOND } from '../domain/time.js';
import type { LiveWorkspace } from '../project/reload.js';
import { bearerOf, waitABit } from './gate.js';
import { createGuesses } from './guesses.js';
import type { Panels } from './panels.js';
import { serve, type HttpServer } from './serve.js';
import { createSite, failed, limitBody, type SiteOptions } from './site.js';

export interface SitesOptions {
  readonly workspaces: readonly LiveWorkspace[];
  readonly panels: Pick<Panels, 'panelOf'>;
  readonly clock: Clock;
  readonly onError?: SiteOptions['onError'];
}

/** Cookie with the workspace of the browser. It grants no access: only the session cookie does. */
const COOKIE = 'autoresponder_workspace';

/**
 * Serves health and dashboards: for one workspace with its token or the server's, for several with a token
 * each. Rejects if the port is in use.
 */
export async function startSites(
  at: NonNullable<Config['server']>,
  { workspaces, panels, clock, onError = () => undefined }: SitesOptions,
): Promise<HttpServer> {
  const siteOf = async (workspace: LiveWorkspace, token: string | null): Promise<Hono> => {
    const panel = await panels.panelOf(workspace);
    return createSite({ token, health: panel.health, clock, panel, onError });
  };
  const [first] = workspaces;
  const isOne = first !== undefined && workspaces.length === 1;
  return serve(
    isOne
      ? await siteOf(first, first.config.token ?? at.token)
      : front(workspaces, siteOf, { clock, onError }),
    at,
  );
}

/**
 * Finds the workspace of a request by the token given now or at login; each site then checks access itself.
 */
function front(
  workspaces: readonly LiveWorkspace[],
  siteOf: (workspace: LiveWorkspace, token: string) => Promise<Hono>,
  { clock, onError }: Pick<SitesOptions, 'clock' | 'onError'>,
): Hono {
  // With several workspaces, a workspace without its own token has no dashboard.
  const withToken = workspaces.flatMap((workspace) => {
    const { token } = workspace.config;
    return token === null ? [] : [{ workspace, token }];
  });
  const byDigest = new Map(withToken.map((owner) => [digest(owner.token), owner]));
  const byName = new Map(withToken.map((owner) => [owner.workspace.config.workspace, owner]));
  const sites = new Map<string, Promise<Hono>>();
  const nobody = createSite({
    token: randomBytes(32).toString('hex'),
    health: async () => ({ readAt: null, failing: [], isKeyRefused: false }),
    clock,
    panel: null,
  });
  const guesses = { header: createGuesses(clock), login: createGuesses(clock) };
  // Tokens are matched to workspaces here, so guesses are rate limited here.
  const isGuessed = (c: Context, given: string | null, by: 'header' | 'login'): boolean => {
    if (given === null || c.req.path === '/healthz') return false;
    if (guesses[by].isTooOften(c)) return true;
    if (!byDigest.has(digest(given))) guesses[by].wrong(c, given);
    return false;
  };
  const site = new Hono();
  site.onError(failed(onError));
  site.use(limitBody());
  site.all('*', async (c) => {
    const { given, by } = await tokenOf(c.req.raw);
    if (isGuessed(c, given, by)) return waitABit(c);
    const owner = given === null ? byName.get(getCookie(c, COOKIE) ?? '') : byDigest.get(digest(given));
    if (!owner) return nobody.fetch(c.req.raw, c.env);
    const { workspace } = owner.workspace.config;
    const own = sites.get(workspace) ?? siteOf(owner.workspace, owner.token);
    sites.set(workspace, own);
    own.catch(() => sites.delete(workspace));
    const response = await (await own).fetch(c.req.raw, c.env);
    return given !== null && response.ok ? remembered(response, workspace) : response;
  });
  return site;
}

/** Adds a cookie to the response that records the workspace of the browser. */
function remembered(response: Response, workspace: string): Response {
  const maxAge = (12 * HOUR) / SECOND;
  const both = new Response(response.body, response);
  const cookie = generateCookie(COOKIE, workspace, { httpOnly: true, sameSite: 'Strict', path: '/', maxAge });
  both.headers.append('set-cookie', cookie);
  return both;
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** The token in a header or in a login. */
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

import { createHash, randomBytes } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { generateCookie, getCookie } from 'hono/cookie';
import type { ServerConfig, Token } from '../domain/config.js';
import { type Clock, HOUR, SECOND } from '../domain/time.js';
import type { LiveWorkspace } from '../project/reload.js';
import { agencyApi } from './agency.js';
import { bearerOf, createGate, type Gate, isOwnPage, waitABit } from './gate.js';
import { createGuesses } from './guesses.js';
import type { Panels } from './panels.js';
import { createReview } from './review.js';
import { REVIEW } from './review-page.js';
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

/** Value of the cookie for the view over all workspaces; no workspace has this name. */
const ALL = '*';

/**
 * Serves health and dashboards: for one workspace with its token or the server's, for several with a token
 * each, and the view over all with the agency's. Rejects if the port is in use.
 */
export async function startSites(at: ServerConfig, options: SitesOptions): Promise<HttpServer> {
  const { workspaces, panels, clock, onError = () => undefined } = options;
  const [first] = workspaces;
  if (first === undefined || workspaces.length > 1 || at.agencyToken) {
    return serve(front(at, options), at);
  }
  const panel = await panels.panelOf(first);
  const token = first.config.token ?? at.token;
  const tokens = [...(first.config.tokens ?? []), ...(at.tokens ?? [])];
  const review = createReview(options);
  return serve(createSite({ token, tokens, health: panel.health, clock, panel, review, onError }), at);
}

interface Owner {
  readonly workspace: LiveWorkspace;
  readonly gate: Gate;
  readonly token: string;
  readonly tokens: readonly Token[];
}

/**
 * Finds the workspace of a request by the token given now or at login; each site then checks access itself.
 */
function front(at: ServerConfig, options: SitesOptions): Hono {
  const { workspaces, panels, clock, onError = () => undefined } = options;
  const agency = at.agencyToken ? agencySite(at.agencyToken, options) : null;
  const name = tokenNames(workspaces.length > 1, agency !== null);
  const isAlsoOpenFor = (c: Context): boolean => agency?.gate.hasSession(c) === true;
  const owners = ownersOf(at, options, { name, isAlsoOpenFor, hasAgency: agency !== null });
  const byDigest = new Map(
    owners.flatMap((owner) =>
      [owner.token, ...owner.tokens.map(({ token }) => token)].map((each) => [digest(each), owner] as const),
    ),
  );
  const byName = new Map(owners.map((owner) => [owner.workspace.config.workspace, owner]));
  const sites = new Map<string, Promise<Hono>>();
  const siteOf = async ({ workspace, token, gate }: Owner): Promise<Hono> => {
    const panel = await panels.panelOf(workspace);
    return createSite({
      token,
      gate,
      agency: agency?.gate ?? null,
      health: panel.health,
      clock,
      panel,
      onError,
    });
  };
  const nobody = nobodySite(name, clock);
  const guesses = { header: createGuesses(clock), login: createGuesses(clock) };
  const isOfAgency = (given: string): boolean => agency !== null && digest(given) === agency.digest;
  // Wrong tokens are rate limited here, because this site matches tokens to workspaces.
  const isGuessed = (c: Context, given: string | null, by: 'header' | 'login'): boolean => {
    if (given === null || c.req.path === '/healthz') return false;
    if (guesses[by].isTooOften(c)) return true;
    if (!served(byDigest.get(digest(given))) && !isOfAgency(given)) guesses[by].wrong(c, given);
    return false;
  };
  const site = new Hono();
  site.onError(failed(onError));
  site.use(limitBody());
  site.route(REVIEW, createReview(options));
  site.post('/open', (c, next) => (agency ? open(c, agency.gate, byName) : next()));
  site.all('*', async (c) => {
    const { given, by } = await tokenOf(c.req.raw);
    if (isGuessed(c, given, by)) return waitABit(c);
    const chosen = getCookie(c, COOKIE) ?? '';
    if (agency && (given === null ? chosen === ALL : isOfAgency(given))) {
      return remembered(await agency.site.fetch(c.req.raw, c.env), given === null ? null : ALL);
    }
    const owner = served(given === null ? byName.get(chosen) : byDigest.get(digest(given)));
    if (!owner) return nobody.fetch(c.req.raw, c.env);
    const { workspace } = owner.workspace.config;
    const own = sites.get(workspace) ?? siteOf(owner);
    sites.set(workspace, own);
    own.catch(() => sites.delete(workspace));
    return remembered(await (await own).fetch(c.req.raw, c.env), given === null ? null : workspace);
  });
  return site;
}

/** The owner, unless their workspace was removed from the configuration. */
function served(owner: Owner | undefined): Owner | undefined {
  return owner?.workspace.isRemoved === true ? undefined : owner;
}

interface Access {
  readonly name: string;
  readonly isAlsoOpenFor: (context: Context) => boolean;
  readonly hasAgency: boolean;
}

/** The workspaces that somebody has access to, each with its gate. */
function ownersOf(
  at: ServerConfig,
  { workspaces, clock }: SitesOptions,
  { name, isAlsoOpenFor, hasAgency }: Access,
): readonly Owner[] {
  // With several workspaces, one without its own token is open to the agency only.
  return workspaces.flatMap((workspace): Owner[] => {
    const shared = workspaces.length === 1 ? at : null;
    const own = workspace.config.token ?? shared?.token ?? null;
    const tokens = [...(workspace.config.tokens ?? []), ...(shared?.tokens ?? [])];
    if (own === null && tokens.length === 0 && !hasAgency) return [];
    const token = own ?? randomBytes(32).toString('hex');
    return [{ workspace, token, tokens, gate: createGate(token, clock, { name, isAlsoOpenFor, tokens }) }];
  });
}

function tokenNames(areSeveral: boolean, hasAgency: boolean): string {
  const own = areSeveral ? 'a workspace (`token`)' : '`server.token`';
  return hasAgency ? `${own} or of the agency (\`server.agency_token\`)` : own;
}

/** The site for callers without a known token: health, and the page that asks for one. */
function nobodySite(name: string, clock: Clock): Hono {
  const token = randomBytes(32).toString('hex');
  const health = async () => ({ readAt: null, failing: [], isKeyRefused: false });
  return createSite({ token, gate: createGate(token, clock, { name }), health, clock, panel: null });
}

/** The site with the view over all workspaces. */
function agencySite(token: string, options: SitesOptions) {
  const { clock, onError = () => undefined } = options;
  const gate = createGate(token, clock, { name: '`server.agency_token`' });
  const health = async () => ({ readAt: null, failing: [], isKeyRefused: false });
  const site = createSite({
    ...{ token, gate, health, clock, panel: null },
    api: agencyApi(options),
    onError,
  });
  return { gate, site, digest: digest(token) };
}

/** Opens the dashboard of a workspace for the agency, or the view over all. */
async function open(c: Context, gate: Gate, byName: ReadonlyMap<string, Owner>): Promise<Response> {
  const refused = gate.refusal(c);
  if (refused) return refused;
  if (!isOwnPage(c)) return c.json({ error: 'only the dashboard itself may open a workspace' }, 403);
  const body = (await c.req.json().catch(() => null)) as { workspace?: unknown } | null;
  const wanted = body?.workspace ?? ALL;
  if (typeof wanted !== 'string' || (wanted !== ALL && !served(byName.get(wanted)))) {
    return c.json({ error: 'there is no such workspace' }, 404);
  }
  return remembered(c.json({ ok: true }), wanted);
}

/** Adds the cookie with the workspace of the browser to the response; does nothing for null. */
function remembered(response: Response, workspace: string | null): Response {
  if (workspace === null || !response.ok) return response;
  const maxAge = (12 * HOUR) / SECOND;
  const both = new Response(response.body, response);
  const cookie = generateCookie(COOKIE, workspace, { httpOnly: true, sameSite: 'Strict', path: '/', maxAge });
  both.headers.append('set-cookie', cookie);
  return both;
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Returns the token in a header or in a login. */
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

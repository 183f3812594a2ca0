import { type Context, type ErrorHandler, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import type { Token } from '../domain/config.js';
import type { Clock } from '../domain/time.js';
import { createApi } from './api.js';
import { type Asset, loadAssets } from './assets.js';
import { createGate, type Gate, isOwnPage, waitABit } from './gate.js';
import { REVIEW } from './review-page.js';
import type { SessionView } from './session-views.js';
import { readiness } from './health.js';
import { withData } from './page-data.js';
import type { Panel } from './panel.js';
import type { Health } from '../domain/health.js';

const MOST_BODY = 2 * 1024 * 1024;
/** Name of the workspace of a configuration without `workspaces`. */
const ONLY = 'default';
/** The agency's token opens no figures of one workspace, which would be mistaken for those of all. */
const OF_ONE =
  'this address shows one workspace: send the `token` of that workspace; `/api/agency` has the state of all';
const NOT_BUILT = 'the dashboard was not built: `npm run build` builds it';

export interface SiteOptions {
  /** Token for `/readyz` and the dashboard; null if only this machine has access, without a token. */
  readonly token: string | null;
  /** Further tokens with their roles. @default none */
  readonly tokens?: readonly Token[];
  readonly health: () => Promise<Health>;
  readonly clock: Clock;
  /** Data of the dashboard; null if only health is served. */
  readonly panel: Panel | null;
  /** Access control. @default a gate for the token */
  readonly gate?: Gate;
  /** Access control of the agency. @default no access */
  readonly agency?: Gate | null;
  /** Data of the view over all workspaces, in place of a panel. @default none */
  readonly api?: Hono | null;
  /** Pages of the links in notices, which need no token. @default none */
  readonly review?: Hono;
  /** Called for a failed page or request, with its path. @default no callback */
  readonly onError?: (path: string, error: unknown) => void;
  /** Files of the dashboard, by URL path. @default the built files */
  readonly assets?: ReadonlyMap<string, Asset>;
}

/** All routes: health for supervisors, and the dashboard for the owner. */
export function createSite(options: SiteOptions): Hono {
  const { token, tokens = [], clock, panel, assets = loadAssets() } = options;
  const { gate = createGate(token, clock, { tokens }) } = options;
  const api = panel ? createApi(panel, gate.callerOf) : (options.api ?? null);
  const site = new Hono();
  site.use(headers());
  site.use(limitBody());
  site.onError(failed(options.onError));

  if (options.review) site.route(REVIEW, options.review);
  const session = (c: Context): SessionView => sessionOf(c, gate, options);
  addHealth(site, gate, options);
  addLogin(site, gate, session);
  site.use('/api/*', gate.guard);
  api?.onError(failed(options.onError));
  if (api) site.route('/api', api);
  site.all('/api/*', (c) => c.json({ error: 'unknown address' }, 404));
  site.get('*', async (c) => {
    const asset = assetFor(c.req.path, assets);
    if (!asset) return c.json({ error: assets.size === 0 ? NOT_BUILT : 'there is no such file' }, 404);
    const isPage = asset === assets.get('/index.html');
    if (!isPage || !api || !gate.isOpenFor(c)) return serveAsset(asset, c);
    c.header('cache-control', 'no-store');
    return c.html(await withData(new TextDecoder().decode(asset.body), { api, session: session(c) }, c));
  });
  return site;
}

/** Registers the routes of health, for supervisors, and of metrics. */
function addHealth(site: Hono, gate: Gate, { health, clock, panel, api }: SiteOptions): void {
  const isOfAgency = panel === null && api != null;
  const ofOne = (c: Context): Response => c.json({ error: OF_ONE }, 404);
  site.get('/healthz', (c) => c.json({ status: 'ok' }));
  site.get('/readyz', async (c) => {
    const refused = gate.refusal(c);
    if (refused !== null && gate.needsToken) return refused;
    if (refused === null && isOfAgency) return ofOne(c);
    const { status, body } = readiness(await health(), clock());
    if (refused === null) return c.json(body, status);
    // Without a token, a supervisor may use any host name; details of failures are for the owner only.
    return c.json({ status: status === 200 ? 'ready' : 'not ready' }, status);
  });
  site.get('/metrics', async (c) => {
    const refused = gate.refusal(c);
    if (refused) return refused;
    if (isOfAgency) return ofOne(c);
    if (!panel) return c.json({ error: 'metrics are not available' }, 404);
    const { text, contentType } = await panel.metrics();
    return c.body(text, 200, { 'content-type': contentType });
  });
}

function addLogin(site: Hono, gate: Gate, session: (c: Context) => SessionView): void {
  site.get('/session', (c) => c.json(session(c)));
  site.post('/login', async (c) => {
    if (!isOwnPage(c))
      return c.json({ error: 'a login is accepted only from the page of the dashboard' }, 403);
    const body = (await c.req.json().catch(() => null)) as { token?: unknown } | null;
    switch (gate.logIn(c, typeof body?.token === 'string' ? body.token : '')) {
      case 'in':
        return c.json({ isIn: true });
      case 'wrong':
        return c.json({ error: `that is not the token of ${gate.tokenName}` }, 401);
      case 'too_often':
        return waitABit(c);
    }
  });
  site.post('/logout', gate.guard, (c) => {
    gate.logOut(c);
    return c.json({ isIn: false });
  });
}

function sessionOf(c: Context, gate: Gate, { panel, api, agency }: SiteOptions): SessionView {
  const name = panel?.config.workspace;
  const isOfAgency = agency?.hasSession(c) === true;
  return {
    isIn: gate.isOpenFor(c),
    needsToken: gate.needsToken,
    token: gate.tokenName,
    workspace: name === undefined || name === ONLY ? null : name,
    agency: api ? 'all' : isOfAgency ? 'one' : null,
    ...gate.callerOf(c),
  };
}

/** The response to a failed request; the cause is written to the log only. */
export function failed(onError: SiteOptions['onError']): ErrorHandler {
  return (error, c) => {
    onError?.(c.req.path, error);
    return c.json({ error: 'internal error; see the log of the program' }, 500);
  };
}

/** Limits the size of request bodies, to protect memory. */
export function limitBody() {
  return bodyLimit({
    maxSize: MOST_BODY,
    onError: (c) => c.json({ error: 'the request is too large' }, 413),
  });
}

/** The dashboard's page for every path that is not a file. */
function assetFor(path: string, assets: ReadonlyMap<string, Asset>): Asset | undefined {
  return assets.get(path) ?? (path.startsWith('/assets/') ? undefined : assets.get('/index.html'));
}

function serveAsset({ body, gzip, type, isHashed }: Asset, c: Context): Response {
  const isZipped = /\bgzip\b/u.test(c.req.header('accept-encoding') ?? '');
  return c.body(isZipped ? gzip() : body, 200, {
    'content-type': type,
    'cache-control': isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    vary: 'accept-encoding',
    ...(isZipped ? { 'content-encoding': 'gzip' } : {}),
  });
}

/** Allows only our own scripts, no external resources, and no framing. */
export function headers() {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
    referrerPolicy: 'no-referrer',
    xFrameOptions: 'DENY',
    // No HSTS header: only the operator of a proxy knows whether the address is reached by https.
    strictTransportSecurity: false,
  });
}

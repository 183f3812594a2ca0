import { type ErrorHandler, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import type { Clock } from '../domain/time.js';
import { createApi } from './api.js';
import { type Asset, loadAssets } from './assets.js';
import { createGate, isOwnPage, waitABit } from './gate.js';
import { readiness } from './health.js';
import type { Panel } from './panel.js';
import type { Health } from '../domain/health.js';

const MOST_BODY = 2 * 1024 * 1024;
const NOT_BUILT = 'the dashboard was not built: `npm run build` builds it';

export interface SiteOptions {
  /** What `/readyz` and the dashboard ask for; null: nothing, and only this machine gets in. */
  readonly token: string | null;
  readonly health: () => Promise<Health>;
  readonly clock: Clock;
  /** Null: only health is served. */
  readonly panel: Panel | null;
  /** A page or call that failed, with its path. @default nobody has to know */
  readonly onError?: (path: string, error: unknown) => void;
  /** Those of the dashboard, by their address. @default what was built */
  readonly assets?: ReadonlyMap<string, Asset>;
}

/** All that is served: health for supervisors, and the dashboard for the owner. */
export function createSite(options: SiteOptions): Hono {
  const { token, health, clock, panel, assets = loadAssets() } = options;
  const site = new Hono();
  const gate = createGate(token, clock);
  site.use(headers());
  site.use(limitBody());
  site.onError(failed(options.onError));

  site.get('/healthz', (c) => c.json({ status: 'ok' }));
  site.get('/readyz', async (c) => {
    const refused = gate.refusal(c);
    if (refused !== null && gate.needsToken) return refused;
    const { status, body } = readiness(await health(), clock());
    if (refused === null) return c.json(body, status);
    // Without a token a supervisor may ask by any name; what fails, and where, is for the owner.
    return c.json({ status: status === 200 ? 'ready' : 'not ready' }, status);
  });
  site.get('/metrics', async (c) => {
    if (!panel) return c.json({ error: 'there are no figures here' }, 404);
    const refused = gate.refusal(c);
    if (refused) return refused;
    const { text, contentType } = await panel.metrics();
    return c.body(text, 200, { 'content-type': contentType });
  });
  site.get('/session', (c) => c.json({ isIn: gate.isOpenFor(c), needsToken: gate.needsToken }));
  site.post('/login', async (c) => {
    if (!isOwnPage(c)) return c.json({ error: 'only the dashboard itself may log in' }, 403);
    const body = (await c.req.json().catch(() => null)) as { token?: unknown } | null;
    switch (gate.logIn(c, typeof body?.token === 'string' ? body.token : '')) {
      case 'in':
        return c.json({ isIn: true });
      case 'wrong':
        return c.json({ error: 'that is not the token of `server.token`' }, 401);
      case 'too_often':
        return waitABit(c);
    }
  });
  site.post('/logout', gate.guard, (c) => {
    gate.logOut(c);
    return c.json({ isIn: false });
  });
  site.use('/api/*', gate.guard);
  if (panel) site.route('/api', createApi(panel));
  site.all('/api/*', (c) => c.json({ error: 'there is no such address' }, 404));
  site.get('*', (c) => serveAsset(new URL(c.req.url).pathname, assets));
  return site;
}

/** The answer to a call that failed, whose cause is for the log alone. */
export function failed(onError: SiteOptions['onError']): ErrorHandler {
  return (error, c) => {
    onError?.(c.req.path, error);
    return c.json({ error: 'something went wrong; the log of the program says what' }, 500);
  };
}

/** Nobody fills the memory, whoever they are. */
export function limitBody() {
  return bodyLimit({
    maxSize: MOST_BODY,
    onError: (c) => c.json({ error: 'that is too much at once' }, 413),
  });
}

/** Pages have addresses of their own, which all are the one page that shows them. */
function serveAsset(path: string, assets: ReadonlyMap<string, Asset>): Response {
  const asset = assets.get(path) ?? (path.startsWith('/assets/') ? undefined : assets.get('/index.html'));
  if (!asset)
    return Response.json({ error: assets.size === 0 ? NOT_BUILT : 'there is no such file' }, { status: 404 });
  return new Response(asset.body, {
    headers: {
      'content-type': asset.type,
      'cache-control': asset.isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    },
  });
}

/** No script but our own, nothing from elsewhere, in nobody's frame. */
function headers() {
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
    // Whether the address is reached by https is for who puts a proxy before it.
    strictTransportSecurity: false,
  });
}

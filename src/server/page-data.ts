import type { Context, Hono } from 'hono';
import { getCookie } from 'hono/cookie';
import type { SessionView } from './session-views.js';
import { MOST_AHEAD, RANGES } from './today.js';

/** Cookie with the minutes that the reader's clock is ahead of UTC, set by the page. */
const AHEAD = 'autoresponder_ahead';

/**
 * The page with the responses that its first view needs, so that it requests nothing before it shows them.
 * The responses are in a data block, which no browser executes, so the content security policy needs no
 * exception.
 */
export async function withData(
  html: string,
  { api, session }: { readonly api: Hono; readonly session: SessionView },
  context: Context,
): Promise<string> {
  const entries = await Promise.all(
    pathsOf(context, session).map(async (path) => {
      const response = await api.request(path.replace('/api', ''));
      return response.ok ? [[path, await response.json()]] : [];
    }),
  );
  const data = JSON.stringify({
    '/session': session,
    ...(Object.fromEntries(entries.flat()) as object),
  });
  const block = `<script type="application/json" id="data">${data.replaceAll('<', String.raw`\u003c`)}</script>`;
  // The replacement is a function, so that `$` in the data has no special meaning.
  return html.replace('<div id="app">', (app) => `${block}${app}`);
}

function pathsOf(context: Context, { agency }: SessionView): readonly string[] {
  if (agency === 'all') return ['/api/agency'];
  if (context.req.path !== '/') return ['/api/now'];
  const given = Number(getCookie(context, AHEAD) ?? 0);
  const ahead = Number.isInteger(given) && Math.abs(given) <= MOST_AHEAD ? given : 0;
  return ['/api/now', `/api/today?days=${RANGES[0]}&ahead=${ahead}`];
}

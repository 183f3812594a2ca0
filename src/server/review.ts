import { randomBytes } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import {
  isOfDraft,
  readReview,
  REVIEW_KEY,
  type ReviewAct,
  type ReviewGrant,
} from '../actions/drafts/review-link.js';
import type { Actor } from '../domain/audit.js';
import type { Draft, DraftChange, DraftEdit } from '../domain/draft.js';
import { NOT_IN_SHADOW } from '../domain/hand-reply.js';
import { LIMITS } from '../domain/limits.js';
import type { LiveWorkspace } from '../project/reload.js';
import { errorOf } from './drafts-api.js';
import type { Panel } from './panel.js';
import type { Panels } from './panels.js';
import { draftPage, messagePage, REVIEW, STYLE } from './review-page.js';
import { headers, limitBody, type SiteOptions } from './site.js';

export interface ReviewOptions {
  readonly workspaces: readonly LiveWorkspace[];
  readonly panels: Pick<Panels, 'panelOf'>;
  readonly onError?: SiteOptions['onError'];
}

/** A draft that a link opens, or the page that says why it opens none. */
type Opened = Waiting | Closed;

interface Waiting {
  readonly draft: Draft;
  readonly grant: ReviewGrant;
  readonly panel: Panel;
}

interface Closed {
  readonly status: 404 | 409 | 410;
  readonly title: string;
  readonly text: string;
}

const INVALID: Closed = {
  ...{ status: 404, title: 'This link is not valid' },
  text: 'Open the link of the notice as it is, or find the draft in the dashboard.',
};
const EXPIRED: Closed = {
  ...{ status: 410, title: 'This link has expired' },
  text: 'The draft ended by itself, because nobody approved it in time.',
};
const USED: Closed = {
  ...{ status: 410, title: 'This draft waits no longer' },
  text: 'The link was used, or the draft was approved, dropped or ended by itself.',
};
const CHANGED: Closed = {
  ...{ status: 409, title: 'This draft was edited' },
  text: 'Somebody edited it after the notice was sent: find it in the dashboard, or by `autoresponder drafts list`.',
};

/** Checks links. Each workspace's store has a key of its own. */
function createOpener(
  workspaces: readonly LiveWorkspace[],
  panels: ReviewOptions['panels'],
): (c: Context) => Promise<Opened> {
  const byName = new Map(workspaces.map((each) => [each.config.workspace, each]));
  const secrets = new Map<string, Promise<string>>();
  const secretOf = ({ config, store }: Panel): Promise<string> => {
    const { workspace } = config;
    const secret = secrets.get(workspace) ?? store.secret(REVIEW_KEY, randomBytes(32).toString('base64url'));
    secrets.set(workspace, secret);
    secret.catch(() => secrets.delete(workspace));
    return secret;
  };

  return async (c) => {
    const live = byName.get(c.req.param('workspace') ?? '');
    if (live === undefined || live.isRemoved === true) return INVALID;
    const panel = await panels.panelOf(live);
    const secret = await secretOf(panel);
    const grant = readReview(c.req.param('token') ?? '', { workspace: panel.config.workspace, secret });
    if (grant === null) return INVALID;
    if (grant.until <= panel.clock()) return EXPIRED;
    const [draft] = await panel.store.drafts({ id: grant.draft, limit: 1 });
    if (draft === undefined) return USED;
    if (draft.version !== grant.version) return CHANGED;
    return isOfDraft(grant, draft) ? { draft, grant, panel } : USED;
  };
}

/**
 * The pages of the links in notices. The link is the access: a signature of the workspace's store over one
 * version of one draft. A GET only shows the draft, since scanners fetch the links of messages; a POST acts, and
 * the draft then waits no longer, so that the link works once.
 */
export function createReview({ workspaces, panels, onError }: ReviewOptions): Hono {
  const open = createOpener(workspaces, panels);
  const site = new Hono();
  site.use(headers());
  site.use(limitBody());
  site.use(async (c, next) => {
    c.header('cache-control', 'no-store');
    c.header('x-robots-tag', 'noindex, nofollow');
    await next();
  });
  // Not the whole path: it holds the link.
  site.onError((error, c) => {
    onError?.(REVIEW, error);
    return c.html(messagePage('Internal error', 'See the log of the program.'), 500);
  });
  site.get('/style.css', (c) => c.body(STYLE, 200, { 'content-type': 'text/css; charset=utf-8' }));
  site.get('/:workspace/:token', async (c) => {
    const opened = await open(c);
    return 'draft' in opened ? c.html(draftPage(opened.draft, opened.grant.may, null)) : closed(opened, c);
  });
  site.post('/:workspace/:token', async (c) => {
    const opened = await open(c);
    return 'draft' in opened ? act(opened, c) : closed(opened, c);
  });
  site.all('*', (c) => closed(INVALID, c));
  return site;
}

function closed({ status, title, text }: Closed, c: Context): Response | Promise<Response> {
  return c.html(messagePage(title, text), status);
}

const DONE: Readonly<Record<ReviewAct, readonly [string, string]>> = {
  approve: ['Approved', 'The reply is sent as soon as the limits allow.'],
  drop: ['Dropped', 'The reply is not sent.'],
};

const form = z.looseObject({ do: z.enum(['approve', 'drop']) });

/** Approves or drops the draft as the form says. */
async function act({ draft, grant, panel }: Waiting, c: Context): Promise<Response> {
  const asked = form.safeParse(await c.req.parseBody());
  const what = asked.data?.do;
  if (what === undefined || !grant.may.includes(what)) {
    return c.html(messagePage('Not allowed', 'This link does not allow that.'), 403);
  }
  const edits = what === 'approve' ? editsIn(asked.data ?? {}, draft) : [];
  const refuse = async (why: string): Promise<Response> =>
    c.html(draftPage(withEdits(draft, edits), grant.may, why), 409);
  const { mode, guards } = panel.config;
  if (what === 'approve' && mode === 'shadow') return refuse(NOT_IN_SHADOW);
  if (edits.some(({ text }) => text.length > LIMITS.renderedText)) return refuse('the text is too long');
  const { id, version } = draft;
  const actor: Actor = { by: `link by ${grant.via}`, role: 'agent' };
  const change: DraftChange = { do: what, id, version, edits, ...actor };
  const result = await panel.command({ do: 'change-draft', change, guards }, actor);
  if (!('draft' in result)) throw new Error('bug: the command returned no draft');
  const error = errorOf(result.draft);
  if (error === null) return c.html(messagePage(...DONE[what]));
  return result.draft.is === 'refused' ? refuse(error) : c.html(messagePage('Nothing was sent', error), 409);
}

/** The texts of the form that differ from those of the draft. A browser sends line breaks as CR LF. */
function editsIn(fields: Readonly<Record<string, unknown>>, { texts }: Draft): readonly DraftEdit[] {
  return texts.flatMap(({ send: { id, text: before } }) => {
    const given = fields[`text-${id}`];
    if (typeof given !== 'string') return [];
    const text = given.replaceAll('\r\n', '\n');
    return text === before.replaceAll('\r\n', '\n') ? [] : [{ send: id, text }];
  });
}

/** The draft with the texts of the form, so that a refused text is not lost. */
function withEdits(draft: Draft, edits: readonly DraftEdit[]): Draft {
  const texts = draft.texts.map((each) => {
    const text = edits.find(({ send }) => send === each.send.id)?.text ?? each.send.text;
    return { ...each, send: { ...each.send, text } };
  });
  return { ...draft, texts };
}

import { byReason } from './today.js';
import { sumsOf } from '../domain/group.js';
import { decisionOf } from '../store/ports/journalled-decision.js';
import { PLATFORM_TABLE } from '../domain/platforms.js';
import { blockFix, EVERY_ACCOUNT } from '../domain/block.js';
import { REASONS } from '../domain/reason.js';
import type { Send } from '../domain/send.js';
import { LIMITS } from '../domain/limits.js';
import { DAY, HOUR, MINUTE, type Instant } from '../domain/time.js';
import type { Figure } from '../store/ports/reports.js';
import { isReadLate } from './health.js';
import { type Overview, overview, waitingOf } from './overview.js';
import type { Panel } from './panel.js';
import type {
  AccountView,
  AttentionView,
  BudgetView,
  EventView,
  NowView,
  RivalView,
  WhyView,
} from './views.js';
import type { JournalRow } from '../store/ports/journal.js';

const ROUTES = ['POST /v2/messages', 'POST /v2/comments'] as const;
/** Maximum number of failed sends shown. */
const MOST_TROUBLED = 200;
/** Maximum length of a text in a list; longer texts are cut. */
const TEASER = 300;

/** `name` is the contact's name from an earlier message, since comments have no name. */
export function eventView(row: JournalRow, name: string | null = null): EventView {
  const { event, seq, rule, reason, detail } = row;
  const { id, kind, platform, account, contact, at } = event;
  const actions = decisionOf(row)?.actions ?? [];
  return {
    seq,
    id,
    kind,
    platform,
    account,
    contactId: contact.id,
    contact: contact.name ?? contact.username ?? name ?? contact.id,
    text: event.text.slice(0, TEASER),
    at,
    direction: event.direction,
    rule,
    reason,
    detail,
    answers: actions.map(({ type, text }) => ({ type, text: text.slice(0, TEASER) })),
  };
}

/**
 * The row with the person whom an own public reply answers as its contact: the API lists such a comment with the account
 * itself as the author. Other rows are unchanged.
 */
export async function addressed({ reports }: Panel, row: JournalRow): Promise<JournalRow> {
  const { direction, comment } = row.event;
  const parent = comment?.parentId ?? null;
  if (direction !== 'outgoing' || parent === null) return row;
  const answered = await reports.event(`comment:${parent}`);
  if (answered === null || answered.event.direction === 'outgoing') return row;
  return { ...row, event: { ...row.event, contact: answered.event.contact } };
}

/** All data of the first page except the feed. */
export async function nowView(
  panel: Panel,
  figures: readonly Figure[],
  rivals: readonly RivalView[],
): Promise<NowView> {
  const { config, store, clock } = panel;
  const now = clock();
  const look = await overview(store, config, now);
  const health = await panel.health();
  const { readAt, failing, isKeyRefused } = health;
  const scopes = await pausedScopes(panel, now);
  const accounts = accountViews(panel, look, scopes);
  const isLate = isReadLate(health, now);
  const troubled = await panel.reports.troubled(MOST_TROUBLED);
  const { sends, webhooks, handoffs } = await panel.reports.troubles(now - LIMITS.handoffShown);
  const blocked = accounts.filter(({ block }) => block !== null).length;
  // One entry of the list: usually all lists fail for the same cause.
  const unread = isKeyRefused || isLate || failing.length > 0 ? 1 : 0;
  const files = panel.rules().problem === null ? 0 : 1;
  const others = contentionOf(figures, troubled).length + rivals.filter(({ isClash }) => isClash).length;
  return {
    now,
    isDemo: panel.play !== undefined,
    mode: config.mode,
    isPaused: scopes.has('all'),
    readAt,
    isReadLate: isLate,
    failing,
    isKeyRefused,
    accounts,
    waiting: waitingOf(look.queue, EVERY_ACCOUNT),
    emptyAt: look.emptyAt,
    budgets: budgets(look, config.throttle.sendsPerMinute, now),
    rules: panel.rules(),
    reasons: byReason(figures.filter(({ hour }) => (hour + 1) * HOUR > now - DAY)),
    drafts: await store.draftCount(),
    humans: await panel.reports.waiting(now),
    attention: sends + webhooks + handoffs + blocked + unread + files + others,
  };
}

/** Scopes that are paused now: `all`, `account:NAME`, `contact:ID`, `conversation:ID`. */
export async function pausedScopes({ reports }: Panel, now: Instant): Promise<ReadonlySet<string>> {
  const pauses = await reports.pauses();
  return new Set(pauses.flatMap(({ scope, until }) => (until > now ? [scope] : [])));
}

function accountViews(
  { config }: Panel,
  { queue, blocks }: Overview,
  paused: ReadonlySet<string>,
): AccountView[] {
  return config.accounts.map(({ name, platform }) => {
    const block = blocks.find((each) => each.account === name || each.account === EVERY_ACCOUNT);
    return {
      name,
      platform,
      canSend: PLATFORM_TABLE[platform].canSend,
      waiting: waitingOf(queue, name),
      isPaused: paused.has(`account:${name}`),
      block: block
        ? {
            cause: block.cause,
            detail: block.detail,
            fix: blockFix(block.cause),
            since: block.since,
            probeAt: block.probeAt,
          }
        : null,
    };
  });
}

function budgets({ queue }: Overview, limit: number, now: Instant): BudgetView[] {
  return ROUTES.map((route) => ({
    route,
    used: queue.calls.filter((call) => call.route === route && call.at > now - MINUTE).length,
    limit,
  }));
}

export async function whyView(panel: Panel, read: JournalRow): Promise<WhyView> {
  const { reports, store } = panel;
  const row = await addressed(panel, read);
  const { account, contact } = row.event;
  const known = account === null ? null : await reports.nameOf(account, contact.id);
  const decision = decisionOf(row);
  const sends = await reports.sendsOf(row.event.id);
  const attempts = await Promise.all(sends.map(({ id }) => reports.attemptsOf(id)));
  return {
    event: { ...row.event, contact: { ...contact, name: contact.name ?? contact.username ?? known } },
    decision,
    sentence: decision && REASONS[decision.reason],
    decidedAt: row.decidedAt,
    sends: sends.map((send, place) => ({ send, attempts: attempts[place] ?? [] })),
    acts: await store.auditOf(row.event.id),
  };
}

export async function attentionView(
  panel: Panel,
  figures: readonly Figure[],
  rivals: readonly RivalView[],
): Promise<AttentionView> {
  const { reports, store, config, clock } = panel;
  const now = clock();
  const look = await overview(store, config, now);
  const health = await panel.health();
  const { readAt, failing, isKeyRefused } = health;
  const sends = await reports.troubled(MOST_TROUBLED);
  const dead = await store.webhooks({ states: ['dead'], limit: MOST_TROUBLED });
  return {
    counts: await reports.troubles(now - LIMITS.handoffShown),
    isReadLate: isReadLate(health, now),
    readAt,
    webhooks: dead.map(({ body: _body, secret: _secret, ...webhook }) => webhook),
    handoffs: await reports.handoffs(now - LIMITS.handoffShown, MOST_TROUBLED),
    sends: await withNames(panel, sends),
    blocked: accountViews(panel, look, new Set()).filter(({ block }) => block !== null),
    isKeyRefused,
    failing,
    problem: panel.rules().problem,
    contention: contentionOf(figures, sends),
    rivals,
  };
}

async function withNames({ reports }: Panel, sends: readonly Send[]): Promise<AttentionView['sends']> {
  const named = [];
  for (const send of sends) {
    named.push({ ...send, contactName: await reports.nameOf(send.account, send.contactId) });
  }
  return named;
}

/**
 * Private replies used by other tools, by rule. Rules whose sends are already listed for this problem are
 * left out, so that each problem has one entry.
 */
function contentionOf(figures: readonly Figure[], sends: readonly Send[]): AttentionView['contention'] {
  const listed = new Set(
    sends.flatMap(({ rule, reason }) => (reason === 'private_reply_used' ? [rule] : [])),
  );
  const spent = figures.flatMap(({ rule, reason, n }) =>
    reason === 'private_reply_used' && !listed.has(rule ?? '') ? [[rule ?? '', n] as const] : [],
  );
  return [...sumsOf(spent)].map(([rule, n]) => ({ rule, n })).sort((a, b) => b.n - a.n);
}

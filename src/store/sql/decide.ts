import { actedRules, type PlannedAction } from '../../domain/decision.js';
import { type InboundEvent, postOf } from '../../domain/event.js';
import type { Reason } from '../../domain/reason.js';
import { routeOf } from '../../domain/send.js';
import type { Instant } from '../../domain/time.js';
import type { ReplyHistory, NewReply } from './reply-history.js';
import type { Sharing, SqlRunner, Work } from './sql-runner.js';
import { counter, decisionOf } from './counts.js';
import { draftRows } from './drafts.js';
import { effectRows } from './effects.js';
import { runRows } from './runs.js';
import { journalled } from '../ports/journalled-decision.js';
import type { Decided, JournalStore } from '../ports/journal.js';
import { threads } from './threads.js';

/** Writes decisions: the reason, the trace, the sends, and the reply history of the contact. */
export function decisions(
  db: SqlRunner,
  memory: ReplyHistory,
): Pick<JournalStore, 'recordDecision' | 'recordDecisions'> {
  const record = recorder(db);
  const count = counter(db);
  // A commit waits for the disk, some milliseconds, regardless of its size.
  const commit = db.transaction(function* (decided: readonly Decided[]) {
    const answers: NewReply[] = [];
    const recorded: string[] = [];
    const counted: ReturnType<typeof decisionOf>[] = [];
    for (const each of decided) {
      if (!(yield* record(each, answers))) continue;
      recorded.push(each.event.id);
      counted.push(decisionOf(each.event, each.decision.reason));
    }
    yield* count(counted);
    // The replies are added before the commit: a concurrent read after the commit would load them from the
    // database, and adding them then would count them twice.
    memory.add(answers);
    return recorded;
  }, sharingOf);
  const recordAll = async (decided: readonly Decided[]): Promise<readonly string[]> => {
    try {
      return await commit(decided);
    } catch (error) {
      // The transaction was rolled back, and with it the new replies.
      memory.forget();
      throw error;
    }
  };

  return {
    recordDecision: async (event, decision, now) =>
      (await recordAll([{ event, decision, now }])).length === 1,
    recordDecisions: async (decided) => new Set(await recordAll(decided)),
  };
}

/** A transaction locks the workspaces that share it until all have committed, so only short ones do. */
const FEW_DECISIONS = 8;

function sharingOf(decided: readonly Decided[]): Sharing {
  return decided.length <= FEW_DECISIONS ? 'shared' : 'alone';
}

/**
 * Writes one decision. Returns false if the event was already decided. `answers` collects the new replies.
 */
function recorder(db: SqlRunner): (decided: Decided, answers: NewReply[]) => Work<boolean> {
  const saveDecision = db.prepare(
    'update events set rule = ?, reason = ?, detail = ?, trace = ?, decided_at = ? where id = ? and reason is null',
  );
  const insertSend = sendInserter(db);
  const runs = runRows(db);
  const applyEffects = effectRows(db);
  const insertAnswer = db.prepare(
    `insert into answers values (@account, @contact_id, @rule, @conversation_id, @post_id, @event_id, @mode, @at)
     on conflict do nothing`,
  );
  const optOut = db.prepare(
    'insert into opt_outs values (?, ?, ?) on conflict (account, contact_id) do update set at = excluded.at',
  );
  const drafts = draftRows(db);
  const optIn = db.prepare('delete from opt_outs where account = ? and contact_id = ?');

  return function* ({ event, decision, now }: Decided, answers: NewReply[]): Work<boolean> {
    const { rule, reason, detail } = decision;
    const written = yield* saveDecision.run(rule, reason, detail, journalled(decision), now, event.id);
    if (written.changes === 0) return false;

    if (decision.optOut === 'stop') {
      yield* optOut.run(event.account, event.contact.id, now);
      yield* runs.stop(event.account ?? '', event.contact.id, now);
    }
    if (decision.optOut === 'start') yield* optIn.run(event.account, event.contact.id);
    yield* drafts.overtake(event, decision, now);
    if (reason === 'queued' || reason === 'awaiting_approval')
      for (const action of decision.actions) yield* insertSend(event, action, now);
    if (reason !== 'shadow') {
      yield* runs.change(event, decision, now);
      yield* applyEffects(event, decision.effects ?? [], now);
    }
    for (const [acted, how] of actedRules(decision)) {
      const row = toAnswerRow(event, acted, modeOf(reason, how), now);
      if ((yield* insertAnswer.run(row)).changes > 0) answers.push(row);
    }
    return true;
  };
}

const INSERT_SEND = `
insert into sends (event_id, rule, action, route, platform, account, lane, contact_id, conversation_id, post_id,
  comment_id, thread_id, platform_comment_id, text, disclosed, part, after_private, otherwise, state, reason, event_at,
  created_at, not_before, drafted_at, check_at, reminds, buttons)
values (@event_id, @rule, @action, @route, @platform, @account, @lane, @contact_id, @conversation_id, @post_id,
  @comment_id, @thread_id, @platform_comment_id, @text, @disclosed, @part, @after_private, @otherwise,
  @state, @reason, @event_at, @created_at, @not_before, @drafted_at, @drafted_at, @reminds, @buttons)`;

/** Puts an action into the outbox. */
export function sendInserter(
  db: SqlRunner,
): (event: InboundEvent, action: PlannedAction, now: Instant) => Work<void> {
  const insert = db.prepare(INSERT_SEND);
  const threadOf = threads(db);
  return function* (event, action, now) {
    yield* insert.run({ ...toRow(event, action, now), thread_id: yield* threadOf(event) });
  };
}

function modeOf(reason: Reason, how: 'spoke' | 'quiet'): NewReply['mode'] {
  if (reason === 'shadow') return 'shadow';
  return how === 'quiet' ? 'quiet' : 'live';
}

function toAnswerRow(
  event: InboundEvent,
  rule: string,
  mode: NewReply['mode'],
  at: Instant,
): NewReply & { event_id: string } {
  return {
    account: event.account ?? '',
    contact_id: event.contact.id,
    rule,
    conversation_id: event.conversationId,
    post_id: postOf(event),
    event_id: event.id,
    mode,
    at,
  };
}

function toRow(
  event: InboundEvent,
  action: PlannedAction,
  now: Instant,
): Record<string, string | number | null> {
  return {
    event_id: event.id,
    rule: action.rule,
    action: action.type,
    route: routeOf(action.type),
    platform: event.platform,
    account: event.account,
    // The ordering key: sends to one person keep their order across conversation and comments.
    lane: `${event.account ?? ''}/${event.contact.id}`,
    contact_id: event.contact.id,
    conversation_id: event.conversationId,
    post_id: event.comment?.postId ?? null,
    comment_id: event.kind === 'comment' ? event.sourceId : null,
    platform_comment_id: event.comment?.platformCommentId ?? null,
    text: action.text,
    disclosed: action.disclosed ? 1 : 0,
    part: action.part ?? 1,
    buttons: jsonOf(action.buttons),
    after_private: afterOf(action),
    otherwise: action.afterPrivate?.otherwise ?? null,
    reminds: action.reminds ? 1 : 0,
    ...stateOf(action, now),
    event_at: event.at,
    created_at: now,
    not_before: now + action.delay,
  };
}

function jsonOf(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

function stateOf({ awaits }: PlannedAction, now: Instant) {
  if (awaits === undefined) return { state: 'pending', reason: null, drafted_at: null };
  return { state: 'awaiting_approval', reason: 'awaiting_approval', drafted_at: now };
}

/** A public reply with `first` waits for nothing, like one with `always` once the private reply has ended. */
function afterOf({ afterPrivate }: PlannedAction): string | null {
  return afterPrivate?.when === 'first' ? 'always' : (afterPrivate?.when ?? null);
}

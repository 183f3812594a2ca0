import { actedRules, type Decision, type PlannedAction } from '../../domain/decision.js';
import type { InboundEvent } from '../../domain/event.js';
import type { Reason } from '../../domain/reason.js';
import { routeOf } from '../../domain/send.js';
import type { Instant } from '../../domain/time.js';
import type { Decided, Store } from '../store.js';
import type { AnswerMemory, NewAnswer } from './answer-memory.js';
import type { Database } from './open.js';
import { effectRows } from './effects.js';
import { type EventRow, toEvent } from './rows.js';
import { runRows } from './runs.js';

/** What a decision leaves behind: the reason, the trace, the sends, and the memory of the contact. */
export function decisions(
  db: Database,
  memory: AnswerMemory,
): Pick<Store, 'undecided' | 'recordDecision' | 'recordDecisions'> {
  const undecided = db.prepare(UNDECIDED);
  const saveDecision = db.prepare(
    'update events set rule = ?, reason = ?, detail = ?, trace = ?, decided_at = ? where id = ? and reason is null',
  );
  const insertSend = sendInserter(db);
  const runs = runRows(db);
  const carryOut = effectRows(db);
  const insertAnswer = db.prepare(
    'insert or ignore into answers values (@account, @contact_id, @rule, @conversation_id, @post_id, @event_id, @mode, @at)',
  );
  const optOut = db.prepare('insert or replace into opt_outs values (?, ?, ?)');
  const optIn = db.prepare('delete from opt_outs where account = ? and contact_id = ?');

  const record = ({ event, decision, now }: Decided, answers: NewAnswer[]): boolean => {
    const { rule, reason, detail } = decision;
    const written = saveDecision.run(rule, reason, detail, journalled(decision), now, event.id);
    if (written.changes === 0) return false;

    if (decision.optOut === 'stop') {
      optOut.run(event.account, event.contact.id, now);
      runs.stop(event.account ?? '', event.contact.id, now);
    }
    if (decision.optOut === 'start') optIn.run(event.account, event.contact.id);
    if (reason === 'queued') for (const action of decision.actions) insertSend(event, action, now);
    if (reason !== 'shadow') {
      runs.change(event, decision, now);
      carryOut(event, decision.effects ?? [], now);
    }
    for (const [acted, how] of actedRules(decision)) {
      const row = toAnswerRow(event, acted, modeOf(reason, how), now);
      if (insertAnswer.run(row).changes > 0) answers.push(row);
    }
    return true;
  };
  // A commit waits for the disk, some milliseconds, whatever it holds.
  const commit = db.transaction((decided: readonly Decided[]) => {
    const answers: NewAnswer[] = [];
    const recorded = decided.filter((each) => record(each, answers)).map(({ event }) => event.id);
    return { answers, recorded };
  });
  const recordAll = (decided: readonly Decided[]): readonly string[] => {
    const { answers, recorded } = commit(decided);
    memory.add(answers);
    return recorded;
  };

  return {
    undecided: async (limit) => (undecided.all(limit) as EventRow[]).map(toEvent),
    recordDecision: async (event, decision, now) => recordAll([{ event, decision, now }]).length === 1,
    recordDecisions: async (decided) => new Set(recordAll(decided)),
  };
}

/** Events of a walk that is not whole wait: an older message of the same conversation may still be unread. */
const UNDECIDED = `
select * from events
where reason is null and kind not in (select case resource when 'messages' then 'message' else 'comment' end from walks)
order by at, id limit ?`;

const INSERT_SEND = `
insert into sends (event_id, rule, action, route, platform, account, lane, contact_id, conversation_id, post_id,
  comment_id, platform_comment_id, text, disclosed, part, after_private, otherwise, state, event_at,
  created_at, not_before)
values (@event_id, @rule, @action, @route, @platform, @account, @lane, @contact_id, @conversation_id, @post_id,
  @comment_id, @platform_comment_id, @text, @disclosed, @part, @after_private, @otherwise,
  'pending', @event_at, @created_at, @not_before)`;

/** Puts an action into the outbox, its text to be sent in its turn. */
export function sendInserter(
  db: Database,
): (event: InboundEvent, action: PlannedAction, now: Instant) => void {
  const insert = db.prepare(INSERT_SEND);
  return (event, action, now) => {
    insert.run(toRow(event, action, now));
  };
}

/** What the journal keeps of a decision. What a webhook tells is in its own row, and deleted with it. */
function journalled({ trace, actions, effects, runs }: Decision): string {
  const kept = effects?.map((effect) =>
    effect.type === 'webhook' ? { type: effect.type, rule: effect.rule, url: effect.url } : effect,
  );
  const moved = runs?.map((change) => {
    if (change.kind !== 'start') return change;
    const { kind, rule, step } = change;
    return { kind, rule, step };
  });
  return JSON.stringify({ ...trace, actions, effects: kept, runs: moved });
}

function modeOf(reason: Reason, how: 'spoke' | 'quiet'): NewAnswer['mode'] {
  if (reason === 'shadow') return 'shadow';
  return how === 'quiet' ? 'quiet' : 'live';
}

function toAnswerRow(
  event: InboundEvent,
  rule: string,
  mode: NewAnswer['mode'],
  at: Instant,
): NewAnswer & { event_id: string } {
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

function postOf({ comment }: InboundEvent): string | null {
  return comment?.postId ?? comment?.platformPostId ?? null;
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
    // One person's sends keep their order, over conversation and comments alike.
    lane: `${event.account ?? ''}/${event.contact.id}`,
    contact_id: event.contact.id,
    conversation_id: event.conversationId,
    post_id: postOf(event),
    comment_id: event.kind === 'comment' ? event.sourceId : null,
    platform_comment_id: event.comment?.platformCommentId ?? null,
    text: action.text,
    disclosed: action.disclosed ? 1 : 0,
    part: action.part ?? 1,
    after_private: afterOf(action),
    otherwise: action.afterPrivate?.otherwise ?? null,
    event_at: event.at,
    created_at: now,
    not_before: now + action.delay,
  };
}

/** Who goes first waits for nothing, as `always` does once its turn has come. */
function afterOf({ afterPrivate }: PlannedAction): string | null {
  return afterPrivate?.when === 'first' ? 'always' : (afterPrivate?.when ?? null);
}

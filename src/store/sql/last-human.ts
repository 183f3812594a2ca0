import { isSameText } from '../../domain/same-text.js';
import { HUMAN_RULE } from '../../domain/rule.js';
import { NOT_ARRIVED } from '../../domain/send.js';
import { HOUR, type Instant } from '../../domain/time.js';
import { automationMessages } from './from-automation.js';
import type { SqlRunner, Work } from './sql-runner.js';
import { inStates, SEND } from './states.js';

interface Asked {
  readonly account: string;
  readonly contact: string;
  /** The top-level comment whose replies count as well; null for a message. */
  readonly thread: string | null;
  /** Id of the event. For a comment, later top-level comments of the account on its post count as well. */
  readonly event: string;
}

/** Times when the account last wrote something that this program did not send; null if never. */
export interface LastForeign {
  readonly human: Instant | null;
  /** The latest message of one of Blotato's own automations since the human's. */
  readonly automation: Instant | null;
}

const NOBODY: LastForeign = { human: null, automation: null };

/**
 * The time when the account last wrote something that this program did not send: to the contact, in the
 * thread of the comment, or as a new comment on the post after the contact's comment; null if never.
 */
export function lastHumanOf(db: SqlRunner): (asked: Asked) => Work<LastForeign> {
  const suspected = db.prepare<{ at: number | null; hand: number | null }>(LAST_HUMAN);
  const untied = db.prepare<UntiedRow>(UNTIED);
  const looseSends = db.prepare<LooseSend>(LOOSE_SENDS);
  const automations = automationMessages(db);

  return function* (asked) {
    const { at, hand } = yield* suspected.one(asked);
    if (at === null) return { ...NOBODY, human: hand };
    // Platforms change texts slightly, and clocks may be set: SQL has narrowed the rows down to the few that
    // need this check.
    const { account, contact, thread } = asked;
    const loose = yield* looseSends.all({ account, contact, thread });
    const isAutomation = yield* automations(account, contact);
    let automation: Instant | null = null;
    for (const row of yield* untied.all(asked)) {
      if (loose.some((send) => mayBe(row, send))) continue;
      const isAutomatic = row.route === 'POST /v2/messages' && (yield* isAutomation(row));
      if (!isAutomatic) return { human: Math.max(row.at, hand ?? row.at), automation };
      automation ??= row.at;
    }
    return { human: hand, automation };
  };
}

interface UntiedRow {
  readonly seq: number;
  readonly at: number;
  readonly read_at: number;
  readonly text: string;
  readonly route: string;
}

interface LooseSend {
  readonly text: string;
  readonly created_at: number;
  readonly ended_at: number | null;
  /** Sequence number of the event that the send replies to; null if not in the journal. */
  readonly answered: number | null;
}

/** True if the row may be that send: the condition of `LAST_HUMAN`, also used by read-back. */
function mayBe(row: UntiedRow, send: LooseSend): boolean {
  const isAfter = row.read_at >= send.created_at || (send.answered !== null && row.seq > send.answered);
  const isBefore = send.ended_at === null || row.read_at <= send.ended_at + HOUR;
  return isAfter && isBefore && isSameText(row.text, send.text);
}

/**
 * Maximum number of the account's own rows that are scanned: this program sends little after a human message.
 */
const OWN_ROWS = 200;

/**
 * Time of the contact's first comment on the post of the comment `c`; without an author's id, only that
 * comment.
 */
const FIRST_ON_POST = `
case when c.contact_id = '' then c.at else (select min(f.at) from events f
  where f.account = c.account and f.contact_id = c.contact_id and f.direction = c.direction and f.kind = 'comment'
    and (f.post_id = c.post_id or f.platform_post_id = c.platform_post_id)) end`;

/**
 * Rows that the account wrote and that match none of our sends. A row with the text of a send that may have
 * created a row with an unknown id may be that send: a list can show it before the POST is answered, not
 * every response arrives, and only the last id of a retried send is kept. A refused send created none: the
 * same text later is from a human who helps out. `+account` avoids the index by account, which would scan all
 * of the history.
 */
const UNTIED_ROWS = `
from (
  select * from (
    select seq, at, read_at, source_id, text, 'POST /v2/messages' as route from events
    where account = @account and contact_id = @contact and direction = 'outgoing' and kind = 'message'
    order by at desc limit ${OWN_ROWS}) messages
  union all
  select * from (
    select seq, at, read_at, source_id, text, 'POST /v2/comments' from events
    where parent_id = @thread and +account = @account and direction = 'outgoing' and kind = 'comment'
    order by at desc limit ${OWN_ROWS}) comments
  union all
  select * from (
    select o.seq, o.at, o.read_at, o.source_id, o.text, 'POST /v2/comments' from events c
    join events o on o.account = c.account and o.at > ${FIRST_ON_POST} and o.kind = 'comment'
      and o.direction = 'outgoing' and o.parent_id is null
      and (o.post_id = c.post_id or o.platform_post_id = c.platform_post_id)
    where c.id = @event and c.kind = 'comment'
    order by o.at desc limit ${OWN_ROWS}) own) e
where not exists (select 1 from sends s where s.route = e.route and s.message_id = e.source_id)
  and not exists (select 1 from attempts a join sends s on s.id = a.send_id
    where a.message_id = e.source_id and s.route = e.route)`;

/** Several people may have replies under one comment. */
const SAME_PLACE = `
s.id in (select id from sends where account = @account and contact_id = @contact
  union all select id from sends where account = @account and thread_id = @thread)`;

const MAY_HAVE_LEFT = `
s.attempts > 0 and (s.message_id is null or s.attempts > 1)
and (s.state not in ${inStates(NOT_ARRIVED)} or s.state = ${SEND.failed} and s.message_id is not null)`;

/**
 * Replies by hand to the contact or in the thread of the comment. Comments without an author's id may be from different
 * people, so of those only the thread counts.
 */
const LAST_BY_HAND = `
select max(h.created_at) from sends h where h.rule = '${HUMAN_RULE}' and h.state not in ${inStates(NOT_ARRIVED)}
  and h.id in (select id from sends where account = @account and contact_id = @contact and contact_id <> ''
    union all select id from sends where account = @account and thread_id = @thread)`;

const LAST_HUMAN = `
select max(e.at) as at, (${LAST_BY_HAND}) as hand ${UNTIED_ROWS}
  and not exists (select 1 from sends s where ${SAME_PLACE} and s.text = e.text
    and ${MAY_HAVE_LEFT}
    and e.read_at >= s.created_at and (s.ended_at is null or e.read_at <= s.ended_at + ${HOUR}))`;

const UNTIED = `select e.seq, e.at, e.read_at, e.text, e.route ${UNTIED_ROWS} order by e.at desc`;

const LOOSE_SENDS = `
select s.text, s.created_at, s.ended_at, (select seq from events where id = s.event_id) as answered
from sends s where ${SAME_PLACE} and ${MAY_HAVE_LEFT}`;

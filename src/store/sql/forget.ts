import type { Actor } from '../../domain/audit.js';
import { SEND_STEPS, type Send } from '../../domain/send.js';
import type { Instant } from '../../domain/time.js';
import { statesFrom } from '../../domain/transitions.js';
import { WEBHOOK_STEPS } from '../../domain/webhook.js';
import type { ReplyHistory } from './reply-history.js';
import type { SqlRunner, Work } from './sql-runner.js';
import { recorder } from './audit.js';
import { reasons } from './reasons.js';
import { type SendRow, toSend } from './rows.js';
import { inStates, SEND, RUN, WEBHOOK } from './states.js';
import type { Forgotten, ContactStore } from '../ports/contacts.js';
import type { JournalStore } from '../ports/journal.js';

/** Deletes personal data: of everyone after `retention`, or of one person at once. */
export function forget(
  db: SqlRunner,
  memory: ReplyHistory,
): Pick<JournalStore, 'forgetBefore'> & Pick<ContactStore, 'forgetContact'> {
  return { ...retention(db), ...byContact(db, memory) };
}

/** Ids, reasons and the reply history stay, so that no message gets a second reply. */
function retention(db: SqlRunner): Pick<JournalStore, 'forgetBefore'> {
  const emptyEvents = db.prepare(
    `update events set text = '', contact_name = null, contact_username = null, trace = null
     where at < @before and reason is not null and reason not in ('queued', 'awaiting_approval')
       and (text <> '' or contact_name is not null or contact_username is not null or trace is not null)`,
  );
  const emptySends = db.prepare(
    "update sends set text = '', buttons = null, otherwise = null, original = null where ended_at < @before and event_at < @before and text <> ''",
  );
  const forgetConversations = db.prepare(
    // A conversation without events belongs to an account that is not configured, and holds no names: reading
    // it again would cost a request.
    `delete from conversations where id in (select conversation_id from events where at < @before)
       and id not in (select conversation_id from events where conversation_id is not null and at >= @before)`,
  );
  // A text that somebody is still typing is stored again with the next key.
  const forgetTyping = db.prepare('delete from typing');
  const others = FORGET_OLD.map((sql) => db.prepare(sql));
  return {
    forgetBefore: db.transaction(function* (before: Instant) {
      yield* emptySends.run({ before });
      for (const other of others) yield* other.run({ before });
      yield* forgetConversations.run({ before });
      yield* forgetTyping.run();
      return (yield* emptyEvents.run({ before })).changes;
    }),
  };
}

/**
 * Deletes everything of one person except their opt-out. Later rows of the API count as new and are stored as
 * usual; the events stay without their contact, so that none of them is read again.
 */
function byContact(db: SqlRunner, memory: ReplyHistory): Pick<ContactStore, 'forgetContact'> {
  const accounts = db.prepare<{ account: string }>(ACCOUNTS);
  const open = db.prepare<SendRow>(
    `select * from sends where contact_id = ? and state in ${inStates(statesFrom(SEND_STEPS.forget))}`,
  );
  const giveUp = db.prepare(
    `update sends set state = ${SEND.discarded}, reason = 'opted_out', ended_at = ?, check_at = null where id = ?`,
  );
  const endUndecided = db.prepare(
    "update events set reason = 'opted_out', decided_at = ? where contact_id = ? and reason is null",
  );
  const optOut = db.prepare('insert into opt_outs values (?, ?, ?) on conflict do nothing');
  const traces = [
    ...CONVERSATIONS_OF.map((sql) => db.prepare(sql)),
    db.prepare('delete from labels where event_id in (select id from events where contact_id = @contact)'),
    db.prepare('delete from answers where contact_id = @contact'),
    db.prepare("delete from pauses where scope = 'contact:' || @contact"),
    db.prepare("update audit set subject = 'contact' where subject = 'contact:' || @contact"),
    db.prepare('delete from human_ends where contact_id = @contact'),
    ...FORGET_CONTACT.map((sql) => db.prepare(sql)),
  ];
  const emptyEvents = db.prepare(EMPTY_EVENTS);
  const emptySends = db.prepare(EMPTY_SENDS);
  const event = reasons(db);

  const record = recorder(db);

  const all = db.transaction(function* (
    contact: string,
    now: Instant,
    actor?: Actor,
  ): Work<Forgotten | null> {
    const names = (yield* accounts.all({ contact })).map((row) => row.account);
    if (names.length === 0) return null;
    for (const account of names) yield* optOut.run(account, contact, now);
    for (const row of yield* open.all(contact)) {
      const send: Send = toSend(row);
      yield* giveUp.run(now, send.id);
      yield* event.settle(send, 'discarded', 'opted_out', now);
    }
    yield* endUndecided.run(now, contact);
    for (const trace of traces) yield* trace.run({ contact });
    const sends = (yield* emptySends.run({ contact })).changes;
    yield* record({ action: 'forget', subject: 'contact' }, actor, now);
    return { accounts: names, events: (yield* emptyEvents.run({ contact })).changes, sends };
  });
  return {
    forgetContact: async (contact, now, actor) => {
      const forgotten = await all(contact, now, actor);
      memory.forget();
      if (forgotten !== null) await db.scrub();
      return forgotten;
    },
  };
}

/** Funnel runs stay for the figures, without the contact's data. */
const FORGET_OLD = [
  'delete from labels where event_id in (select id from events where at < @before)',
  `delete from contacts where changed_at < @before and not exists (select 1 from events e
     where e.account = contacts.account and e.contact_id = contacts.contact_id and e.at >= @before)`,
  'update runs set match = \'{"keyword":null,"groups":{}}\' where started_at < @before and state = \'ended\'',
  `update webhooks set body = '', target = null where created_at < @before and state <> ${WEBHOOK.pending}
     and (body <> '' or target is not null)`,
  'delete from handoffs where at < @before',
  'delete from audit where at < @before',
  // The row of the notice stays, so that the notice is not sent again.
  "update notices set text = '' where noted_at < @before and text <> ''",
];

const FORGET_CONTACT = [
  `update notices set text = '' where key in (
     select 'send ' || id from sends where contact_id = @contact
     union all select 'handoff ' || id from handoffs where contact_id = @contact)`,
  'delete from contacts where contact_id = @contact',
  'delete from branches where contact_id = @contact',
  'delete from typing where contact_id = @contact',
  // The code stays used.
  "update codes set account = '', contact_id = '' where contact_id = @contact",
  `update runs set contact_id = '', match = '{"keyword":null,"groups":{}}', deadline = null, work_at = null,
     state = ${RUN.ended}, outcome = coalesce(outcome, 'stopped') where contact_id = @contact`,
  `update webhooks set contact_id = '', body = '', target = null,
     state = case when state in ${inStates(statesFrom(WEBHOOK_STEPS.forget))} then ${WEBHOOK.discarded} else state end where contact_id = @contact`,
  'delete from handoffs where contact_id = @contact',
];

const ACCOUNTS = `
select account from events where contact_id = @contact and account is not null
union select account from sends where contact_id = @contact
union select account from opt_outs where contact_id = @contact`;

const CONVERSATIONS_OF = [
  `update audit set subject = 'conversation' where subject in
     (select 'conversation:' || conversation_id from events where contact_id = @contact and conversation_id is not null)`,
  `delete from pauses where scope in
     (select 'conversation:' || conversation_id from events where contact_id = @contact and conversation_id is not null)`,
  'delete from conversations where id in (select conversation_id from events where contact_id = @contact)',
];

const EMPTY_EVENTS = `
update events set text = '', contact_id = '', contact_name = null, contact_username = null, conversation_id = null,
  platform_comment_id = null, trace = null, detail = null, work = null, held = null
where contact_id = @contact`;

const EMPTY_SENDS = `
update sends set text = '', buttons = null, otherwise = null, original = null, contact_id = '', conversation_id = null, comment_id = null, thread_id = null,
  platform_comment_id = null, lane = '', detail = null
where contact_id = @contact`;

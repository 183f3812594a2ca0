import type { Act, Actor, AuditEntry } from '../../domain/audit.js';
import type { Instant } from '../../domain/time.js';
import type { AuditStore } from '../ports/audit.js';
import type { SqlRunner, Work } from './sql-runner.js';

type What = Pick<AuditEntry, 'action' | 'subject'>;

/** Records who acted, within the transaction of the action; nothing for a change by the program itself. */
export function recorder(db: SqlRunner): (what: What, actor: Actor | undefined, now: Instant) => Work<void> {
  const insert = db.prepare(
    'insert into audit (at, by, role, action, subject) values (@now, @by, @role, @action, @subject)',
  );
  return function* ({ action, subject }, actor, now) {
    if (actor === undefined) return;
    const { by, role = 'owner' } = actor;
    yield* insert.run({ now, by, role, action, subject });
  };
}

/** Entries of the audit trail. */
export function audit(db: SqlRunner): AuditStore {
  const all = db.prepare<AuditEntry>(
    `select at, by, role, action, subject from audit
     where cast(@subject as text) is null or subject = @subject order by id`,
  );
  const ofEvent = db.prepare<AuditEntry>(OF_EVENT);
  const record = recorder(db);
  return {
    audit: db.reads(({ subject }: { readonly subject?: string } = {}) =>
      all.all({ subject: subject ?? null }),
    ),
    auditOf: db.reads((eventId: string) => ofEvent.all({ event: eventId })),
    recordAct: db.transaction(function* (what: What, { at, ...actor }: Act) {
      yield* record(what, actor, at);
    }),
  };
}

const OF_EVENT = `
select at, by, role, action, subject from audit
where subject in (
    select 'send ' || id from sends where event_id = @event
    union all select 'handoff ' || id from handoffs where event_id = @event
    union all select 'webhook ' || id from webhooks where event_id = @event
    union all select 'event ' || id from events where id = @event
    union all select 'contact:' || contact_id from events where id = @event and contact_id <> ''
    union all select 'conversation:' || conversation_id from events where id = @event and conversation_id is not null)
  or id = (select max(a.id) from events e join audit a on a.subject in ('all', 'account:' || e.account)
    where e.id = @event and e.reason = 'paused' and a.action = 'pause' and a.at <= e.decided_at)
order by id`;

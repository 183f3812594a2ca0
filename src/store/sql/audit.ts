import type { Actor, AuditEntry } from '../../domain/audit.js';
import type { Instant } from '../../domain/time.js';
import type { AuditStore } from '../ports/audit.js';
import type { SqlRunner, Work } from './sql-runner.js';

type Act = Pick<AuditEntry, 'action' | 'subject'>;

/** Records who acted, within the transaction of the action. */
export function recorder(db: SqlRunner): (act: Act, actor: Actor, now: Instant) => Work<void> {
  const insert = db.prepare(
    'insert into audit (at, by, role, action, subject) values (@now, @by, @role, @action, @subject)',
  );
  return function* ({ action, subject }, { by, role = 'owner' }, now) {
    yield* insert.run({ now, by, role, action, subject });
  };
}

/** Entries of the audit trail. */
export function audit(db: SqlRunner): AuditStore {
  const all = db.prepare(
    `select at, by, role, action, subject from audit
     where cast(@subject as text) is null or subject = @subject order by id`,
  );
  return {
    audit: db.reads(function* ({ subject }: { readonly subject?: string } = {}) {
      return (yield* all.all({ subject: subject ?? null })) as AuditEntry[];
    }),
  };
}

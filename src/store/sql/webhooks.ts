import type { Columns } from './rows.js';
import { type Webhook, type WebhookEnd, WEBHOOK_STEPS } from '../../domain/webhook.js';
import type { HeaderTemplates } from '../../domain/request.js';
import type { Actor, AuditAction } from '../../domain/audit.js';
import type { Instant } from '../../domain/time.js';
import { statesFrom } from '../../domain/transitions.js';
import { recorder } from './audit.js';
import type { SqlRunner } from './sql-runner.js';
import { inStates, WEBHOOK } from './states.js';
import type { WebhookStore } from '../ports/webhooks.js';

type WebhookRow = Columns<Omit<Webhook, 'headers'>> & { headers: string };

type Part = Pick<
  WebhookStore,
  'dueWebhooks' | 'nextWebhookAt' | 'endWebhook' | 'webhooks' | 'retryWebhook' | 'discardWebhook'
>;

/** The outbox of webhooks, separate from the sends to contacts. */
export function webhooks(db: SqlRunner): Part {
  const due = db.prepare(
    `select * from webhooks where state = ${WEBHOOK.pending} and not_before <= ? order by not_before limit ?`,
    toWebhook,
  );
  const next = db.prepare<{ at: number | null }>(
    `select min(not_before) as at from webhooks where state = ${WEBHOOK.pending}`,
  );
  const list = db.prepare(
    `select * from webhooks where id < @before and (cast(@states as text) is null or state in (select value from json_each(@states)))
     order by id desc limit @limit`,
    toWebhook,
  );
  const end = db.prepare(END);
  const retry = db.prepare(
    `update webhooks set state = ${WEBHOOK.pending}, not_before = ?, ended_at = null, attempts = 0, detail = 'retried by hand'
     where id = ? and state in ${inStates(statesFrom(WEBHOOK_STEPS.retry))} and (body <> '' or target is not null) returning *`,
    toWebhook,
  );
  const discard = db.prepare(
    `update webhooks set state = ${WEBHOOK.discarded}, ended_at = ?, detail = 'discarded by hand'
     where id = ? and state in ${inStates(statesFrom(WEBHOOK_STEPS.discard))} returning *`,
    toWebhook,
  );
  const record = recorder(db);
  const changer = (statement: typeof retry, action: AuditAction) =>
    db.transaction(function* (id: number, now: Instant, actor?: Actor) {
      const webhook = yield* statement.get(now, id);
      if (webhook === undefined) return null;
      yield* record({ action, subject: `webhook ${id}` }, actor, now);
      return webhook;
    });

  return {
    dueWebhooks: db.reads((now: Instant, limit: number) => due.all(now, limit)),
    nextWebhookAt: db.reads(() => next.value()),
    endWebhook: db.transaction(function* ({ id }: Webhook, how: WebhookEnd, now: Instant) {
      const { state, detail } = how;
      const notBefore = state === 'pending' ? how.notBefore : null;
      yield* end.run({ id, state, detail, notBefore, endedAt: state === 'pending' ? null : now });
    }),
    webhooks: db.reads(function* ({
      states,
      limit,
      before = Number.MAX_SAFE_INTEGER,
    }: Parameters<WebhookStore['webhooks']>[0]) {
      const wanted = states === undefined ? null : JSON.stringify(states);
      return yield* list.all({ states: wanted, limit, before });
    }),
    retryWebhook: changer(retry, 'webhook_retry'),
    discardWebhook: changer(discard, 'webhook_discard'),
  };
}

function toWebhook(row: WebhookRow): Webhook {
  const { id, key, rule, account, url, target, method, secret, body, state, detail, attempts } = row;
  return {
    ...{ id, key, rule, account, url, target, method, secret, body, state, detail, attempts },
    ...{
      headers: JSON.parse(row.headers) as HeaderTemplates,
      eventId: row.event_id,
      contactId: row.contact_id,
      notBefore: row.not_before,
      createdAt: row.created_at,
    },
  };
}

/**
 * An attempt is counted when it ends: after a crash in between it is repeated with the same idempotency key.
 */
const END = `
update webhooks set state = @state, detail = @detail, attempts = attempts + 1,
  not_before = coalesce(@notBefore, not_before), ended_at = @endedAt
where id = @id and state in ${inStates(statesFrom(WEBHOOK_STEPS.end))}`;

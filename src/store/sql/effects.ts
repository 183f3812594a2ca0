import { type ContactState, withEffect } from '../../domain/contact-state.js';
import type { InboundEvent } from '../../domain/event.js';
import type { PlannedEffect } from '../../domain/funnel.js';
import type { Instant } from '../../domain/time.js';
import type { SqlRunner, Work } from './sql-runner.js';
import { branchInserter } from './branches.js';
import { WEBHOOK } from './states.js';

export interface ContactRows {
  of(account: string, contactId: string): Work<ContactState>;
  save(account: string, contactId: string, row: ContactState, now: Instant): Work<void>;
}

const NOTHING: ContactState = { tags: [], fields: {} };

export function contactRows(db: SqlRunner): ContactRows {
  const find = db.prepare<{ tags: string; fields: string }>(
    'select tags, fields from contacts where account = ? and contact_id = ?',
  );
  const save = db.prepare(SAVE_CONTACT);
  return {
    *of(account, contactId) {
      const row = yield* find.get(account, contactId);
      if (!row) return NOTHING;
      return {
        tags: JSON.parse(row.tags) as string[],
        fields: JSON.parse(row.fields) as Record<string, string>,
      };
    },
    *save(account, contactId, { tags, fields }, now) {
      yield* save.run(account, contactId, JSON.stringify(tags), JSON.stringify(fields), now);
    },
  };
}

/** Applies the effects of a decision other than sends, in its transaction. */
export function effectRows(
  db: SqlRunner,
): (event: InboundEvent, effects: readonly PlannedEffect[], now: Instant) => Work<void> {
  const contacts = contactRows(db);
  const hook = webhookInserter(db);
  const branch = branchInserter(db);
  const handoff = db.prepare(
    'insert into handoffs (event_id, rule, account, contact_id, note, at, until) values (?, ?, ?, ?, ?, ?, ?)',
  );
  const pause = db.prepare(LONGER_PAUSE);

  return function* (event, effects, now) {
    if (effects.length === 0) return;
    const account = event.account ?? '';
    const contactId = event.contact.id;
    const silence = function* (until: Instant): Work<void> {
      // A comment without an author's id has nobody to pause.
      if (contactId !== '')
        yield* pause.run(`contact:${contactId}`, until === Infinity ? null : until, event.id);
    };
    const before = yield* contacts.of(account, contactId);
    let row = before;
    for (const [index, effect] of effects.entries()) {
      row = withEffect(row, effect);
      if (effect.type === 'pause' || effect.type === 'handoff') yield* silence(effect.until);
      if (effect.type === 'handoff') {
        const until = effect.until === Infinity ? null : effect.until;
        yield* handoff.run(event.id, effect.rule, account, contactId, effect.note, now, until);
      }
      if (effect.type === 'branch') yield* branch(event, effect, now);
      if (effect.type === 'webhook') yield* hook(event, effect, { index, now });
    }
    if (row !== before && contactId !== '') yield* contacts.save(account, contactId, row, now);
  };
}

function webhookInserter(db: SqlRunner) {
  const insert = db.prepare(INSERT_WEBHOOK);
  return function* (
    event: InboundEvent,
    effect: Extract<PlannedEffect, { type: 'webhook' }>,
    { index, now }: { readonly index: number; readonly now: Instant },
  ): Work<void> {
    const { rule, url, target = url, method = 'POST', headers = {}, secret, body } = effect;
    yield* insert.run({
      key: `${event.id}/${rule}/${now}/${index}`,
      event_id: event.id,
      rule,
      account: event.account ?? '',
      contact_id: event.contact.id,
      ...{ url, target, method, headers: JSON.stringify(headers), secret, body, now },
    });
  };
}

const SAVE_CONTACT = `
insert into contacts values (?, ?, ?, ?, ?)
on conflict (account, contact_id) do update set tags = excluded.tags, fields = excluded.fields,
  changed_at = excluded.changed_at`;

const INSERT_WEBHOOK = `
insert into webhooks (key, event_id, rule, account, contact_id, url, target, method, headers, secret, body, state, not_before, created_at)
values (@key, @event_id, @rule, @account, @contact_id, @url, @target, @method, @headers, @secret, @body, ${WEBHOOK.pending}, @now, @now)`;

/** An existing pause is never shortened; null means until ended by hand. */
const LONGER_PAUSE = `
insert into pauses values (?, ?, ?)
on conflict (scope) do update set until = excluded.until, event_id = excluded.event_id
where pauses.until is not null and (excluded.until is null or excluded.until > pauses.until)`;

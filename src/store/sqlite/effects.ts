import { type ContactState, withEffect } from '../../domain/contact-state.js';
import type { InboundEvent } from '../../domain/event.js';
import type { PlannedEffect } from '../../domain/funnel.js';
import type { Instant } from '../../domain/time.js';
import type { Database } from './open.js';

export interface ContactRows {
  of(account: string, contactId: string): ContactState;
  save(account: string, contactId: string, row: ContactState, now: Instant): void;
}

const NOTHING: ContactState = { tags: [], fields: {} };

export function contactRows(db: Database): ContactRows {
  const find = db.prepare('select tags, fields from contacts where account = ? and contact_id = ?');
  const save = db.prepare('insert or replace into contacts values (?, ?, ?, ?, ?)');
  return {
    of(account, contactId) {
      const row = find.get(account, contactId) as { tags: string; fields: string } | undefined;
      if (!row) return NOTHING;
      return {
        tags: JSON.parse(row.tags) as string[],
        fields: JSON.parse(row.fields) as Record<string, string>,
      };
    },
    save(account, contactId, { tags, fields }, now) {
      save.run(account, contactId, JSON.stringify(tags), JSON.stringify(fields), now);
    },
  };
}

/** Carries out what a decision does besides sending, in its transaction. */
export function effectRows(
  db: Database,
): (event: InboundEvent, effects: readonly PlannedEffect[], now: Instant) => void {
  const contacts = contactRows(db);
  const webhook = db.prepare(INSERT_WEBHOOK);
  const handoff = db.prepare(
    'insert into handoffs (event_id, rule, account, contact_id, note, at, until) values (?, ?, ?, ?, ?, ?, ?)',
  );
  const pause = db.prepare(LONGER_PAUSE);

  return (event, effects, now) => {
    const account = event.account ?? '';
    const contactId = event.contact.id;
    const silence = (until: Instant): void => {
      // Comments may come without an author: nobody can be paused then.
      if (contactId !== '') pause.run(`contact:${contactId}`, until === Infinity ? null : until, event.id);
    };
    const before = contacts.of(account, contactId);
    let row = before;
    for (const [index, effect] of effects.entries()) {
      row = withEffect(row, effect);
      if (effect.type === 'pause' || effect.type === 'handoff') silence(effect.until);
      if (effect.type === 'handoff') {
        const until = effect.until === Infinity ? null : effect.until;
        handoff.run(event.id, effect.rule, account, contactId, effect.note, now, until);
      }
      if (effect.type === 'webhook') {
        const { rule, url, secret, body } = effect;
        const key = `${event.id}/${rule}/${now}/${index}`;
        webhook.run({
          key,
          event_id: event.id,
          rule,
          account,
          contact_id: contactId,
          url,
          secret,
          body,
          now,
        });
      }
    }
    if (row !== before && contactId !== '') contacts.save(account, contactId, row, now);
  };
}

const INSERT_WEBHOOK = `
insert into webhooks (key, event_id, rule, account, contact_id, url, secret, body, state, not_before, created_at)
values (@key, @event_id, @rule, @account, @contact_id, @url, @secret, @body, 'pending', @now, @now)`;

/** A pause that is there already is never made shorter; null is until it is ended by hand. */
const LONGER_PAUSE = `
insert into pauses values (?, ?, ?)
on conflict (scope) do update set until = excluded.until, event_id = excluded.event_id
where until is not null and (excluded.until is null or excluded.until > until)`;

import type { Send } from '../../domain/send.js';
import type { Instant } from '../../domain/time.js';
import type { OutboxStore } from '../ports/outbox.js';
import type { SqlRunner } from './sql-runner.js';
import { SEND } from './states.js';

type Part = Pick<OutboxStore, 'dropButtons' | 'areButtonsRefused' | 'refuseButtons'>;

/** Buttons of sends, and the accounts for which the API refused them. */
export function buttons(db: SqlRunner): Part {
  const drop = db.prepare(
    `update sends set text = ?, buttons = ? where id = ? and state = ${SEND.sending} and buttons is not null`,
  );
  const find = db.prepare('select 1 from button_refusals where account = ? and at > ?');
  const refuse = db.prepare(
    'insert into button_refusals (account, at) values (?, ?) on conflict (account) do update set at = excluded.at',
  );
  return {
    // An empty list marks a send whose buttons were refused: its result shows whether they were the cause.
    dropButtons: db.transaction(function* ({ id }: Send, text: string, why: 'account' | 'refused') {
      yield* drop.run(text, why === 'refused' ? '[]' : null, id);
    }),
    areButtonsRefused: db.reads(function* (account: string, since: Instant) {
      return (yield* find.get(account, since)) !== undefined;
    }),
    refuseButtons: db.transaction(function* (account: string, now: Instant) {
      yield* refuse.run(account, now);
    }),
  };
}

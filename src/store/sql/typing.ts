import { LIMITS } from '../../domain/limits.js';
import type { Instant } from '../../domain/time.js';
import type { Typing, TypingAbout } from '../../domain/typing.js';
import type { TypingStore } from '../ports/typing.js';
import type { SqlRunner } from './sql-runner.js';

/** Texts that people are typing. */
export function typing(db: SqlRunner): TypingStore {
  const expire = db.prepare('delete from typing where typed_at <= ?');
  const ofMessages = statementsFor(db, MESSAGES);
  const ofComment = statementsFor(db, COMMENT);
  const statements = (about: TypingAbout) => ('eventId' in about ? ofComment : ofMessages);
  return {
    saveTyping: db.transaction(function* (about: TypingAbout, { by, page, text }: Typing, now: Instant) {
      const { insert, remove } = statements(about);
      yield* expire.run(now - LIMITS.typingFor);
      if (text === '') {
        yield* remove.run({ ...about, by, page });
        return true;
      }
      return (yield* insert.run({ ...about, by, page, text, now })).changes > 0;
    }),
    typing: db.reads((about: TypingAbout, now: Instant) =>
      statements(about).all.all({ ...about, since: now - LIMITS.typingFor, most: LIMITS.typingShown }),
    ),
  };
}

interface About {
  /** Condition for the event that shows that the contact is known. */
  readonly event: string;
  /** Column of the event, or empty for messages, whose texts are about all of a conversation. */
  readonly id: string;
  /** Condition for the texts. */
  readonly rows: string;
}

const MESSAGES: About = {
  event: "account = @account and contact_id = @contactId and kind = 'message' and text <> ''",
  id: "''",
  rows: "account = @account and contact_id = @contactId and event_id = ''",
};

/** A comment without text and contact belongs to somebody who was forgotten. */
const COMMENT: About = {
  event: "id = @eventId and kind = 'comment' and account is not null and (text <> '' or contact_id <> '')",
  id: 'id',
  rows: 'event_id = @eventId',
};

function statementsFor(db: SqlRunner, { event, id, rows }: About) {
  return {
    insert: db.prepare(
      `insert into typing (account, contact_id, event_id, author, page, text, typed_at)
       select account, contact_id, ${id}, @by, @page, @text, @now from events
       where ${event} and direction = 'incoming' and reason is not null order by at desc limit 1
       on conflict (account, contact_id, event_id, author, page)
       do update set text = excluded.text, typed_at = excluded.typed_at`,
    ),
    remove: db.prepare(`delete from typing where ${rows} and author = @by and page = @page`),
    all: db.prepare<Typing>(
      `select author as "by", page, text from typing where ${rows} and typed_at > @since
       order by author, page limit @most`,
    ),
  };
}

import type { SqlRunner, Work } from './sql-runner.js';

/** The replies of a rule to one contact, in one conversation or under one post. */
export interface ReplyRow {
  rule: string;
  conversation_id: string | null;
  post_id: string | null;
  /** `quiet`: a rule acted without a reply. */
  mode: 'live' | 'shadow' | 'quiet';
  at: number;
  times: number;
}

/** A reply that was just committed. */
export type NewReply = Omit<ReplyRow, 'times'> & { account: string; contact_id: string };

/**
 * Cached sums of the replies to contacts, so that a decision does not count all replies a contact ever got.
 */
export interface ReplyHistory {
  readonly of: (account: string, contactId: string) => Work<readonly ReplyRow[]>;
  /** To be called last in the transaction that writes the replies. */
  readonly add: (answers: readonly NewReply[]) => void;
  readonly forget: () => void;
}

const SUMS = `
select rule, conversation_id, post_id, mode, max(at) as at, count(*) as times from answers
where account = ? and contact_id = ? group by rule, conversation_id, post_id, mode`;

/**
 * Caches the sums of at most `most` contacts, least recently used first out. Only the single writing process
 * may cache, since a reader would miss the writer's additions: its `most` is 0.
 */
export function replyHistory(db: SqlRunner, most: number): ReplyHistory {
  const sums = db.prepare<ReplyRow>(SUMS);
  const known = new Map<string, ReplyRow[]>();

  return {
    *of(account, contactId) {
      const key = keyOf(account, contactId);
      const rows = known.get(key) ?? (yield* sums.all(account, contactId));
      known.delete(key);
      known.set(key, rows);
      if (known.size > most) known.delete(known.keys().next().value ?? key);
      return rows;
    },
    add: (answers) => {
      for (const answer of answers) {
        const rows = known.get(keyOf(answer.account, answer.contact_id));
        if (rows) addTo(rows, answer);
      }
    },
    forget: () => known.clear(),
  };
}

function keyOf(account: string, contactId: string): string {
  return JSON.stringify([account, contactId]);
}

function addTo(rows: ReplyRow[], { rule, conversation_id, post_id, mode, at }: NewReply): void {
  const row = rows.find(
    (each) =>
      each.rule === rule &&
      each.mode === mode &&
      each.conversation_id === conversation_id &&
      each.post_id === post_id,
  );
  if (!row) rows.push({ rule, conversation_id, post_id, mode, at, times: 1 });
  else {
    row.at = Math.max(row.at, at);
    row.times += 1;
  }
}

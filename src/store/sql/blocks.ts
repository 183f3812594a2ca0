import type { Block } from '../../domain/block.js';
import { LIMITS } from '../../domain/limits.js';
import type { Send } from '../../domain/send.js';
import { type Instant, MINUTE, type Millis } from '../../domain/time.js';
import type { SqlRunner, Work } from './sql-runner.js';
import type { NewBlock } from '../../domain/attempt.js';
import type { OutboxStore } from '../ports/outbox.js';

/** Maximum time of a probe by one send: until its result is known, no other send probes the account. */
const PROBE_TAKES: Millis = MINUTE;

/** Changes of holds by the claim and by the end of an attempt, within their transactions. */
export interface BlockRows {
  /** The accounts on hold, and the time of the first probe. */
  silent(now: Instant): Work<{ readonly accounts: readonly string[]; readonly askAt: Instant | null }>;
  /** Records that the claimed send is the probe. */
  noteProbe(send: Pick<Send, 'account'>, now: Instant): Work<void>;
  /**
   * Records a refused attempt. Of concurrent refused attempts only the first counts: the others began before
   * it ended.
   */
  refuse(block: NewBlock, attemptedAt: Instant, now: Instant, when?: 'at_once' | 'late'): Work<void>;
  /** Ends a hold. Returns false if there is no such hold. */
  lift(account: string): Work<boolean>;
  /**
   * Lifts a hold after an accepted POST, which proves nothing about a hold that began with a late failure.
   */
  liftAtOnce(account: string): Work<void>;
  /** Lifts a hold after a send ended without a refusal, if the hold began before the send was attempted. */
  liftProven(account: string, attemptedAt: Instant): Work<void>;
}

export function blockRows(db: SqlRunner): BlockRows {
  // A longer hold can only result from a clock that was set back, so it is ignored.
  const silent = db.prepare<Pick<Block, 'account' | 'probeAt'>>(
    'select account, probe_at as "probeAt" from blocks where probe_at > @now and probe_at <= @until',
  );
  const probe = db.prepare('update blocks set probe_at = ? where account = ?');
  const refuse = db.prepare(REFUSE);
  const lift = db.prepare('delete from blocks where account = ?');
  const liftAtOnce = db.prepare('delete from blocks where account = ? and is_late = 0');
  const liftProven = db.prepare('delete from blocks where account = ? and refused_at <= ?');
  return {
    *silent(now) {
      const rows = yield* silent.all({ now, until: now + LIMITS.retryAfterMost });
      const times = rows.map((row) => row.probeAt);
      return {
        accounts: rows.map((row) => row.account),
        askAt: times.length === 0 ? null : Math.min(...times),
      };
    },
    *noteProbe({ account }, now) {
      yield* probe.run(now + PROBE_TAKES, account);
    },
    *refuse(block, attemptedAt, now, when = 'at_once') {
      yield* refuse.run({ ...block, attemptedAt, now, isLate: when === 'late' ? 1 : 0 });
    },
    *liftAtOnce(account) {
      yield* liftAtOnce.run(account);
    },
    *liftProven(account, attemptedAt) {
      yield* liftProven.run(account, attemptedAt);
    },
    *lift(account) {
      return (yield* lift.run(account)).changes > 0;
    },
  };
}

type BlockPart = Pick<OutboxStore, 'blocks' | 'block' | 'unblock'>;

export function blocks(db: SqlRunner): BlockPart {
  const list = db.prepare<Block>(
    'select account, cause, detail, since, refusals, probe_at as "probeAt" from blocks order by account',
  );
  const rows = blockRows(db);
  return {
    blocks: db.reads(() => list.all()),
    block: db.transaction((block: NewBlock, now: Instant) => rows.refuse(block, now, now)),
    unblock: db.transaction((account: string) => rows.lift(account)),
  };
}

const REFUSE = `
insert into blocks (account, cause, detail, since, refused_at, refusals, probe_at, is_late)
values (@account, @cause, @detail, @now, @now, 1, @probeAt, @isLate)
on conflict (account) do update set cause = excluded.cause, detail = excluded.detail, refused_at = excluded.refused_at,
  refusals = blocks.refusals + 1, probe_at = excluded.probe_at, is_late = excluded.is_late
where @attemptedAt >= blocks.refused_at`;

import { HOUR, type Clock } from '../../domain/time.js';
import type { Store } from '../store.js';
import { answerMemory } from './answer-memory.js';
import { blocks } from './blocks.js';
import { claims } from './claim-send.js';
import { contacts } from './contacts.js';
import { decisions } from './decide.js';
import { ends } from './end-attempt.js';
import { expiry } from './expiry.js';
import { facts } from './facts.js';
import { forget } from './forget.js';
import { nextPosts } from './next-posts.js';
import { type Database, type OpenStore, openReader, openWriter } from './open.js';
import { owner } from './people.js';
import { waiting } from './waiting.js';
import { queue } from './queue.js';
import { notices } from './notices.js';
import { recordPoll } from './record-poll.js';
import { webhooks } from './webhooks.js';

/** Whose answers are kept in memory: those who write today, and about a kilobyte each. */
const CONTACTS_KEPT = 5_000;

/** The embedded store, for the one process that writes. Throws StoreError. */
export function openSqlite(path: string, clock: Clock): Store {
  return storeOver(openWriter(path), clock);
}

/** The embedded store beside a running writer: every method that writes throws. Throws StoreError. */
export function readSqlite(path: string, clock: Clock): Store {
  return storeOver(openReader(path), clock, 0);
}

/** The store over a connection that is open. `contactsKept` is 0 where another process writes. */
export function storeOver({ db, close }: OpenStore, clock: Clock, contactsKept = CONTACTS_KEPT): Store {
  const memory = answerMemory(db, contactsKept);
  return {
    ...recordPoll(db, clock),
    watchNextPosts: nextPosts(db).watchNextPosts,
    ...decisions(db, memory),
    ...facts(db, memory),
    ...expiry(db),
    ...contacts(db),
    ...claims(db),
    ...blocks(db),
    ...waiting(db),
    ...ends(db),
    ...calls(db),
    ...owner(db),
    ...queue(db),
    ...webhooks(db),
    ...notices(db),
    ...forget(db, memory),
    close: async () => close(),
  };
}

function calls(db: Database): Pick<Store, 'callsSince' | 'oldestCallSince' | 'recordCall'> {
  const count = db.prepare('select count(*) as n from calls where route = ? and at > ?');
  const oldest = db.prepare('select min(at) as at from calls where route = ? and at > ?');
  const insert = db.prepare('insert into calls values (?, ?)');
  const prune = db.prepare('delete from calls where route = ? and at <= ?');
  const record = db.transaction((route: string, at: number): void => {
    insert.run(route, at);
    prune.run(route, at - HOUR);
  });
  return {
    callsSince: (route, since) => (count.get(route, since) as { n: number }).n,
    oldestCallSince: (route, since) => (oldest.get(route, since) as { at: number | null }).at,
    recordCall: (route, at) => record(route, at),
  };
}

import type { Clock, Instant } from '../../domain/time.js';
import type { Store } from '../ports/store.js';
import { activity } from './activity.js';
import { type ReplyHistory, replyHistory } from './reply-history.js';
import { audit } from './audit.js';
import { automations } from './automations.js';
import { blocks } from './blocks.js';
import { buttons } from './buttons.js';
import { branches } from './branches.js';
import { claims } from './claim-send.js';
import { counts } from './counts.js';
import { contacts } from './contacts.js';
import { conversations } from './conversations.js';
import type { SqlRunner } from './sql-runner.js';
import { deadLinks } from './dead-links.js';
import { decisions } from './decide.js';
import { drafts } from './drafts.js';
import { ends } from './end-attempt.js';
import { runExpiry } from './run-expiry.js';
import { facts } from './facts.js';
import { forget } from './forget.js';
import { handReplies } from './hand.js';
import { humanEnds } from './human-ends.js';
import { heldEvents } from './held.js';
import { labels } from './labels.js';
import { listedAccounts } from './listed-accounts.js';
import { nextPosts } from './next-posts.js';
import { notices } from './notices.js';
import { owner } from './people.js';
import { polls } from './polls.js';
import { readState } from './read-state.js';
import { queue } from './queue.js';
import { pages } from './pages.js';
import { secrets } from './secrets.js';
import { settling } from './settling.js';
import { waiting } from './waiting.js';
import { work } from './work.js';
import { typing } from './typing.js';
import { undecided } from './undecided.js';
import { webhooks } from './webhooks.js';
import type { CallBudget, PollStore } from '../ports/polls.js';

/** Dependencies of the parts of a store. */
interface Base {
  readonly db: SqlRunner;
  readonly clock: Clock;
  readonly memory: ReplyHistory;
}

/** The parts of a store, each with some of its methods. */
const PARTS = [
  ({ db }: Base) => polls(db),
  ({ db }: Base) => readState(db),
  ({ db, clock }: Base) => pages(db, clock),
  ({ db }: Base) => conversations(db),
  ({ db }: Base) => heldEvents(db),
  ({ db }: Base) => listedAccounts(db),
  ({ db }: Base) => automations(db),
  ({ db }: Base) => ({ watchNextPosts: nextPosts(db).watchNextPosts }),
  ({ db, memory }: Base) => decisions(db, memory),
  ({ db }: Base) => undecided(db),
  ({ db }: Base) => settling(db),
  ({ db, memory }: Base) => facts(db, memory),
  ({ db }: Base) => runExpiry(db),
  ({ db }: Base) => work(db),
  ({ db }: Base) => contacts(db),
  ({ db }: Base) => branches(db),
  ({ db }: Base) => claims(db),
  ({ db }: Base) => blocks(db),
  ({ db }: Base) => buttons(db),
  ({ db }: Base) => waiting(db),
  ({ db }: Base) => ends(db),
  ({ db }: Base) => calls(db),
  ({ db }: Base) => owner(db),
  ({ db }: Base) => humanEnds(db),
  ({ db }: Base) => queue(db),
  ({ db }: Base) => activity(db),
  ({ db }: Base) => counts(db),
  ({ db }: Base) => webhooks(db),
  ({ db }: Base) => notices(db),
  ({ db }: Base) => secrets(db),
  ({ db }: Base) => labels(db),
  ({ db }: Base) => audit(db),
  ({ db }: Base) => drafts(db),
  ({ db }: Base) => handReplies(db),
  ({ db }: Base) => typing(db),
  ({ db }: Base) => deadLinks(db),
  ({ db, memory }: Base) => forget(db, memory),
] as const;

type Intersection<Union> = (Union extends unknown ? (one: Union) => void : never) extends (
  all: infer All,
) => void
  ? All
  : never;
type Methods = Intersection<ReturnType<(typeof PARTS)[number]>>;

/**
 * The store on an open database. `contactsKept` is the number of contacts whose reply sums are cached; 0 if
 * another process may write.
 */
export function storeOver(db: SqlRunner, clock: Clock, contactsKept: number): Omit<Store, 'close'> {
  const base = { db, clock, memory: replyHistory(db, contactsKept) };
  return Object.assign({}, ...PARTS.map((part) => part(base))) as Methods;
}

/** Like `storeOver` without a cache, but each part is created when one of its methods is used: a poll uses few. */
export function lazyStoreOver(db: SqlRunner, clock: Clock): Omit<Store, 'close'> {
  partOf ??= new Map(
    PARTS.flatMap((part, n) =>
      Object.keys(part({ db, clock, memory: replyHistory(db, 0) })).map((method) => [method, n] as const),
    ),
  );
  const base = { db, clock, memory: replyHistory(db, 0) };
  const made: (Partial<Methods> | undefined)[] = [];
  return new Proxy({} as Methods, {
    get(_, method) {
      const n = partOf?.get(method as string);
      return n === undefined
        ? undefined
        : (Reflect.get((made[n] ??= PARTS[n]?.(base) ?? {}), method) as unknown);
    },
  });
}

/** The part of each method, by its index. */
let partOf: ReadonlyMap<string, number> | null = null;

function calls(db: SqlRunner): Pick<PollStore, 'countCall'> {
  const made = db.prepare<{ n: number; oldest: Instant | null }>(
    'select count(*) as n, min(at) as oldest from calls where route = ? and at > ?',
  );
  const insert = db.prepare('insert into calls values (?, ?)');
  return {
    countCall: db.transaction(function* (route: string, { since, most }: CallBudget, now: Instant) {
      const { n, oldest } = yield* made.one(route, since);
      if (n >= most) return oldest ?? since;
      yield* insert.run(route, now);
      return null;
    }, 'aside'),
  };
}

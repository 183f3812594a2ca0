import type { Clock, Instant } from '../../domain/time.js';
import type { Store } from '../ports/store.js';
import { activity } from './activity.js';
import { replyHistory } from './reply-history.js';
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

/**
 * The store on an open database. `contactsKept` is the number of contacts whose reply sums are cached; 0 if
 * another process may write.
 */
export function storeOver(db: SqlRunner, clock: Clock, contactsKept: number): Omit<Store, 'close'> {
  const memory = replyHistory(db, contactsKept);
  return {
    ...polls(db),
    ...readState(db),
    ...pages(db, clock),
    ...conversations(db),
    ...heldEvents(db),
    ...listedAccounts(db),
    ...automations(db),
    watchNextPosts: nextPosts(db).watchNextPosts,
    ...decisions(db, memory),
    ...undecided(db),
    ...settling(db),
    ...facts(db, memory),
    ...runExpiry(db),
    ...work(db),
    ...contacts(db),
    ...branches(db),
    ...claims(db),
    ...blocks(db),
    ...buttons(db),
    ...waiting(db),
    ...ends(db),
    ...calls(db),
    ...owner(db),
    ...humanEnds(db),
    ...queue(db),
    ...activity(db),
    ...counts(db),
    ...webhooks(db),
    ...notices(db),
    ...secrets(db),
    ...labels(db),
    ...audit(db),
    ...drafts(db),
    ...handReplies(db),
    ...typing(db),
    ...deadLinks(db),
    ...forget(db, memory),
  };
}

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

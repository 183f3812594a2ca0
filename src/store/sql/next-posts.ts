import { type InboundEvent, postOf } from '../../domain/event.js';
import type { Instant } from '../../domain/time.js';
import type { SqlRunner, Work } from './sql-runner.js';
import type { PollStore } from '../ports/polls.js';

export interface NextPosts {
  /** Binds rules that wait for the next post to a new post among the comments read. */
  bind(): Work<void>;
  /** The rules whose next post is the post of the comment. */
  of(event: InboundEvent): Work<readonly string[]>;
}

/** The first post after a rule was activated; once known it never changes. */
export function nextPosts(db: SqlRunner): NextPosts & Pick<PollStore, 'watchNextPosts'> {
  const watch = db.prepare(
    'insert into next_posts (rule, account, since) values (?, ?, ?) on conflict do nothing',
  );
  const waiting = db.prepare<{ rule: string; account: string; since: number }>(
    'select rule, account, since from next_posts where post_id is null',
  );
  const firstOf = db.prepare<{ post: string; at: number }>(FIRST_POST);
  const bind = db.prepare(
    'update next_posts set post_id = ?, bound_at = ? where rule = ? and account = ? and post_id is null',
  );
  const rulesOf = db.prepare<{ rule: string }>(
    'select rule from next_posts where account = ? and post_id = ?',
  );
  const watchAll = db.transaction(function* (
    wanted: readonly { readonly rule: string; readonly account: string }[],
    now: Instant,
  ): Work<void> {
    for (const { rule, account } of wanted) yield* watch.run(rule, account, now);
  });

  return {
    watchNextPosts: watchAll,
    *bind() {
      for (const { rule, account, since } of yield* waiting.all()) {
        const found = yield* firstOf.get({ account, since });
        if (found) yield* bind.run(found.post, found.at, rule, account);
      }
    },
    *of(event) {
      const post = postOf(event);
      if (post === null) return [];
      return (yield* rulesOf.all(event.account, post)).map(({ rule }) => rule);
    },
  };
}

/**
 * The API gives no time of a post: a post is new if nothing was written under it before. A post with decided
 * comments existed before, regardless of the two clocks: a new one would already be bound.
 */
const FIRST_POST = `
select coalesce(e.post_id, e.platform_post_id) as post, e.at from events e
where e.reason is null and e.kind = 'comment' and e.before_start = 0 and +e.account = @account and e.at >= @since
  and coalesce(e.post_id, e.platform_post_id) is not null
  and not exists (select 1 from events o
    where coalesce(o.post_id, o.platform_post_id) = coalesce(e.post_id, e.platform_post_id) and o.kind = 'comment'
      and o.account = e.account and (o.at < @since or o.reason is not null))
order by e.at, e.id limit 1`;

import type { Platform } from '../../domain/event.js';
import { CHECKED_STATES, type SendRoute } from '../../domain/send.js';
import { HOUR, type Instant, MINUTE } from '../../domain/time.js';
import type { SqlRunner, Work } from './sql-runner.js';
import { nextPosts } from './next-posts.js';
import { inStates, SEND, RUN } from './states.js';
import { OPEN_WORK } from './waiting.js';
import type {
  Resource,
  OpenWalk,
  PollState,
  WalkEnd,
  RemainingWork,
  PollStore,
  ReadFailure,
} from '../ports/polls.js';

/** Time that requests are stored: the period of the longest budget. */
const CALLS_KEPT = HOUR;
/** Interval of deleting old requests, which would take too long in each poll. */
const PRUNE_EVERY = 10 * MINUTE;

type Budget = Parameters<PollStore['beginPoll']>[0];

/** The time of the last deletion of old requests, kept beside a store that is made anew for each poll. */
export interface Pruned {
  at: Instant;
}

/** Beginning and end of a poll in as few statements as possible: of thousands of polls most find nothing. */
export function polls(
  db: SqlRunner,
  pruned: Pruned = { at: -Infinity },
): Pick<PollStore, 'beginPoll' | 'endPoll'> {
  const look = db.prepare<ListRow | WorkRow>(KNOWN);
  const count = db.prepare(COUNT);
  const prune = db.prepare('delete from calls where at <= ?');
  const saveMarks = db.prepare(SAVE_MARKS);
  const dropWalks = db.prepare('delete from walks where resource in (select value from json_each(?))');
  const left = db.prepare<LeftRow>(LEFT);
  const posts = nextPosts(db);
  /** The count of transactions at a beginning without any work; undefined if there is some. */
  let idleSince: number | undefined;

  return {
    beginPoll: db.transaction(begin, 'aside'),
    endPoll: db.transaction(end, 'aside'),
  };

  function* begin(
    { routes, since }: Budget,
    now: Instant,
    choose: (known: PollState) => readonly string[],
  ): Work<PollState> {
    const rows = yield* look.all({ routes: JSON.stringify(routes), since, now });
    const found = toPollState(rows);
    idleSince = rows.some(isWork) ? undefined : db.stored?.();
    const chosen = choose(found);
    if (chosen.length > 0) yield* count.run({ routes: JSON.stringify(chosen), now });
    if (now < pruned.at || now - pruned.at >= PRUNE_EVERY) {
      pruned.at = now;
      yield* prune.run(now - CALLS_KEPT);
    }
    return found;
  }

  function* end(ends: readonly WalkEnd[], now: Instant, dueAt?: Instant): Work<RemainingWork> {
    const moved = ends.flatMap(({ resource, watermarks, at }) =>
      [...watermarks].map(([platform, mark]) => {
        return { resource, platform, mark_at: mark, polled_at: at, due_at: dueAt ?? null };
      }),
    );
    if (moved.length > 0) yield* saveMarks.run(JSON.stringify(moved));
    // A poll that stored nothing leaves what it found. What others store meanwhile is the next poll's.
    if (idleSince !== undefined && db.stored?.() === idleSince) return { undecided: false, expired: false };
    const found = yield* left.one({ now });
    const resources = ends.map(({ resource }) => resource);
    if (found.walks > 0) yield* dropWalks.run(JSON.stringify(resources));
    if (found.posts === 1 && resources.includes('comments')) yield* posts.bind();
    return {
      undecided: found.undecided === 1,
      expired: found.expired === 1,
    };
  }
}

interface ListRow {
  what: 'mark' | 'walk' | 'calls' | 'ambiguous' | 'failure';
  name: string;
  part: string;
  n: number;
  more: string;
}

/** Work that waits: `name` is set if undecided, `part` if held, `n` if settling; `more` is `expired` only if nothing is open. */
interface WorkRow {
  what: 'work';
  name: string | null;
  part: string | null;
  n: Instant | null;
  more: 'open' | 'expired' | null;
}

function toPollState(rows: readonly (ListRow | WorkRow)[]): PollState {
  const watermarks: Partial<Record<Resource, Map<Platform, Instant>>> = {};
  const walks: Partial<Record<Resource, OpenWalk>> = {};
  const calls = new Map<string, number>();
  const ambiguous = new Set<SendRoute>();
  const failures: ReadFailure[] = [];
  const lists = rows.filter((row) => row.what !== 'work');
  for (const { what, name, part, n, more } of lists) {
    if (what === 'mark') (watermarks[name as Resource] ??= new Map()).set(part as Platform, n);
    else if (what === 'walk') {
      walks[name as Resource] = {
        platforms: JSON.parse(more) as Platform[],
        resumeToken: part,
        newestAt: n,
      };
    } else if (what === 'calls') calls.set(name, n);
    else if (what === 'ambiguous') ambiguous.add(name as SendRoute);
    else failures.push({ resource: name as Resource, since: n, error: part, isKeyRefused: more === '1' });
  }
  const work = rows.find((row) => row.what === 'work');
  return {
    ...{ watermarks, walks, calls, ambiguous, failures },
    hasUndecided: work?.name !== null,
    hasHeld: work?.part !== null,
    settlesAt: work?.n ?? null,
    hasOpenWork: work?.more === 'open',
  };
}

function isWork(row: ListRow | WorkRow): boolean {
  if (row.what !== 'work') return row.what === 'walk';
  return (row.name ?? row.part ?? row.n ?? row.more) !== null;
}

const UNDECIDED = `
select 1 from events where reason is null and held is null and (settle_at is null or settle_at <= @now)`;

const EXPIRED = `
exists (select 1 from runs where state = ${RUN.waiting} and deadline < @now)
or exists (select 1 from runs where state = ${RUN.waiting} and remind_after is not null
  and asked_at + remind_after < @now)
or exists (select 1 from sends where state = ${SEND.awaiting_approval} and check_at <= @now)`;

// Sends by state use the partial index of that state, since few are in any of them at a time.
const KNOWN = `
select 'mark' as what, resource as name, platform as part, mark_at as n, null as more from cursors
union all select 'walk', resource, page_token, newest_at, platforms from walks
union all select 'calls', made.value, null, (
  select count(*) from calls where route = made.value and at > @since), null from (select value from json_each(@routes)) made
union all select 'ambiguous', route, null, 1, null from sends
  where state in ${inStates(CHECKED_STATES)} and state = ${SEND.ambiguous}
union all select 'failure', resource, error, failing_since, cast(key_refused as text) from read_failures
union all select 'work', case when exists (${UNDECIDED}) then 'undecided' end,
  case when exists (select 1 from events where held is not null) then 'held' end,
  (select min(settle_at) from events where settle_at is not null and reason is null),
  case when ${OPEN_WORK} then 'open' when ${EXPIRED} then 'expired' end`;

const COUNT = `
insert into calls (route, at) select made.value, @now from (select value from json_each(@routes)) made`;

const MARK = ['resource', 'platform', 'mark_at', 'polled_at', 'due_at'];

const SAVE_MARKS = `
insert into cursors (${MARK.join(', ')}) select ${MARK.map((name) => `value ->> '${name}'`).join(', ')} from json_each(?) where true
on conflict (resource, platform) do update set mark_at = excluded.mark_at, polled_at = excluded.polled_at,
  due_at = excluded.due_at`;

interface LeftRow {
  walks: number;
  posts: 0 | 1;
  undecided: 0 | 1;
  expired: 0 | 1;
}

const LEFT = `
select (select count(*) from walks) as walks,
  case when exists (select 1 from next_posts where post_id is null) then 1 else 0 end as posts,
  case when exists (${UNDECIDED}) then 1 else 0 end as undecided,
  case when ${EXPIRED} then 1 else 0 end as expired`;

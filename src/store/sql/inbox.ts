import { LIMITS } from '../../domain/limits.js';
import { PLATFORM_TABLE } from '../../domain/platforms.js';
import { NOT_ARRIVED } from '../../domain/send.js';
import { windowEndsAt } from '../../domain/window.js';
import type { PeoplePage, PeopleQuery, Person, Reports, Show } from '../ports/reports.js';
import { OPEN_HANDOFF } from './handoffs.js';
import type { SqlRunner, Work } from './sql-runner.js';
import { inStates, SEND } from './states.js';

/** Number of events searched for the contacts of one page. */
const AMONG = 3_000;
/** Maximum number of conversations that are sorted by their window among those that wait for a human. */
const MOST_WAITING = 1_000;

/** Platforms with a window for replies, all of the same length, so the oldest message has the next end. */
const WINDOWED = Object.entries(PLATFORM_TABLE).flatMap(([platform, { replyWindow }]) =>
  replyWindow === null ? [] : [{ platform, replyWindow }],
);
const LONGEST_WINDOW = Math.max(...WINDOWED.map(({ replyWindow }) => replyWindow));

const OF_CONTACT = (table: string): string =>
  `${table}.account = e.account and ${table}.contact_id = e.contact_id`;

/** Time of the contact's latest message or comment. */
const HEARD = `(select max(i.at) from events i where ${OF_CONTACT('i')} and i.direction = 'incoming')`;

/** SQL condition on a row `e` of the journal: the contact said the last thing, and no reply to it was sent. */
const UNANSWERED = `(${HEARD} is not null
  and not exists (select 1 from opt_outs o where ${OF_CONTACT('o')})
  and not exists (select 1 from events r where ${OF_CONTACT('r')} and r.direction in ('outgoing', 'unknown')
    and r.at > ${HEARD})
  and not exists (select 1 from sends s where ${OF_CONTACT('s')}
    and s.state not in ${inStates([...NOT_ARRIVED, 'awaiting_approval', 'pending'])}
    and (s.event_at >= ${HEARD} or s.attempted_at > ${HEARD}))
  and not exists (select 1 from events i join events a on a.parent_id = i.source_id
    where ${OF_CONTACT('i')} and i.direction = 'incoming' and i.at = ${HEARD}
      and +a.account = i.account and a.kind = 'comment' and a.direction = 'outgoing'))`;

const HANDED_OFF = `exists (select 1 from handoffs h where ${OF_CONTACT('h')} and ${OPEN_HANDOFF})`;
const DRAFTED = `exists (select 1 from sends s where ${OF_CONTACT('s')} and s.state = ${SEND.awaiting_approval})`;

/** Columns of a `Person`, from a row `e` of the journal. */
export const PERSON = `
seq, account, platform, contact_id as "contactId", contact_name as name, contact_username as username, text, at, direction,
  (select count(*) from opt_outs o where ${OF_CONTACT('o')}) as "isOptedOut",
  (select count(*) from pauses p where p.scope = 'contact:' || e.contact_id and (p.until is null or p.until > @now))
    as "isPaused",
  case when ${HANDED_OFF} then 1 else 0 end as "isHandedOff",
  case when ${DRAFTED} then 1 else 0 end as "hasDraft",
  case when ${UNANSWERED} then 1 else 0 end as "isUnanswered",
  (select max(i.at) from events i where ${OF_CONTACT('i')} and i.direction = 'incoming' and i.kind = 'message')
    as "heardAt"`;

type Flag = 'isOptedOut' | 'isPaused' | 'isHandedOff' | 'isUnanswered';
type PersonRow = Omit<Person, Flag | 'waitsForHuman' | 'windowEndsAt'> &
  Record<Flag | 'hasDraft', number> & { readonly heardAt: number | null };

/** The person of a row with the columns `PERSON`. */
export function toPerson(row: unknown): Person {
  const { heardAt, hasDraft, ...person } = row as PersonRow;
  const { platform } = person;
  return {
    ...person,
    isOptedOut: person.isOptedOut === 1,
    isPaused: person.isPaused === 1,
    isHandedOff: person.isHandedOff === 1,
    waitsForHuman: person.isHandedOff === 1 || hasDraft === 1,
    isUnanswered: person.isUnanswered === 1,
    windowEndsAt:
      heardAt === null
        ? null
        : windowEndsAt({ kind: 'message', platform, actions: [], eventAt: heardAt, lastInboundAt: heardAt }),
  };
}

/** Values of `PERSON` that do not depend on the row. */
export function personTimes(now: number): { readonly now: number; readonly since: number } {
  return { now, since: now - LIMITS.handoffShown };
}

/** True if the list of this filter holds the person. */
export function isShown(person: Person, show: Show): boolean {
  if (show === 'human') return person.waitsForHuman;
  if (show === 'handoff') return person.isHandedOff;
  return show === 'all' || person.isUnanswered;
}

/** The conversations of the inbox, in both orders and with all filters. */
export function inbox(db: SqlRunner): Pick<Reports, 'people' | 'waiting'> {
  const lists = { latest: byLatest(db), window: byWindow(db) };
  const calls = { human: byCall(db, 'human'), handoff: byCall(db, 'handoff') };
  const waiting = db.prepare<{ n: number }>(
    `select count(*) as n from (${CALLS.human}) c where contact_id <> ''`,
  );
  return {
    people: db.reads((query: PeopleQuery) => {
      const { show, sort = 'latest' } = query;
      return show === 'human' || show === 'handoff' ? calls[show](query) : lists[sort](query);
    }),
    waiting: db.reads((now: number) => waiting.value({ since: now - LIMITS.handoffShown })),
  };
}

const HANDED = `select h.account, h.contact_id from handoffs h where ${OPEN_HANDOFF}`;
/** The contacts who wait for a human; `union` makes each one a single row. */
const CALLS = {
  handoff: HANDED,
  human: `${HANDED} union select account, contact_id from sends where state = ${SEND.awaiting_approval}`,
} as const;

type Lists = Readonly<Record<'all' | 'account', ReturnType<SqlRunner['prepare']>>>;

function byLatest(db: SqlRunner) {
  const [everywhere, unanswered] = [false, true].map((only) => {
    return { all: db.prepare(latest(false, only)), account: db.prepare(latest(true, only)) };
  }) as [Lists, Lists];
  const looked = db.prepare(`select count(*) as n, min(seq) as oldest from (
    select seq from events where seq < @before order by seq desc limit ${AMONG}) l`);
  const ofAccount = db.prepare(`select count(*) as n, min(seq) as oldest from (
    select seq from events where account = @account and seq < @before order by seq desc limit ${AMONG}) l`);
  return function* (query: PeopleQuery): Work<PeoplePage> {
    const { limit, before = Number.MAX_SAFE_INTEGER, account, show, now } = query;
    const times = personTimes(now);
    const among = { before, ...(account !== undefined && { account }) };
    const lists = show === 'unanswered' ? unanswered : everywhere;
    const scope = account === undefined ? 'all' : 'account';
    const found = (yield* lists[scope].all({ ...times, ...among, limit })).map(toPerson);
    const last = found.at(-1);
    if (last !== undefined && found.length === limit) return { people: found, before: last.seq, after: null };
    const { n, oldest } = (yield* { all: looked, account: ofAccount }[scope].get(among)) as {
      n: number;
      oldest: number | null;
    };
    // If few contacts fill the searched events, the next page begins before these events, where the other
    // contacts wrote.
    return { people: found, before: n < AMONG ? null : oldest, after: null };
  };
}

/** Contacts by their latest event; one who wrote again after `@before` is on an earlier page. */
function latest(isOfAccount: boolean, isUnanswered: boolean): string {
  return `
select ${PERSON} from events e where seq in (
  select seq from (
    select l.*, row_number() over (partition by account, contact_id order by seq desc) as place
    from (select seq, account, contact_id, kind, direction from events
      where ${isOfAccount ? 'account = @account and ' : ''}seq < @before order by seq desc limit ${AMONG}) l
    where account is not null and contact_id <> '' and not (direction = 'outgoing' and kind = 'comment')) e
  where place = 1 and (@before = ${Number.MAX_SAFE_INTEGER} or not exists (
      select 1 from events n where ${OF_CONTACT('n')} and n.seq >= @before
        and not (n.direction = 'outgoing' and n.kind = 'comment')))
    ${isUnanswered ? `and ${UNANSWERED}` : ''}
  order by seq desc limit @limit)
order by seq desc`;
}

/** The contacts who wait for a human, in the order of the query. */
function byCall(db: SqlRunner, show: keyof typeof CALLS) {
  const list = db.prepare(called(show));
  return function* (query: PeopleQuery): Work<PeoplePage> {
    const { limit, before = Number.MAX_SAFE_INTEGER, account = null, now } = query;
    const values = { ...personTimes(now), account };
    if (query.sort === 'window') {
      const all = yield* list.all({ ...values, before: Number.MAX_SAFE_INTEGER, limit: MOST_WAITING });
      return pageOf(all.map(toPerson), query);
    }
    const people = (yield* list.all({ ...values, before, limit })).map(toPerson);
    return { people, before: people.length < limit ? null : (people.at(-1)?.seq ?? null), after: null };
  };
}

/** Conversations of handoffs and drafts: few, so all of them are looked through. */
function called(show: keyof typeof CALLS): string {
  return `
select ${PERSON} from events e where seq in (
  select (select max(l.seq + 0) from events l where l.account = c.account and l.contact_id = c.contact_id)
  from (${CALLS[show]}) c where c.contact_id <> '')
  and seq < @before and (cast(@account as text) is null or account = @account)
order by seq desc limit @limit`;
}

function byWindow(db: SqlRunner) {
  const open = { all: db.prepare(ending(false)), unanswered: db.prepare(ending(true)) };
  const looked = db.prepare<{ at: number; seq: number }>(
    `select at, seq from (${SCANNED}) l order by at desc, seq desc limit 1`,
  );
  const count = db.prepare<{ n: number }>(`select count(*) as n from (${SCANNED}) l`);
  return function* (query: PeopleQuery): Work<PeoplePage> {
    const { limit, account, show, now } = query;
    const [at, seq] = placeOf(query.after) ?? [now - LONGEST_WINDOW, Number.MAX_SAFE_INTEGER];
    const times = personTimes(now);
    const place = { at, seq };
    const values = { ...times, ...place, account: account ?? null, limit };
    const people = (yield* open[show === 'unanswered' ? show : 'all'].all(values)).map(toPerson);
    const last = people.at(-1);
    if (last !== undefined && people.length === limit) return { people, before: null, after: afterOf(last) };
    const { n } = yield* count.one(place);
    if (n < AMONG) return { people, before: null, after: null };
    const next = yield* looked.one(place);
    return { people, before: null, after: afterOf(next) };
  };
}

/** Events after a place, in the order in which their windows end. */
const SCANNED = `
select seq, at from events where at >= @at and (at > @at or seq > @seq) order by at, seq limit ${AMONG}`;

/** Contacts' last messages whose window is open, the next end first. */
function ending(isUnanswered: boolean): string {
  const platforms = WINDOWED.map(({ platform }) => `'${platform}'`).join(', ');
  return `
select ${PERSON} from events e where seq in (
  select e.seq from (${SCANNED}) l join events e on e.seq = l.seq
  where e.kind = 'message' and e.direction = 'incoming' and e.platform in (${platforms})
    and e.account is not null and e.contact_id <> ''
    and (cast(@account as text) is null or e.account = @account)
    and not exists (select 1 from events n where ${OF_CONTACT('n')} and n.direction = 'incoming'
      and n.kind = 'message' and n.at >= e.at and (n.at > e.at or n.seq > e.seq))
    ${isUnanswered ? `and ${UNANSWERED}` : ''}
  order by e.at, e.seq limit @limit)
order by at, seq`;
}

const afterOf = ({ at, seq }: { readonly at: number; readonly seq: number }): string => `${at}-${seq}`;

function placeOf(after: string | undefined): readonly [number, number] | null {
  const parts = after?.split('-').map(Number);
  return parts?.[0] === undefined || parts[1] === undefined ? null : [parts[0], parts[1]];
}

/** A page of conversations: those with an open window, the next end first, then the others, the latest first. */
function pageOf(all: readonly Person[], { after, limit, now }: PeopleQuery): PeoplePage {
  const ordered = all
    .map((person) => ({ person, key: keyOf(person, now) }))
    .sort((a, b) => a.key[0] - b.key[0] || a.key[1] - b.key[1]);
  const place = placeOf(after);
  const rest = place
    ? ordered.filter(({ key }) => key[0] > place[0] || (key[0] === place[0] && key[1] > place[1]))
    : ordered;
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  const isMore = last !== undefined && rest.length > limit;
  return {
    people: page.map(({ person }) => person),
    before: null,
    after: isMore ? `${last.key[0]}-${last.key[1]}` : null,
  };
}

function keyOf({ windowEndsAt: end, seq }: Person, now: number): readonly [number, number] {
  return end !== null && end > now ? [end, seq] : [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER - seq];
}

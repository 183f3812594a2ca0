import { HOUR, type Instant } from '../../domain/time.js';
import type {
  FeedPage,
  Lead,
  LeadHour,
  PeoplePage,
  PeopleQuery,
  Reports,
  SearchQuery,
} from '../ports/reports.js';
import type { SqlRunner, Work } from './sql-runner.js';
import { toJournalRow } from './rows.js';
import { isShown, PERSON, personTimes, toPerson } from './inbox.js';

type SearchPart = Pick<Reports, 'search' | 'searchPeople' | 'leads' | 'leadHours'>;

/**
 * Number of events read per batch, and maximum per page, which bounds the cost of a query regardless of the
 * history.
 */
const BATCH = 2_500;
const MOST_READ = 20_000;

interface Scanned {
  readonly seq: number;
  readonly id: string;
  readonly kind: string;
  readonly account: string | null;
  readonly contact_id: string;
  readonly contact_name: string | null;
  readonly contact_username: string | null;
  readonly text: string;
  readonly direction: string;
}

type LeadRow = Omit<Lead, 'fields' | 'tags'> & { fields: string; tags: string };

/** Searches of the owner: texts, contacts, leads. */
export function search(db: SqlRunner): SearchPart {
  const rowsOf = db.prepare(
    'select * from events where id in (select value from json_each(?)) order by seq desc',
    toJournalRow,
  );
  const peopleOf = db.prepare(
    `select ${PERSON} from events e where id in (select value from json_each(@ids)) order by seq desc`,
    toPerson,
  );
  const find = scanner(db);
  const page = (found: Found): string => JSON.stringify(found.hits.map(({ id }) => id));

  return {
    search: db.reads(function* (query: SearchQuery): Work<FeedPage> {
      const found = yield* find(query, () => true);
      return {
        rows: yield* rowsOf.all(page(found)),
        before: found.before,
      };
    }),
    searchPeople: db.reads(function* (
      query: SearchQuery & Pick<PeopleQuery, 'now' | 'show'>,
    ): Work<PeoplePage> {
      const met = new Set<string>();
      const found = yield* find(query, ({ account, contact_id: contact, direction, kind }) => {
        const key = JSON.stringify([account, contact]);
        const isPerson =
          account !== null && contact !== '' && !(direction === 'outgoing' && kind === 'comment');
        if (!isPerson || met.has(key)) return false;
        met.add(key);
        return true;
      });
      const people = yield* peopleOf.all({ ids: page(found), ...personTimes(query.now) });
      const { show = 'all' } = query;
      return { people: people.filter((person) => isShown(person, show)), before: found.before, after: null };
    }),
    ...leads(db),
  };
}

interface Found {
  readonly hits: readonly Scanned[];
  readonly before: number | null;
}

/** Reads the journal backwards until there are enough matches, or the maximum for one page was read. */
function scanner(db: SqlRunner) {
  const scan = db.prepare<Scanned>(
    `select seq, id, kind, account, contact_id, contact_name, contact_username, text, direction from events
     where seq < @before order by seq desc limit ${BATCH}`,
  );
  return function* (query: SearchQuery, isWanted: (row: Scanned) => boolean): Work<Found> {
    const wanted = folded(query.text);
    const hits: Scanned[] = [];
    let before = query.before ?? Number.MAX_SAFE_INTEGER;
    for (let read = 0; read < MOST_READ; read += BATCH) {
      const rows = yield* scan.all({ before });
      for (const row of rows) {
        before = row.seq;
        if (query.account !== undefined && row.account !== query.account) continue;
        const { text, contact_name: name, contact_username: username } = row;
        if (![text, name ?? '', username ?? ''].some((each) => folded(each).includes(wanted))) continue;
        if (isWanted(row)) hits.push(row);
        if (hits.length === query.limit) return { hits, before };
      }
      if (rows.length < BATCH) return { hits, before: null };
    }
    return { hits, before };
  };
}

/** Compares texts without accents and case, like keywords. */
function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

function leads(db: SqlRunner): Pick<SearchPart, 'leads' | 'leadHours'> {
  const latest = db.prepare(LEADS, (row: LeadRow): Lead => {
    const fields = JSON.parse(row.fields) as Record<string, string>;
    return { ...row, fields, tags: JSON.parse(row.tags) as string[] };
  });
  const hours = db.prepare<LeadHour>(
    `select changed_at / ${HOUR} as hour, count(*) as n, sum(case when fields like '%@%' then 1 else 0 end) as emails
     from contacts where fields <> '{}' and changed_at >= ? group by 1`,
  );
  return {
    leads: db.reads((limit: number) => latest.all({ limit })),
    leadHours: db.reads((since: Instant) => hours.all(since)),
  };
}

const LEADS = `
select c.account, c.contact_id as "contactId", c.fields, c.tags, c.changed_at as at,
  (select coalesce(contact_name, contact_username) from events e where e.account = c.account
    and e.contact_id = c.contact_id and coalesce(contact_name, contact_username) is not null
    order by e.at desc limit 1) as name
from contacts c where c.fields <> '{}' order by c.changed_at desc limit @limit`;

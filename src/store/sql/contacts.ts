import { groupBy } from '../../domain/group.js';
import type { Funnel, RunOutcome } from '../../domain/funnel.js';
import type { Reason } from '../../domain/reason.js';
import { DAY, type Instant } from '../../domain/time.js';
import type { ContactsQuery, FunnelFigure, KnownContact, RunView } from '../ports/contact-views.js';
import { contactRows } from './effects.js';
import { countsSince, RUNS_SINCE } from './run-counts.js';
import type { SqlRunner, Work } from './sql-runner.js';
import type { ContactStore } from '../ports/contacts.js';
import type { FunnelStore } from '../ports/funnels.js';

type Part = Pick<ContactStore, 'contacts' | 'contactsNamed' | 'contactFields'> &
  Pick<FunnelStore, 'funnelFigures'>;

/** Number of events read at once. */
const BATCH = 2_500;

interface WriterRow {
  readonly seq: number;
  readonly account: string;
  readonly contactId: string;
  readonly name: string | null;
  readonly username: string | null;
}

type RunViewRow = Omit<RunView, 'steps'> & { steps: string };

/** Contacts and their funnel runs. */
export function contacts(db: SqlRunner): Part {
  const list = db.prepare<{ account: string; contact_id: string }>(LIST);
  const called = writersCalled(db);
  const latest = db.prepare<{ at: number | null }>(LATEST);
  const named = db.prepare<{ name: string | null; username: string | null }>(NAMED);
  const optedOut = db.prepare('select 1 from opt_outs where account = ? and contact_id = ?');
  const runs = db.prepare(RUNS, toView);
  const fields = db.prepare(
    'select distinct f.key as name from contacts, json_each(contacts.fields) as f order by 1',
    ({ name }: { name: string }) => name,
  );
  const state = contactRows(db);

  const known = function* (account: string, contactId: string): Work<KnownContact> {
    const name = yield* named.get(account, contactId);
    return {
      account,
      contactId,
      name: name?.name ?? null,
      username: name?.username ?? null,
      lastAt: yield* latest.value(account, contactId),
      isOptedOut: (yield* optedOut.get(account, contactId)) !== undefined,
      ...(yield* state.of(account, contactId)),
      runs: yield* runs.all(account, contactId),
    };
  };

  return {
    contacts: db.reads(function* ({ limit, after, account, tag, funnel, contactId }: ContactsQuery) {
      const rows = yield* list.all({
        limit,
        afterAccount: after?.account ?? '',
        afterContact: after?.contactId ?? '',
        account: account ?? null,
        tag: tag ?? null,
        funnel: funnel ?? null,
        contact: contactId ?? null,
      });
      const found: KnownContact[] = [];
      for (const row of rows) found.push(yield* known(row.account, row.contact_id));
      return found;
    }),
    contactsNamed: db.reads(function* (name: string) {
      const found: KnownContact[] = [];
      for (const { account, contactId } of yield* called(name)) found.push(yield* known(account, contactId));
      // Some have another name by now.
      return found.filter((contact) => isCalled(name, contact));
    }),
    contactFields: db.reads(() => fields.all()),
    funnelFigures: funnelFigures(db),
  };
}

/** A message of each contact who ever had the name; in batches, which bounds the memory. */
function writersCalled(db: SqlRunner): (name: string) => Work<Iterable<WriterRow>> {
  const writers = db.prepare<WriterRow>(WRITERS);
  return function* (name) {
    const found = new Map<string, WriterRow>();
    let after = 0;
    for (;;) {
      const rows = yield* writers.all(after);
      for (const row of rows) {
        if (isCalled(name, row)) found.set(JSON.stringify([row.account, row.contactId]), row);
      }
      const last = rows.at(-1);
      if (!last || rows.length < BATCH) return found.values();
      after = last.seq;
    }
  };
}

function isCalled(wanted: string, { name, username }: Pick<KnownContact, 'name' | 'username'>): boolean {
  const called = folded(wanted);
  return called !== '' && [name, username].some((each) => each !== null && folded(each) === called);
}

function folded(name: string): string {
  return name.normalize('NFC').trim().replace(/^@/u, '').toLowerCase();
}

function toView({ steps, step, ...row }: RunViewRow): RunView {
  return {
    ...row,
    step: step === null ? null : step + 1,
    steps: (JSON.parse(steps) as Funnel).steps.length,
  };
}

interface FigureRow {
  rule: string;
  day: number;
  outcome: RunOutcome | null;
  detail: string | null;
  n: number;
  sent: number;
  answered: number;
}

export function funnelFigures(db: SqlRunner): (since: Instant) => Promise<readonly FunnelFigure[]> {
  const counted = db.prepare<FigureRow>(FIGURES);
  return db.reads(function* (since: Instant) {
    return summedUp(yield* counted.all(countsSince(since)));
  });
}

function summedUp(rows: readonly FigureRow[]): readonly FunnelFigure[] {
  const groups = groupBy(rows, ({ rule, day }) => JSON.stringify([rule, day]));
  return [...groups.values()].map((group) => {
    const sum = (of: (row: FigureRow) => number): number => group.reduce((all, row) => all + of(row), 0);
    const refused: Partial<Record<Reason, number>> = {};
    const outcomes: Partial<Record<RunOutcome, number>> = {};
    for (const { outcome, detail, n } of group) {
      if (outcome === null) continue;
      outcomes[outcome] = (outcomes[outcome] ?? 0) + n;
      const why = (detail ?? 'failed') as Reason;
      if (outcome === 'refused') refused[why] = (refused[why] ?? 0) + n;
    }
    const { rule = '', day = 0 } = group[0] ?? {};
    return {
      rule,
      day: new Date(day * DAY).toISOString().slice(0, 10),
      reached: sum(({ n }) => n),
      sent: sum(({ sent }) => sent),
      answered: sum(({ answered }) => answered),
      completed: outcomes.completed ?? 0,
      open: sum(({ outcome, n }) => (outcome === null ? n : 0)),
      refused,
      outcomes,
    };
  });
}

/** All contacts who wrote or are in a funnel, including authors of comments, which may come without a name. */
const LIST = `
select account, contact_id from (
  select account, contact_id from events where account is not null and contact_id <> '' and direction = 'incoming'
  union select account, contact_id from contacts
) c
where (account, contact_id) > (@afterAccount, @afterContact)
  and (cast(@account as text) is null or account = @account)
  and (cast(@contact as text) is null or contact_id = @contact)
  and (cast(@tag as text) is null or exists (select 1 from contacts k
    where k.account = c.account and k.contact_id = c.contact_id and @tag in (select value from json_each(k.tags))))
  and (cast(@funnel as text) is null or exists (select 1 from runs r
    where r.account = c.account and r.contact_id = c.contact_id and r.rule = @funnel))
order by account, contact_id limit @limit`;

const WRITERS = `
select seq, account, contact_id as "contactId", contact_name as name, contact_username as username from events
where seq > ? and direction = 'incoming' and account is not null and contact_id <> ''
  and (contact_name is not null or contact_username is not null)
order by seq limit ${BATCH}`;

const LATEST = `
select max(at) as at from events where account = ? and contact_id = ? and direction = 'incoming'`;

/** Name from the contact's latest message that has one, since comments have no name. */
const NAMED = `
select contact_name as name, contact_username as username from events
where account = ? and contact_id = ? and direction = 'incoming' and (contact_name is not null or contact_username is not null)
order by at desc limit 1`;

const RUNS = `
select r.rule, r.state, r.outcome, r.detail, r.step, f.steps, r.started_at as "startedAt", r.deadline,
  r.ended_at as "endedAt"
from runs r join funnels f on f.id = r.funnel where r.account = ? and r.contact_id = ? order by r.id desc`;

/** The detail is a reason of a closed list, and counted by, only for the outcome `refused`. */
const FIGURES = `
select rule, day, nullif(outcome, '') as outcome, nullif(detail, '') as detail,
  sum(n) as n, sum(sent) as sent, sum(answered) as answered
from ${RUNS_SINCE} group by 1, 2, 3, 4 having sum(n) > 0 order by 1, 2`;

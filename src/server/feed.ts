import { humanWindowEndsAt } from '../domain/window.js';
import { z } from 'zod';
import { isReason } from '../domain/reason.js';
import { SHOWS, SORTS } from '../store/ports/reports.js';
import type { Panel } from './panel.js';
import type { DialogueView, FeedView, PeopleView } from './views.js';
import { addressed, eventView, pausedScopes } from './views-of.js';
import type { JournalRow } from '../store/ports/journal.js';

const PAGE = 100;
const PEOPLE_PAGE = 50;
const MOST_UTTERANCES = 500;

const search = z.string().trim().max(200).optional();

export const feedQuery = z.object({
  before: z.coerce.number().int().positive().optional(),
  reason: z.string().refine(isReason).optional(),
  rule: z.string().max(200).optional(),
  account: z.string().max(200).optional(),
  /** Search term: a substring of a text or a name. */
  q: search,
  /** `no` leaves out messages of the account itself. */
  own: z.enum(['yes', 'no']).optional(),
});
/** Query of the list of conversations; a search is in the order `latest`. */
export const peopleQuery = feedQuery
  .pick({ before: true, q: true, account: true })
  .extend({
    sort: z.enum(SORTS).default('latest'),
    show: z.enum(SHOWS).default('all'),
    /** Place from the page before, in the order `window`. */
    after: z
      .string()
      .regex(/^\d{1,16}-\d{1,16}$/u)
      .optional(),
  })
  .refine(({ q, sort }) => (q ?? '') === '' || sort === 'latest', {
    path: ['sort'],
    message: 'a search has the order latest; fix: leave out q or sort',
  });

/** A page of the journal; names of comment authors come from their earlier messages. */
export async function feed(panel: Panel, query: z.output<typeof feedQuery>): Promise<FeedView> {
  const { reports } = panel;
  const { q, own, ...filter } = query;
  if (q !== undefined && q !== '') {
    const { account, before } = filter;
    const found = await reports.search({ text: q, limit: PAGE, before, account });
    return { events: await named(panel, found.rows), before: found.before };
  }
  const rows = await reports.feed({ ...filter, withoutOwn: own === 'no', limit: PAGE });
  const before = rows.length < PAGE ? null : (rows.at(-1)?.seq ?? null);
  return { events: await named(panel, rows), before };
}

async function named(panel: Panel, rows: readonly JournalRow[]): Promise<FeedView['events']> {
  const { reports } = panel;
  const names = new Map<string, string | null>();
  const events = [];
  for (const each of rows) {
    const row = await addressed(panel, each);
    const { account, contact } = row.event;
    const isNameless = account !== null && contact.name === null && contact.username === null;
    const key = JSON.stringify([account, contact.id]);
    if (isNameless && !names.has(key)) names.set(key, await reports.nameOf(account, contact.id));
    events.push(eventView(row, names.get(key) ?? null));
  }
  return events;
}

/** A page of conversations; a search keeps only those of the filter `show`, so its pages may be shorter. */
export async function people(panel: Panel, query: z.output<typeof peopleQuery>): Promise<PeopleView> {
  const { reports, clock } = panel;
  const { q, ...rest } = query;
  const now = clock();
  const page =
    q !== undefined && q !== ''
      ? await reports.searchPeople({ ...rest, text: q, limit: PEOPLE_PAGE, now })
      : await reports.people({ ...rest, limit: PEOPLE_PAGE, now });
  const named = [];
  for (const person of page.people) {
    const name = person.name ?? person.username ?? (await reports.nameOf(person.account, person.contactId));
    named.push({ ...person, name });
  }
  return { people: named, before: page.before, after: page.after };
}

export async function dialogue(panel: Panel, account: string, contactId: string): Promise<DialogueView> {
  const { reports, store, clock, config } = panel;
  const wrote = await store.humanWroteAt(account, contactId);
  const silentUntil = wrote === null ? null : wrote + config.guards.humanPause;
  const target = await store.handTarget(account, contactId);
  return {
    person: { account, contactId, name: (await reports.nameOf(account, contactId)) ?? contactId },
    utterances: await reports.dialogue(account, contactId, MOST_UTTERANCES),
    isPaused: (await pausedScopes(panel, clock())).has(`contact:${contactId}`),
    silentUntil: silentUntil !== null && silentUntil > clock() ? silentUntil : null,
    isOptedOut: await reports.isOptedOut(account, contactId),
    reply: target && {
      version: target.version,
      endsAt: humanWindowEndsAt(target.event.platform, target.event.at),
    },
  };
}

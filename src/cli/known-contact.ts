import { plain } from '../domain/terminal.js';
import type { ContactsQuery, KnownContact } from '../store/ports/contact-views.js';
import type { ContactStore } from '../store/ports/contacts.js';
import { nearest } from '../yaml/nearest.js';
import { Exit } from './exit.js';

/** Number of contacts read per page. */
export const PAGE = 500;
/** Number of ids, names and words among which the name that was given is searched: a thousand contacts take up to a second. */
const MOST_SEARCHED = 5_000;
const MOST_NAMED = 3;

/** All contacts, in order of account and id. */
export async function* everybody(
  store: ContactStore,
  filter: Omit<ContactsQuery, 'limit'>,
): AsyncGenerator<KnownContact> {
  let after: ContactsQuery['after'];
  for (;;) {
    const page = await store.contacts({ ...filter, limit: PAGE, after });
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    after = { account: last.account, contactId: last.contactId };
  }
}

/**
 * The contacts with this id, one for each account. Throws Exit for an unknown id, naming those of a similar name; `more`
 * ends the error.
 */
export async function contactsOf(
  id: string,
  store: ContactStore,
  more = '',
): Promise<readonly KnownContact[]> {
  const found = await store.contacts({ limit: PAGE, contactId: id });
  if (found.length > 0) return found;
  const meant = await namesakes(id, store);
  const fix = [...meant].map(([contactId, name]) => plain(contactId + (name && ` (${name})`)));
  const list = '`autoresponder contacts list`';
  throw new Exit(
    1,
    `no contact with the id "${plain(id)}" is in the store; fix: ${fix.length === 0 ? `take one of ${list}` : `write ${fix.join(' or ')}, or another id of ${list}`}${more}`,
  );
}

/** Ids and names of contacts who may be meant: by name, by a word of it, or else by the most similar id or name. */
async function namesakes(given: string, store: ContactStore): Promise<ReadonlyMap<string, string>> {
  const wanted = given.replace(/^@/u, '').toLowerCase();
  const meant = new Map<string, string>();
  const known = new Map<string, KnownContact>();
  for await (const each of everybody(store, {})) {
    const words = wordsOf(each);
    if (words.includes(wanted)) meant.set(each.contactId, shownName(each));
    for (const word of words) known.set(word, each);
    if (meant.size === MOST_NAMED || known.size >= MOST_SEARCHED) break;
  }
  const similar = meant.size > 0 ? undefined : known.get(nearest(wanted, known.keys()) ?? '');
  return similar ? new Map([[similar.contactId, shownName(similar)]]) : meant;
}

/** Id, names, and the words of the names. */
function wordsOf({ contactId, name, username }: KnownContact): readonly string[] {
  const names = [contactId, name, username].flatMap((each) => each?.toLowerCase() ?? []);
  return names.flatMap((each) => [each, ...each.split(/\s+/u)]);
}

function shownName({ name, username }: KnownContact): string {
  return name ?? username ?? '';
}

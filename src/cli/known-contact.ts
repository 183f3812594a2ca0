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
/** Number of contacts of one name that an error lists. */
const MOST_LISTED = 10;
const LIST = '`autoresponder contacts list`';

/** Texts of the error about an unknown id. */
interface UnknownText {
  /** Things among which the id was searched. @default contact */
  readonly what?: string;
  /** End of the error. */
  readonly more?: string;
}

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
 * The contacts with this id, one for each account; without such an id those of the only person with this name or username.
 * Throws Exit if nobody or several people are meant, naming them.
 */
export async function contactsOf(
  given: string,
  store: ContactStore,
  unknown: UnknownText = {},
): Promise<readonly [KnownContact, ...KnownContact[]]> {
  const [first, ...others] = await store.contacts({ limit: PAGE, contactId: given });
  if (first) return [first, ...others];
  const named = await store.contactsNamed(given);
  const people = new Map(named.map((each) => [each.contactId, each]));
  const [only] = people.keys();
  if (only !== undefined && people.size === 1) return contactsOf(only, store);
  if (people.size === 0) return unknownContact(given, store, unknown);
  const all = [...people.values()].map(shownWith).sort().slice(0, MOST_LISTED);
  const rest = people.size > all.length ? `, and ${people.size - all.length} more of ${LIST}` : '';
  throw new Exit(
    1,
    `${people.size} contacts have the name "${plain(given)}"; fix: give the id of one: ${all.join(', ')}${rest}`,
  );
}

/** Throws Exit about an id that the store does not know, naming the contacts of a similar name. */
export async function unknownContact(
  id: string,
  store: ContactStore,
  { what = 'contact', more = '' }: UnknownText,
): Promise<never> {
  const meant = [...(await namesakes(id, store))].map(shownWith);
  throw new Exit(
    1,
    `no ${what} with the id "${plain(id)}" is in the store; fix: ${meant.length === 0 ? `take one of ${LIST}` : `write ${meant.join(' or ')}, or another id of ${LIST}`}${more}`,
  );
}

/** Formats `17 (Emma Berg)`. */
export function shownWith({ contactId, name, username }: KnownContact): string {
  const called = name ?? username;
  return plain(called === null ? contactId : `${contactId} (${called})`);
}

/** Contacts who may be meant: by name, by a word of it, or else by the most similar id or name. */
async function namesakes(given: string, store: ContactStore): Promise<Iterable<KnownContact>> {
  const wanted = given.replace(/^@/u, '').toLowerCase();
  const meant = new Map<string, KnownContact>();
  const known = new Map<string, KnownContact>();
  for await (const each of everybody(store, {})) {
    const words = wordsOf(each);
    if (words.includes(wanted)) meant.set(each.contactId, each);
    for (const word of words) known.set(word, each);
    if (meant.size === MOST_NAMED || known.size >= MOST_SEARCHED) break;
  }
  const similar = meant.size > 0 ? undefined : known.get(nearest(wanted, known.keys()) ?? '');
  return similar ? [similar] : meant.values();
}

/** Id, names, and the words of the names. */
function wordsOf({ contactId, name, username }: KnownContact): readonly string[] {
  const names = [contactId, name, username].flatMap((each) => each?.toLowerCase() ?? []);
  return names.flatMap((each) => [each, ...each.split(/\s+/u)]);
}

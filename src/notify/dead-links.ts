import { lookup } from 'node:dns/promises';
import { linkStates } from '../actions/work/links.js';
import type { PlacedLink } from '../domain/link.js';
import type { Notice } from '../domain/notice.js';
import { type Clock, DAY, HOUR, type Instant, type Millis } from '../domain/time.js';
import type { DeadLink, LinkCheck, LinkStore } from '../store/ports/links.js';
import type { OwnerStore } from '../store/ports/owner.js';
import { KEPT } from './notifier.js';

export interface LinkCheckParts {
  readonly store: LinkStore & Pick<OwnerStore, 'noteTrouble'>;
  readonly clock: Clock;
  /** The links of the active rules. */
  readonly links: () => Promise<readonly PlacedLink[]>;
  /** Hosts that may be internal. */
  readonly allowHosts: readonly string[];
  /** Address whose name exists as long as this machine has a network. */
  readonly known: string;
  /** Ends the check when it is aborted; what was found until then counts. */
  readonly signal: AbortSignal;
}

const EVERY: Millis = DAY;
/** Minimum time between the two checks that must find a link dead. */
const AGAIN_AFTER: Millis = HOUR;
/**
 * Hosts that are asked at once. Node resolves names in four threads, which also serve the API: names that take long must
 * not occupy all of them.
 */
const HOSTS_AT_ONCE = 2;
/** Places that a notice names. */
const NAMED = 3;
/** Longest part of an address in a notice. */
const SHOWN = 300;
/** Time limit of a check; links that are not asked until then wait for the next day. */
const LONGEST_CHECK: Millis = HOUR;
/** A longer address is no link that people open, and no key of an index. */
const LONGEST = 2_000;

/**
 * Checks all links once a day, and an hour later again those that were dead for the first time; a link that is dead then
 * too gets one notice, until it was alive in between. Returns true if a notice was stored. Of several workers, one checks.
 * Throws the errors of the store.
 */
export async function checkLinks(parts: LinkCheckParts): Promise<boolean> {
  const { store, clock, links } = parts;
  const now = clock();
  const known = await store.deadLinks();
  const doubtful = suspects(known, now);
  const check = await dueCheck(store, doubtful.length > 0, now);
  if (check === null) return false;
  const placed = byUrl(await links());
  const urls = check === 'all' ? [...placed.keys()] : doubtful.map(({ url }) => url);
  const { dead, alive } = await resultOf(
    urls.filter((url) => placed.has(url)),
    parts,
  );
  const sure = doubtful.filter(({ url }) => dead.has(url));
  const notices = sure.map((link) =>
    noticeOf(link, placed.get(link.url) ?? [], dead.get(link.url) ?? '', now),
  );
  // The notice comes first, and its key is the same after a crash in between: it is stored once.
  if (notices.length > 0) await store.noteTrouble(notices, now, now - KEPT);
  const over = known.filter(({ url }) => !placed.has(url) || alive.has(url)).map(({ url }) => url);
  await store.saveLinkNews({ dead: [...dead.keys()], noted: sure.map(({ url }) => url), over }, clock());
  return notices.length > 0;
}

async function dueCheck(store: LinkStore, isDoubtful: boolean, now: Instant): Promise<LinkCheck | null> {
  if (await store.claimLinkCheck('all', now, now - EVERY)) return 'all';
  const isAgain = isDoubtful && (await store.claimLinkCheck('again', now, now - AGAIN_AFTER));
  return isAgain ? 'again' : null;
}

/** Links that were found dead once, long enough ago for the second check. */
function suspects(known: readonly DeadLink[], now: Instant): readonly DeadLink[] {
  return known.filter(({ since, notedAt }) => notedAt === null && since <= now - AGAIN_AFTER);
}

function byUrl(links: readonly PlacedLink[]): ReadonlyMap<string, readonly PlacedLink[]> {
  const placed = new Map<string, PlacedLink[]>();
  for (const link of links) {
    const url = new URL(link.url);
    url.hash = '';
    if (url.href.length > LONGEST) continue;
    const others = placed.get(url.href);
    if (others) others.push(link);
    else placed.set(url.href, [link]);
  }
  return placed;
}

interface Result {
  /** The reasons, as the end of a sentence. */
  readonly dead: ReadonlyMap<string, string>;
  readonly alive: ReadonlySet<string>;
}

/** Requests the links. Those that are neither dead nor alive are in neither result. */
async function resultOf(
  urls: readonly string[],
  { allowHosts, known, signal }: LinkCheckParts,
): Promise<Result> {
  const ending = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_CHECK)]);
  const states = await linkStates(urls, { allowHosts, signal: ending, hostsAtOnce: HOSTS_AT_ONCE });
  const dead = new Map<string, string>();
  const alive = new Set<string>();
  for (const [url, state] of states) {
    if (state.is === 'alive') alive.add(url);
    if (state.is === 'dead') dead.set(url, state.why);
  }
  // Without a network no name exists, which says nothing about the links.
  return dead.size === 0 || (await exists(new URL(known).hostname))
    ? { dead, alive }
    : { dead: new Map(), alive };
}

async function exists(host: string): Promise<boolean> {
  return lookup(host.replace(/^\[|\]$/gu, '')).then(
    () => true,
    () => false,
  );
}

function noticeOf(
  { url, since }: DeadLink,
  places: readonly PlacedLink[],
  why: string,
  now: Instant,
): Notice {
  const named = places.slice(0, NAMED).map(({ of, place }) => `${of} (${place.file}:${place.line})`);
  const more = places.length > NAMED ? ` and ${places.length - NAMED} more` : '';
  const shown = url.length > SHOWN ? `${url.slice(0, SHOWN)}…` : url;
  const text = `The link ${shown} of ${named.join(', ')}${more} is dead: it ${why}`;
  const fix =
    'Replace the link there, or bring the page back; `autoresponder check --links` checks all links.';
  return { kind: 'dead_link', key: `${since} ${url}`, at: now, text, fix };
}

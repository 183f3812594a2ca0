import Table from 'cli-table3';
import { REASONS, type Reason } from '../domain/reason.js';
import { textsOf } from '../domain/phrase.js';
import { plain } from '../domain/terminal.js';
import { formatInstant } from '../domain/time.js';
import { inShell, pasted, print, printJson, say } from './output.js';
import { limitOf, paged, sayLeftOut } from './pages.js';
import { oneOf } from './parse.js';
import { type CommonOptions, withReader } from './project.js';
import { paintReason } from './trace-text.js';
import type { Writer } from '../store/ports/hand.js';
import type { AccountConfig, Config } from '../domain/config.js';
import type { InboundEvent } from '../domain/event.js';
import type { JournalRow, JournalStore } from '../store/ports/journal.js';
import type { Store } from '../store/ports/store.js';
import { authorOf } from './author.js';
import { shadowRulesOf } from './in-shadow.js';
import { shorten } from './shorten.js';
import { formatIn, zoneOf } from './zoned-time.js';

export interface JournalOptions extends CommonOptions {
  readonly limit: string;
  readonly reason?: string;
  readonly rule?: string;
  readonly account?: string;
}

const TEXT_SHOWN = 60;
const NAME_SHOWN = 24;
const SHORTEST_NAME = 8;
const LONGEST_ZONE = 14;

/** `journal`: lists messages and comments with their reasons, newest first. */
export async function journal(options: JournalOptions): Promise<void> {
  const { rule, account } = options;
  const reason =
    options.reason === undefined
      ? undefined
      : oneOf('--reason', options.reason, Object.keys(REASONS) as Reason[]);
  const limit = limitOf(options.limit);
  await withReader(options, async (store, config) => {
    const { accounts, mode, workspace } = config;
    const rows: JournalRow[] = [];
    const isMore = await paged<JournalRow>({
      limit,
      read: (size, last) =>
        store.journal({
          limit: size,
          ...(last === undefined ? {} : { before: last.seq }),
          ...(reason === undefined ? {} : { reason }),
          ...(rule === undefined ? {} : { rule }),
          ...(account === undefined ? {} : { account }),
        }),
      each: (page) => (options.json ? printPage(page, store) : void rows.push(...page)),
    });
    const sayRest = (): void => {
      if (isMore) sayLeftOut(`the newest ${limit} of the journal`, 'older ones');
    };
    if (options.json) {
      sayRest();
      return;
    }
    if (rows.length === 0) {
      say(`no events${unknownAccount(account, accounts)}`);
      return;
    }
    // One poll reads several lists, each from its own newest row.
    const byTime = [...rows].sort((a, b) => b.event.at - a.event.at || b.seq - a.seq);
    print(table(byTime, config, { answered: await answeredBy(byTime, store), rule }));
    const place = { config: options.config, workspace };
    sayRest();
    if (mode !== 'shadow') sayHowToReply(byTime, place);
  });
}

async function printPage(page: readonly JournalRow[], store: Store): Promise<void> {
  const writers = await store.writersOf(page.map(({ event }) => event.id));
  page.forEach((row) => printJson(toJson(row, writers.get(row.event.id) ?? 'unknown')));
}

/** The command that replies to the newest message; people look for it in this list. */
function sayHowToReply(rows: readonly JournalRow[], place: Parameters<typeof pasted>[1]): void {
  const newest = rows.find(({ event }) => event.kind === 'message' && event.direction === 'incoming');
  if (newest === undefined || newest.event.contact.id === '') return;
  const { contact } = newest.event;
  const command = pasted(`reply --conversation ${inShell(contact.id)}`, place);
  say(
    `To reply by hand: \`${command} --text\` and the text, or the name of another contact; ids of comments are in \`journal --json\`.`,
  );
}

/** The comments that the account's own comments in the rows reply to, by their ids in the journal, as far as they are stored. */
async function answeredBy(
  rows: readonly JournalRow[],
  store: JournalStore,
): Promise<ReadonlyMap<string, InboundEvent>> {
  const found = new Map(rows.map(({ event }) => [event.id, event]));
  const own = rows.filter(({ event }) => event.direction === 'outgoing');
  const events = [...new Set(own.flatMap(({ event }) => parentOf(event) ?? []))].filter(
    (id) => !found.has(id),
  );
  for (const { event } of await store.journal({ limit: events.length, events })) found.set(event.id, event);
  return found;
}

function parentOf({ comment }: InboundEvent): string | null {
  const parent = comment?.parentId ?? null;
  return parent === null ? null : `comment:${parent}`;
}

function toJson({ seq, event, rule, reason, detail, decidedAt, trace }: JournalRow, by: Writer) {
  const { at, ...rest } = event;
  const decided = decidedAt === null ? null : formatInstant(decidedAt);
  const inShadow = trace === null ? [] : shadowRulesOf({ trace });
  return {
    seq,
    ...rest,
    at: formatInstant(at),
    by,
    rule,
    inShadow,
    reason,
    detail,
    decidedAt: decided,
    trace,
  };
}

/** The rule that decided, and the rule that was asked for if that acted in shadow beside it. */
function ruleOf({ rule, trace }: JournalRow, asked: string | undefined): string {
  const isInShadow = trace !== null && shadowRulesOf({ trace }).some((each) => each === asked);
  return plain(isInShadow ? `${rule ?? ''} (${asked ?? ''} in shadow)` : (rule ?? ''));
}

function table(
  rows: readonly JournalRow[],
  config: Config,
  {
    answered,
    rule,
  }: { readonly answered: ReadonlyMap<string, InboundEvent>; readonly rule: string | undefined },
): string {
  const zone = zoneOf(config);
  const out = new Table({
    // A long name takes several lines: the column stays as wide as a time.
    head: [
      `at (${zone.length > LONGEST_ZONE ? zone.replaceAll('/', '/\n') : zone})`,
      'account',
      'from',
      'text',
      'rule',
      'reason',
    ],
    style: { head: [], border: [], compact: true },
  });
  const byName = new Map(config.accounts.map((account) => [account.name, account]));
  const alike = alikeIn(rows);
  for (const row of rows) {
    const { event, reason, detail } = row;
    const why = reason === null ? 'undecided' : paintReason(reason);
    out.push([
      `${formatIn(zone, event.at).slice(0, 19).replace('T', ' ')}${zone === 'UTC' ? 'Z' : ''}`,
      plain(event.account ?? '?'),
      fromOf(event, authorOf(event, answered.get(parentOf(event) ?? '')), alike),
      shorten(ownText(event, byName.get(event.account ?? '')), TEXT_SHOWN),
      ruleOf(row, rule),
      detail === null ? why : `${why}: ${shorten(detail, TEXT_SHOWN)}`,
    ]);
  }
  return out.toString();
}

/** Names in the rows that several contacts have. */
function alikeIn(rows: readonly JournalRow[]): ReadonlySet<string> {
  const ids = new Map<string, string>();
  const names = new Set<string>();
  for (const { event } of rows) {
    if (event.direction === 'outgoing') continue;
    const name = authorOf(event);
    if ((ids.get(name) ?? event.contact.id) !== event.contact.id) names.add(name);
    ids.set(name, event.contact.id);
  }
  return names;
}

/** The author, with the id where several contacts have the name. */
function fromOf({ direction, contact }: InboundEvent, author: string, alike: ReadonlySet<string>): string {
  if (direction === 'outgoing' || !alike.has(author)) return shorten(author, NAME_SHOWN);
  const id = ` (${plain(contact.id)})`;
  return `${shorten(author, Math.max(SHORTEST_NAME, NAME_SHOWN - id.length))}${id}`;
}

/** The text; that of a reply without the disclosure before it, which would fill the column. */
function ownText({ text, direction }: InboundEvent, account: AccountConfig | undefined): string {
  const disclosure = textsOf(account?.disclosure ?? null).find((each) => text.startsWith(each));
  if (direction !== 'outgoing' || disclosure === undefined) return text;
  const rest = text.slice(disclosure.length).trim();
  return rest === '' ? text : rest;
}

/** An account that the configuration does not name may have events from before, so it is no error. */
function unknownAccount(account: string | undefined, accounts: Config['accounts']): string {
  const names = accounts.map(({ name }) => name);
  if (account === undefined || names.includes(account)) return '';
  return `: the configuration has no account "${plain(account)}"; fix: write one of ${names.join(', ')}`;
}

import Table from 'cli-table3';
import pc from 'picocolors';
import { plain } from '../domain/terminal.js';
import { formatDuration, formatInstant } from '../domain/time.js';
import type { ContactsQuery, KnownContact, RunView } from '../store/ports/contact-views.js';
import { csvLine } from '../domain/csv.js';
import { contactsOf, everybody, unknownContact } from './known-contact.js';
import { perform } from './outbox.js';
import { print, printJson, say } from './output.js';
import { limitOf, paged, sayLeftOut } from './pages.js';
import { oneOf } from './parse.js';
import { createProgress } from './progress.js';
import { type CommonOptions, withReader } from './project.js';
import { shorten } from './shorten.js';

export interface ContactFilter extends CommonOptions {
  readonly account?: string;
  readonly tag?: string;
  readonly funnel?: string;
}

export interface ContactsListOptions extends ContactFilter {
  readonly limit: string;
}

export interface ContactsExportOptions extends ContactFilter {
  readonly format: string;
}

const TEXT_SHOWN = 30;
const BY_ID = '; `contacts forget` deletes, so it takes no name';

/** `contacts list`: lists contacts with tags and funnel state. */
export async function contactsList(options: ContactsListOptions): Promise<void> {
  const limit = limitOf(options.limit);
  await withReader(options, async (store) => {
    const found: KnownContact[] = [];
    const isMore = await paged<KnownContact>({
      limit,
      read: (size, last) => store.contacts({ limit: size, after: last, ...filterOf(options) }),
      each(page) {
        if (options.json) page.forEach((contact) => printJson(toJson(contact)));
        else found.push(...page);
      },
    });
    if (!options.json && found.length === 0) say('no contacts');
    else if (!options.json) print(table(found));
    if (isMore) sayLeftOut(`the first ${limit} contacts`, 'more');
  });
}

/** `contacts show CONTACT`: shows all stored data of one person, by id or by a name that nobody else has. */
export async function contactsShow(given: string, options: CommonOptions): Promise<void> {
  await withReader(options, async (store) => {
    const found = await contactsOf(given, store);
    if (options.json) found.forEach((contact) => printJson(toJson(contact)));
    else print(found.map(inFull).join('\n\n'));
  });
}

/** `contacts export`: exports all contacts, as CSV for a spreadsheet or as JSON. */
export async function contactsExport(options: ContactsExportOptions): Promise<void> {
  const format = options.json ? 'json' : oneOf('--format', options.format, ['csv', 'json']);
  await withReader(options, async (store) => {
    const fields = format === 'csv' ? await store.contactFields() : [];
    if (format === 'csv') print(csvLine([...COLUMNS, ...fields.map((name) => `field.${name}`)]));
    const progress = createProgress('contact');
    let done = 0;
    for await (const contact of everybody(store, filterOf(options))) {
      if (format === 'csv') print(csvLine(cellsOf(contact, fields)));
      else printJson(toJson(contact));
      done += 1;
      progress.at(done);
    }
    progress.end();
  });
}

/** `contacts forget ID`: deletes one person's data at once; they get no more automatic replies. Takes no name. */
export async function contactsForget(id: string, options: CommonOptions): Promise<void> {
  const result = await perform({ do: 'forget', contact: id }, options);
  const forgotten = 'forgotten' in result ? result.forgotten : null;
  if (forgotten === null) {
    return withReader(options, (store) => unknownContact(id, store, { more: BY_ID }));
  }
  const { accounts, events, sends } = forgotten;
  if (options.json) {
    printJson({ contact: id, accounts, events, sends });
    return;
  }
  print(`${plain(id)}: emptied ${events} messages and comments and ${sends} sends`);
  print(
    `no more automatic replies to them from ${accounts.join(', ')}; a message that says "start" undoes this`,
  );
}

function filterOf({ account, tag, funnel }: ContactFilter): Omit<ContactsQuery, 'limit'> {
  return { account, tag, funnel };
}

function table(contacts: readonly KnownContact[]): string {
  const out = new Table({
    head: ['id', 'account', 'name', 'last wrote', 'tags', 'funnel'],
    style: { head: [], border: [], compact: true },
  });
  for (const contact of contacts) {
    const { contactId, account, name, username, lastAt, tags, runs, isOptedOut } = contact;
    out.push([
      plain(contactId),
      account,
      shorten(name ?? username ?? '', TEXT_SHOWN),
      lastAt === null ? '' : ago(lastAt),
      shorten([...tags, ...(isOptedOut ? ['(opted out)'] : [])].join(', '), TEXT_SHOWN),
      runs[0] ? standing(runs[0]) : '',
    ]);
  }
  return out.toString();
}

function ago(at: number): string {
  return `${formatDuration(Math.max(0, Date.now() - at))} ago`;
}

/** Formats `guide-funnel: waits at step 1 of 4`. */
function standing({ rule, state, outcome, detail, step, steps }: RunView): string {
  const where = step === null ? '' : ` at step ${step} of ${steps}`;
  if (state === 'ended')
    return `${rule}: ${outcome ?? 'ended'}${detail === null ? '' : ` (${shorten(detail, TEXT_SHOWN)})`}`;
  return `${rule}: ${state === 'waiting' ? 'waits' : 'question not sent yet'}${where}`;
}

function inFull(contact: KnownContact): string {
  const { contactId, account, name, username, lastAt, tags, fields, runs, isOptedOut } = contact;
  const line = (label: string, text: string) => `  ${label.padEnd(10)}${text}`;
  const kept = Object.entries(fields);
  return [
    `${pc.bold(plain(contactId))} of ${account}`,
    line('name', shorten([name, username].filter((each) => each !== null).join(', ') || '(unknown)', 100)),
    line('wrote', lastAt === null ? 'never' : `${formatInstant(lastAt)}, ${ago(lastAt)}`),
    line('opted out', isOptedOut ? 'yes: no automatic replies' : 'no'),
    line('tags', plain(tags.join(', ')) || '(none)'),
    ...(kept.length === 0 ? [line('fields', '(none)')] : []),
    ...kept.map(([field, text]) => line('field', `${plain(field)} = ${shorten(text, 200)}`)),
    ...(runs.length === 0 ? [line('funnels', '(none)')] : []),
    ...runs.map((run) => line('funnel', `${formatInstant(run.startedAt)}  ${standing(run)}`)),
  ].join('\n');
}

function toJson({ lastAt, runs, ...contact }: KnownContact) {
  const iso = (at: number | null) => (at === null ? null : formatInstant(at));
  return {
    ...contact,
    lastAt: iso(lastAt),
    funnels: runs.map(({ startedAt, deadline, endedAt, ...run }) => {
      return { ...run, startedAt: iso(startedAt), deadline: iso(deadline), endedAt: iso(endedAt) };
    }),
  };
}

const COLUMNS = [
  ...['account', 'id', 'name', 'username', 'last_wrote', 'opted_out', 'tags'],
  ...['funnel', 'funnel_state', 'funnel_outcome', 'funnel_step', 'funnel_started'],
];

function cellsOf(contact: KnownContact, fields: readonly string[]): string[] {
  const { account, contactId, name, username, lastAt, isOptedOut, tags, runs } = contact;
  const [run] = runs;
  return [
    ...[account, contactId, name ?? '', username ?? '', lastAt === null ? '' : formatInstant(lastAt)],
    ...[isOptedOut ? 'yes' : 'no', tags.join(' ')],
    ...(run
      ? [run.rule, run.state, run.outcome ?? '', String(run.step ?? ''), formatInstant(run.startedAt)]
      : ['', '', '', '', '']),
    ...fields.map((field) => contact.fields[field] ?? ''),
  ];
}

import Table from 'cli-table3';
import { REASONS, type Reason } from '../domain/reason.js';
import { plain } from '../domain/terminal.js';
import { formatInstant } from '../domain/time.js';
import { print, printJson, say } from './output.js';
import { integerOf, oneOf } from './parse.js';
import { type CommonOptions, withReader } from './project.js';
import { paintReason } from './trace-text.js';
import type { Writer } from '../store/ports/hand.js';
import type { JournalRow } from '../store/ports/journal.js';
import { shorten } from './shorten.js';

export interface JournalOptions extends CommonOptions {
  readonly limit: string;
  readonly reason?: string;
  readonly rule?: string;
  readonly account?: string;
}

const TEXT_SHOWN = 60;

/** `journal`: lists messages and comments with their reasons, newest first. */
export async function journal(options: JournalOptions): Promise<void> {
  const { rule, account } = options;
  const reason =
    options.reason === undefined
      ? undefined
      : oneOf('--reason', options.reason, Object.keys(REASONS) as Reason[]);
  const limit = integerOf('--limit', options.limit, 1, 100_000);
  await withReader(options, async (store) => {
    const rows = await store.journal({
      limit,
      ...(reason === undefined ? {} : { reason }),
      ...(rule === undefined ? {} : { rule }),
      ...(account === undefined ? {} : { account }),
    });
    if (options.json) {
      const writers = await store.writersOf(rows.map(({ event }) => event.id));
      rows.forEach((row) => printJson(toJson(row, writers.get(row.event.id) ?? 'unknown')));
      return;
    }
    if (rows.length === 0) {
      say('no events');
      return;
    }
    print(table(rows));
  });
}

function toJson({ seq, event, rule, reason, detail, decidedAt, trace }: JournalRow, by: Writer) {
  const { at, ...rest } = event;
  const decided = decidedAt === null ? null : formatInstant(decidedAt);
  return { seq, ...rest, at: formatInstant(at), by, rule, reason, detail, decidedAt: decided, trace };
}

function table(rows: readonly JournalRow[]): string {
  const out = new Table({
    head: ['at', 'account', 'from', 'text', 'rule', 'reason'],
    style: { head: [], border: [], compact: true },
  });
  for (const { event, rule, reason, detail } of rows) {
    const from = event.contact.name ?? event.contact.username ?? event.contact.id;
    const why = reason === null ? 'undecided' : paintReason(reason);
    out.push([
      `${formatInstant(event.at).slice(0, 19).replace('T', ' ')}Z`,
      plain(event.account ?? '?'),
      shorten(from, 24),
      shorten(event.text, TEXT_SHOWN),
      plain(rule ?? ''),
      detail === null ? why : `${why}: ${shorten(detail, TEXT_SHOWN)}`,
    ]);
  }
  return out.toString();
}

import type { Config } from '../domain/config.js';
import type { KeywordSpec } from '../domain/rule.js';
import type { CompiledSet } from '../engine/rule-set.js';
import { compileKeyword } from '../engine/text/keywords.js';
import { MessageText } from '../engine/text/text.js';
import type { ImportedRule } from '../importers/imported.js';
import { createHistory } from '../rehearsal/history.js';
import { rehearseEvent } from '../rehearsal/rehearse.js';
import type { JournalRow } from '../store/ports/journal.js';
import { count } from './output.js';
import { type CommonOptions, withReader } from './project.js';
import { shorten } from './shorten.js';

const PAGE = 1_000;

/** Messages and comments of contacts in the journal, oldest first. */
function writtenTo(options: CommonOptions): Promise<readonly JournalRow[]> {
  return withReader(options, async (store) => {
    const written: JournalRow[] = [];
    for (let after = 0, isWhole = false; !isWhole;) {
      const rows = await store.journal({ limit: PAGE, after });
      isWhole = rows.length < PAGE;
      after = rows.at(-1)?.seq ?? after;
      written.push(...rows.filter(({ event }) => event.direction === 'incoming' && event.text !== ''));
    }
    return written;
  });
}

type Keywords = Readonly<Record<string, unknown>>;

/**
 * Replaces keywords that differ only in spelling (`Guide`, `GUIDE`) by one that matches in any case, where that
 * changes no match in the journal.
 */
export async function foldSpellings(
  rules: readonly ImportedRule[],
  options: CommonOptions,
): Promise<readonly ImportedRule[]> {
  const texts = (await writtenTo(options)).map(({ event }) => event.text);
  return rules.map((rule) => {
    const keywords = rule.keys['keywords'];
    if (typeof keywords !== 'object' || keywords === null || Array.isArray(keywords)) return rule;
    const folded = foldedKeywords(keywords as Keywords, texts);
    return folded === null ? rule : { ...rule, keys: { ...rule.keys, keywords: folded } };
  });
}

/**
 * The keywords with one spelling of each; null if no keyword has several, or if a text would match differently.
 */
export function foldedKeywords(keywords: Keywords, texts: readonly string[]): Keywords | null {
  const any = Array.isArray(keywords['any']) ? keywords['any'].filter((one) => typeof one === 'string') : [];
  const lower = [...new Set(any.map((one) => one.toLowerCase()))];
  if (keywords['case_sensitive'] !== true || lower.length === any.length) return null;
  const match = keywords['match'] as KeywordSpec['match'];
  const matcher = (words: readonly string[], caseSensitive: boolean) => {
    const options = { match, typos: 0, caseSensitive, accents: true } as const;
    const all = words.map((word) => compileKeyword(word, options));
    return (text: string) => all.some((each) => each(new MessageText(text)) !== null);
  };
  const [before, after] = [matcher(any, true), matcher(lower, false)];
  if (texts.some((text) => before(text) !== after(text))) return null;
  const { case_sensitive: _case, ...rest } = keywords;
  return { ...rest, any: lower };
}

/** Events that the rules would reply to and that got no reply, and the reverse. */
export interface AgainstJournal {
  readonly events: number;
  readonly gained: readonly { readonly id: string; readonly rule: string | null; readonly text: string }[];
  readonly missed: readonly { readonly id: string; readonly rule: string | null; readonly text: string }[];
  readonly lines: readonly string[];
}

const SHOWN = 20;
const TEXT_SHOWN = 80;

/**
 * Decides the events of the journal by the imported rules alone, each at its own time, and compares the result
 * with what happened.
 */
export async function againstJournal(
  set: CompiledSet,
  config: Config,
  options: CommonOptions,
): Promise<AgainstJournal> {
  const history = createHistory();
  const accounts = new Map(config.accounts.map((account) => [account.name, account]));
  const gained: AgainstJournal['gained'][number][] = [];
  const missed: AgainstJournal['gained'][number][] = [];
  const rows = await writtenTo(options);
  for (const { event, rule, trace } of rows) {
    const { decision } = await rehearseEvent(event, event.at, { config, set, history, accounts });
    const [is, was] = [decision.actions.length > 0, (trace?.actions.length ?? 0) > 0];
    if (is && !was) gained.push({ id: event.id, rule: decision.rule, text: event.text });
    if (was && !is) missed.push({ id: event.id, rule, text: event.text });
  }
  return { events: rows.length, gained, missed, lines: linesOf(rows.length, gained, missed) };
}

function linesOf(
  events: number,
  gained: AgainstJournal['gained'],
  missed: AgainstJournal['gained'],
): readonly string[] {
  const list = (rows: AgainstJournal['gained']) => [
    ...rows
      .slice(0, SHOWN)
      .map(({ rule, text }) => `  ${rule ?? ''}: ${JSON.stringify(shorten(text, TEXT_SHOWN))}`),
    ...(rows.length > SHOWN ? [`  and ${rows.length - SHOWN} more; --json lists all`] : []),
  ];
  return [
    `These rules alone, on ${count(events, 'event')} of the journal, reply to ${gained.length} that got no reply:`,
    ...list(gained),
    `and do not reply to ${missed.length} that got one:`,
    ...list(missed),
  ];
}

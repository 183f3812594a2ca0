import type { DraftResult } from '../actions/drafts/change-draft.js';
import type { Draft, DraftChange, DraftFigure } from '../domain/draft.js';
import { NOT_IN_SHADOW } from '../domain/hand-reply.js';
import { refusalText } from '../domain/refusal-text.js';
import { plain } from '../domain/terminal.js';
import { formatDuration, formatInstant } from '../domain/time.js';
import { draftEndsAt } from '../domain/window.js';
import { Exit } from './exit.js';
import { print, printJson, say } from './output.js';
import { perform } from './outbox.js';
import { limitOf, sayLeftOut } from './pages.js';
import { durationOf, integerOf } from './parse.js';
import { type CommonOptions, configOf, withReader } from './project.js';
import { shorten } from './shorten.js';

export interface DraftsListOptions extends CommonOptions {
  readonly limit: string;
}

export interface DraftOptions extends CommonOptions {
  readonly text?: string;
}

export interface DraftStatsOptions extends CommonOptions {
  readonly since: string;
}

/** Name under which changes by this command are recorded. */
const BY = 'cli';

/** `drafts list`: replies that wait for a person, oldest first. */
export async function draftsList(options: DraftsListOptions): Promise<void> {
  const limit = limitOf(options.limit);
  await withReader(options, async (store) => {
    const waiting = await store.drafts({ limit: Math.min(limit + 1, 1e9) });
    const drafts = waiting.slice(0, limit);
    if (options.json) drafts.forEach((draft) => printJson(toJson(draft)));
    else if (drafts.length === 0) say('no reply waits for a person');
    else drafts.forEach((draft) => linesOf(draft, Date.now()).forEach(print));
    if (waiting.length > limit) sayLeftOut(`the oldest ${limit} drafts`, 'newer ones');
  });
}

/** `drafts approve ID [--text T]`: puts the reply into the outbox, after the guards ran again. */
export async function draftsApprove(id: string, options: DraftOptions): Promise<void> {
  await change('approve', id, options);
}

/** `drafts edit ID --text T`: replaces the text; the draft keeps waiting. */
export async function draftsEdit(id: string, options: DraftOptions): Promise<void> {
  if (options.text === undefined) throw new Exit(1, 'an edit needs the new text; fix: give it with --text');
  await change('edit', id, options);
}

/** `drafts drop ID`: ends the draft; the contact gets nothing. */
export async function draftsDrop(id: string, options: CommonOptions): Promise<void> {
  await change('drop', id, options);
}

/** `drafts stats`: by rule, how often its texts were approved as they were, edited or dropped. */
export async function draftsStats(options: DraftStatsOptions): Promise<void> {
  const since = Date.now() - durationOf('--since', options.since);
  await withReader(options, async (store) => {
    const figures = await store.draftFigures(since);
    if (options.json) figures.forEach((figure) => printJson(figure));
    else if (figures.length === 0) say(`no reply waited for a person in the last ${options.since}`);
    else figures.forEach((figure) => print(figureLine(figure)));
  });
}
function figureLine({ rule, approved, edited, dropped, ended, waiting }: DraftFigure): string {
  return plain(
    `${rule}  ${approved} approved as composed, ${edited} edited, ${dropped} dropped, ${ended} ended by themselves, ${waiting} waiting`,
  );
}

async function change(what: DraftChange['do'], id: string, options: DraftOptions): Promise<void> {
  const send = integerOf('ID', id, 1, Number.MAX_SAFE_INTEGER);
  const { guards, mode } = configOf(options);
  if (what === 'approve' && mode === 'shadow')
    throw new Exit(1, `draft ${send} keeps waiting: ${NOT_IN_SHADOW}`);
  const edits = options.text === undefined ? [] : [{ send, text: options.text }];
  const asked: DraftChange = { do: what, id: send, version: null, edits, by: BY };
  const result = await perform({ do: 'change-draft', change: asked, guards }, options);
  if (!('draft' in result))
    throw new Exit(1, 'the running autoresponder is of an earlier release; fix: restart it');
  const { draft } = result;
  if (options.json) printJson(resultJson(draft));
  if (draft.is !== 'done') throw new Exit(1, whyNot(send, draft));
  if (!options.json) print(`draft ${draft.draft.id}: ${DONE[what]}`);
}

const DONE: Readonly<Record<DraftChange['do'], string>> = {
  approve: 'approved; it is in the outbox',
  edit: 'edited; it waits for approval',
  drop: 'dropped; nothing is sent',
};

function whyNot(id: number, result: Exclude<DraftResult, { is: 'done' }>): string {
  switch (result.is) {
    case 'gone':
      return `draft ${id} does not wait: it was approved, dropped or ended before; fix: \`autoresponder drafts list\` lists those that wait`;
    case 'changed':
      return `draft ${id} was edited meanwhile; fix: read it again with \`autoresponder drafts list\``;
    case 'refused':
      return `draft ${id} keeps waiting: ${refusalText(result.reason, result.detail)}`;
    case 'ended':
      return `draft ${id} ended: ${refusalText(result.reason, result.detail)}`;
  }
}

function resultJson(result: DraftResult) {
  return result.is === 'done' ? { is: result.is, ...toJson(result.draft) } : result;
}

function linesOf(draft: Draft, now: number): readonly string[] {
  const { id, rule, event, texts } = draft;
  const ends = draftEndsAt(draft);
  const who = event.contact.name ?? event.contact.username ?? event.contact.id;
  return [
    plain(
      `${id}  ${event.account ?? ''} to ${who}  ${rule}  ends in ${formatDuration(Math.max(0, ends - now))}  ${JSON.stringify(shorten(event.text, 60))}`,
    ),
    ...texts.map(({ send, original }) =>
      plain(
        `    ${send.id}  ${send.action}  ${JSON.stringify(shorten(send.text, 100))}${original === null ? '' : '  (edited)'}`,
      ),
    ),
  ];
}

/** Converts a draft to the form printed by `--json`. */
function toJson(draft: Draft) {
  const { id, version, rule, event, draftedAt, texts } = draft;
  return {
    ...{ id, version, rule, event: event.id, account: event.account, platform: event.platform },
    ...{ contact: event.contact, conversationId: event.conversationId, message: event.text },
    draftedAt: formatInstant(draftedAt),
    endsAt: formatInstant(draftEndsAt(draft)),
    texts: texts.map(({ send, original }) => ({
      id: send.id,
      action: send.action,
      text: send.text,
      original,
    })),
  };
}

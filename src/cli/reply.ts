import type { InboundEvent } from '../domain/event.js';
import { type HandResult, NOT_IN_SHADOW } from '../domain/hand-reply.js';
import { refusalText } from '../domain/refusal-text.js';
import type { StoreCommand } from '../server/control.js';
import type { SavedReply } from '../domain/saved-reply.js';
import type { JournalStore } from '../store/ports/journal.js';
import type { Store } from '../store/ports/store.js';
import { Exit } from './exit.js';
import { contactsOf, shownWith } from './known-contact.js';
import { perform } from './outbox.js';
import { print, printJson } from './output.js';
import { lineOf, toJson } from './send-text.js';
import { type CommonOptions, configOf, projectOf, withReader } from './project.js';

export interface ReplyOptions extends CommonOptions {
  readonly conversation?: string;
  /** Id of a comment, in place of a conversation. */
  readonly comment?: string;
  /** True for the comment's only private reply. */
  readonly private?: boolean;
  readonly text?: string;
  /** Name of a saved reply, in place of a text. */
  readonly saved?: string;
}

/** `reply --conversation ID | --comment ID`: a reply by hand; automatic replies to the contact pause. */
export async function reply(options: ReplyOptions): Promise<void> {
  const { conversation, comment } = options;
  if ((options.text === undefined) === (options.saved === undefined)) {
    throw new Exit(
      1,
      'no text is given; fix: give --text TEXT, or --saved NAME for a saved reply of the rule files',
    );
  }
  if ((conversation === undefined) === (comment === undefined)) {
    throw new Exit(
      1,
      'nobody to reply to is given; fix: give --conversation WHO for a message, or --comment ID for a comment',
    );
  }
  if (configOf(options).mode === 'shadow') throw new Exit(1, `not sent: ${NOT_IN_SHADOW}`);
  const command =
    comment === undefined
      ? await toConversation(conversation ?? '', options)
      : await toComment(comment, options);
  const result = await perform(command, options);
  if (!('hand' in result)) {
    throw new Exit(
      1,
      'the running autoresponder is of an earlier release; fix: restart it, then reply again',
    );
  }
  tell(result.hand, options);
}

async function toConversation(id: string, options: ReplyOptions): Promise<StoreCommand> {
  if (options.private) {
    throw new Exit(1, 'a message has no private reply; fix: leave out --private, or give --comment ID');
  }
  const { people, target } = await withReader(options, async (store) => {
    const people =
      (await store.conversationPeople(id)) ?? (await writerOf(id, store)) ?? (await contactOf(id, store));
    return { people, target: await store.handTarget(people.account, people.contactId) };
  });
  const text = options.text ?? (await savedText(options, target?.event ?? null));
  const version = target?.version ?? null;
  return { do: 'reply', reply: { ...people, text, version, by: 'cli' } };
}

/** The contact of a message, which may be given in place of its conversation; null for an unknown id. */
async function writerOf(id: string, store: JournalStore) {
  const event = id.startsWith('message:') ? id : `message:${id}`;
  const [row] = await store.journal({ limit: 1, events: [event] });
  if (!row || row.event.account === null || row.event.direction !== 'incoming') return null;
  return { account: row.event.account, contactId: row.event.contact.id };
}

/** The contact with this id or name, if they wrote messages to one account only. Throws Exit if not. */
async function contactOf(given: string, store: Store) {
  const found = await contactsOf(given, store, UNKNOWN);
  const people = [];
  for (const each of found) {
    if ((await store.handTarget(each.account, each.contactId)) !== null) people.push(each);
  }
  const [only, ...others] = people;
  if (only && others.length === 0) return { account: only.account, contactId: only.contactId };
  const who = shownWith(found[0]);
  const [what, id] = only
    ? [`wrote to ${people.map(({ account }) => account).join(' and ')}`, 'the id of the message to reply to']
    : ['has no decided message', '--comment ID for their comment'];
  throw new Exit(1, `not sent: ${who} ${what}; fix: give ${id}, from \`autoresponder journal --json\``);
}

async function toComment(id: string, options: ReplyOptions): Promise<StoreCommand> {
  const eventId = id.startsWith('comment:') ? id : `comment:${id}`;
  const { rows, target } = await withReader(options, async (store) => ({
    rows: await store.journal({ limit: 1, events: [eventId] }),
    target: await store.commentTarget(eventId),
  }));
  if (rows.length === 0) {
    throw new Exit(
      1,
      `the journal has no comment ${id}; fix: take an id of \`autoresponder journal --json\``,
    );
  }
  const text = options.text ?? (await savedText(options, target?.event ?? null));
  const action = options.private ? 'private_reply' : 'comment_reply';
  const version = target?.version ?? null;
  return { do: 'reply-comment', reply: { eventId, action, text, version, by: 'cli' } };
}

function tell(hand: HandResult, { json }: CommonOptions): void {
  if (hand.is === 'refused') throw new Exit(1, `not sent: ${refusalText(hand.reason, hand.detail)}`);
  if (hand.is === 'changed') throw new Exit(1, CHANGED);
  if (hand.is !== 'written') throw new Exit(1, UNDECIDED);
  if (json) printJson(toJson(hand.send));
  else print(`${lineOf(hand.send)}  (automatic replies to this contact pause)`);
}

const UNKNOWN = {
  what: 'message, conversation or contact',
  more: ', or the id of a message in `autoresponder journal --json`',
};
const CHANGED =
  'not sent: the contact or somebody else wrote meanwhile; fix: read the conversation, then reply again';
const UNDECIDED =
  'not sent: the message or comment of the contact is not decided yet; fix: wait until `autoresponder journal` shows its reason, then reply again';

/** The text of a saved reply for the contact of an event; exits with 1 if it has none. */
async function savedText(options: ReplyOptions, event: InboundEvent | null): Promise<string> {
  const { config, set, rules } = await projectOf(options);
  const wanted = named(options.saved ?? '', rules.saved);
  if (event === null) throw new Exit(1, UNDECIDED);
  const { composeSaved } = await import('../actions/hand/compose-saved.js');
  const composed = await withReader(options, (store: Store) =>
    composeSaved([wanted], event, Date.now(), { config, set, store }),
  );
  const [reply] = composed;
  if (reply === undefined) {
    throw new Exit(
      1,
      `not sent: the configuration has no account ${event.account}; fix: add it to \`accounts\` again, or reply in the platform's app`,
    );
  }
  if ('error' in reply) {
    throw new Exit(
      1,
      `not sent: saved reply "${reply.name}": ${reply.error}; fix: give the text with --text, or the value a \`default\` in the rule file`,
    );
  }
  return reply.text;
}

function named(name: string, saved: readonly SavedReply[]): SavedReply {
  const found = saved.find((each) => each.name === name);
  if (found !== undefined) return found;
  const known = saved.map((each) => each.name).join(', ');
  const fix = known === '' ? 'write it under `saved_replies` in a rule file' : `take one of: ${known}`;
  throw new Exit(1, `the rule files have no saved reply "${name}"; fix: ${fix}`);
}

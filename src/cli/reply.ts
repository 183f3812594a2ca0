import type { InboundEvent } from '../domain/event.js';
import { type HandResult, NOT_IN_SHADOW } from '../domain/hand-reply.js';
import { REASONS } from '../domain/reason.js';
import type { SavedReply } from '../domain/saved-reply.js';
import type { Store } from '../store/store.js';
import { Exit } from './exit.js';
import { perform } from './outbox.js';
import { print, printJson } from './output.js';
import { lineOf, toJson } from './send-text.js';
import { type CommonOptions, configOf, projectOf, withReader } from './project.js';

export interface ReplyOptions extends CommonOptions {
  readonly conversation: string;
  readonly text?: string;
  /** Name of a saved reply, in place of a text. */
  readonly saved?: string;
}

/** `reply --conversation ID --text T`: a reply by hand; automatic replies to the contact pause. */
export async function reply(options: ReplyOptions): Promise<void> {
  const { conversation } = options;
  if ((options.text === undefined) === (options.saved === undefined)) {
    throw new Exit(1, 'give --text TEXT, or --saved NAME for a saved reply of the rule files');
  }
  if (configOf(options).mode === 'shadow') throw new Exit(1, `not sent: ${NOT_IN_SHADOW}`);
  const { people, target } = await withReader(options, async (store) => {
    const people = await store.conversationPeople(conversation);
    return { people, target: people && (await store.handTarget(people.account, people.contactId)) };
  });
  if (people === null) {
    throw new Exit(
      1,
      `the journal has no message of conversation ${conversation}; fix: take one of \`autoresponder journal --json\``,
    );
  }
  const text = options.text ?? (await savedText(options, target?.event ?? null));
  const result = await perform(
    { do: 'reply', reply: { ...people, text, version: null, by: 'cli' } },
    options,
  );
  if (!('hand' in result)) {
    throw new Exit(
      1,
      'the running autoresponder is of an earlier release; fix: restart it, then reply again',
    );
  }
  tell(result.hand, options);
}

function tell(hand: HandResult, { json }: CommonOptions): void {
  if (hand.is === 'refused') throw new Exit(1, `not sent: ${REASONS[hand.reason]} (${hand.detail})`);
  if (hand.is !== 'written') throw new Exit(1, UNDECIDED);
  if (json) printJson(toJson(hand.send));
  else print(`${lineOf(hand.send)}  (automatic replies to this contact pause)`);
}

const UNDECIDED =
  'not sent: the message of the contact is not decided yet; fix: wait until `autoresponder journal` shows its reason, then reply again';

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
  if (reply === undefined) throw new Exit(1, `not sent: the configuration has no account ${event.account}`);
  if ('error' in reply) {
    throw new Exit(1, `not sent: saved reply "${reply.name}": ${reply.error}`);
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

import { NOT_IN_SHADOW } from '../domain/hand-reply.js';
import { REASONS } from '../domain/reason.js';
import { Exit } from './exit.js';
import { perform } from './outbox.js';
import { print, printJson } from './output.js';
import { lineOf, toJson } from './send-text.js';
import { type CommonOptions, configOf, withReader } from './project.js';

export interface ReplyOptions extends CommonOptions {
  readonly conversation: string;
  readonly text: string;
}

/** `reply --conversation ID --text T`: a reply by hand; automatic replies to the contact pause. */
export async function reply(options: ReplyOptions): Promise<void> {
  const { conversation, text } = options;
  if (configOf(options).mode === 'shadow') throw new Exit(1, `not sent: ${NOT_IN_SHADOW}`);
  const people = await withReader(options, (store) => store.conversationPeople(conversation));
  if (people === null) {
    throw new Exit(
      1,
      `the journal has no message of conversation ${conversation}; fix: take one of \`autoresponder journal --json\``,
    );
  }
  const result = await perform(
    { do: 'reply', reply: { ...people, text, version: null, by: 'cli' } },
    options,
  );
  if (!('hand' in result))
    throw new Exit(1, 'the running autoresponder is of an earlier release: restart it');
  const { hand } = result;
  if (hand.is === 'refused') throw new Exit(1, `not sent: ${REASONS[hand.reason]} (${hand.detail})`);
  if (hand.is !== 'written')
    throw new Exit(1, 'not sent: the message of the contact is not decided yet; try again');
  if (options.json) printJson(toJson(hand.send));
  else print(`${lineOf(hand.send)}  (automatic replies to this contact pause)`);
}

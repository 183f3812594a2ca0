import { LIMITS } from '../domain/limits.js';
import { plain } from '../domain/terminal.js';
import { formatInstant } from '../domain/time.js';
import { ONLY_WORKSPACE } from '../domain/workspaces.js';
import { Exit } from './exit.js';
import { perform } from './outbox.js';
import { asCalled, pasted, print, printJson, resumeOf, say } from './output.js';
import { durationOf } from './parse.js';
import { contactsOf, shownWith } from './known-contact.js';
import { type CommonOptions, configOf, withReader } from './project.js';
import { waitLine } from './troubled-text.js';

/** Number of open handoffs among which those of the contact are looked up. */
const MOST_HANDOFFS = 1_000;

export interface PauseOptions extends CommonOptions {
  readonly account?: string;
  readonly conversation?: string;
  readonly contact?: string;
  readonly for?: string;
  /** True for a contact or a conversation that the store does not know yet. */
  readonly unseen?: boolean;
}

/**
 * `pause`: pauses automatic replies everywhere or for an account, a conversation or a contact, for a time or
 * until `resume`.
 */
export async function pause(options: PauseOptions): Promise<void> {
  const until = options.for === undefined ? null : Date.now() + durationOf('--for', options.for);
  const place = options.unseen
    ? placeOf(options)
    : await knownPlace(options, ', or add --unseen to pause one that has not written yet');
  const { scope } = place;
  await perform({ do: 'pause', scope, until }, options);
  if (options.json) {
    const { workspace } = configOf(options);
    printJson({ workspace, scope, until: until === null ? null : formatInstant(until) });
    return;
  }
  const end =
    until === null ? `until \`${commandOf(resumeOf(scope), options)}\`` : `until ${formatInstant(until)}`;
  print(asCalled(`${place.shown}: paused ${end}`));
  const list = commandOf('journal --reason paused', options);
  say(
    `Messages that arrive during the pause are read, and get no reply after it either: \`${list}\` lists them.`,
  );
}

/**
 * `resume`: ends a pause, for a contact also the pause after a human wrote, and prints which; exits with 1 if
 * there was none.
 */
export async function resume(options: PauseOptions): Promise<void> {
  const given = placeOf(options);
  // First as an id, which also `pause --unseen` takes.
  const first = await resumed(given, options);
  const place = first.resumed ? given : await knownPlace(options);
  const { resumed: isEnded, humans } = place.scope === given.scope ? first : await resumed(place, options);
  if (options.json) {
    const { workspace } = configOf(options);
    printJson({ workspace, scope: place.scope, resumed: isEnded, humans });
  } else if (!isEnded) print(`${place.shown}: was not paused`);
  else {
    const ended =
      humans.length === 0 ? '' : `; also ended: the pause after a human wrote from ${humans.join(', ')}`;
    print(`${place.shown}: no longer paused${ended}`);
    const list = commandOf(humans.length === 0 ? 'journal --reason paused' : 'journal', options);
    say(`Messages that arrived during the pause stay without a reply: \`${list}\` lists them.`);
    await sayWhoWaits(place, options);
  }
  if (!isEnded) throw new Exit(1);
}

async function resumed({ scope }: Place, options: PauseOptions) {
  const { humanPause } = configOf(options).guards;
  const result = await perform({ do: 'resume', scope, humanPause }, options);
  return 'resumed' in result ? result : { resumed: false, humans: [] };
}

/** The end of a pause does not end a handoff. */
async function sayWhoWaits({ scope }: Place, options: PauseOptions): Promise<void> {
  if (options.contact === undefined) return;
  await withReader(options, async (store) => {
    const open = await store.openHandoffs(Date.now() - LIMITS.handoffShown, MOST_HANDOFFS);
    for (const each of open.filter(({ contactId }) => `contact:${contactId}` === scope))
      say(`${waitLine(each)}, until you reply or press *Done* in the dashboard.`);
  });
}

/** Scope of a pause, for the store and for people. */
interface Place {
  readonly scope: string;
  /** The scope with the name of the contact, and with the workspace if there are several. */
  readonly shown: string;
}

/**
 * The place with the id of a contact given by name. Throws Exit if the store has no such contact or conversation: a
 * mistyped id would pause nobody.
 */
async function knownPlace(options: PauseOptions, more = ''): Promise<Place> {
  const { contact, conversation } = options;
  const place = placeOf(options);
  if (contact === undefined && conversation === undefined) return place;
  return withReader(options, async (store) => {
    if (contact !== undefined) {
      const [found] = await contactsOf(contact, store, { more });
      return { scope: `contact:${found.contactId}`, shown: shownOf(`contact:${shownWith(found)}`, options) };
    }
    if ((await store.conversationPeople(conversation ?? '')) === null)
      throw new Exit(
        1,
        `the journal has no conversation "${plain(conversation ?? '')}"; fix: take the \`conversationId\` of a message in \`autoresponder journal --json\`${more}`,
      );
    return place;
  });
}

function shownOf(scope: string, options: PauseOptions): string {
  const { workspace } = configOf(options);
  return workspace === ONLY_WORKSPACE ? scope : `${scope} of ${workspace}`;
}

function commandOf(command: string, options: PauseOptions): string {
  return pasted(command, { config: options.config, workspace: configOf(options).workspace });
}

function placeOf(options: PauseOptions): Place {
  const { account, conversation, contact } = options;
  const given = Object.entries({ account, conversation, contact }).filter(([, value]) => value !== undefined);
  if (given.length > 1)
    throw new Exit(
      1,
      'two scopes are given; fix: give one of --account, --conversation, --contact, or none for everything',
    );
  const [only] = given;
  if (!only) return { scope: 'all', shown: shownOf('all', options) };
  if (account !== undefined && !configOf(options).accounts.some((each) => each.name === account)) {
    throw new Exit(
      1,
      `--account is "${account}"; fix: write one of ${configOf(options)
        .accounts.map((each) => each.name)
        .join(', ')}`,
    );
  }
  const scope = `${only[0]}:${only[1] ?? ''}`;
  return { scope, shown: shownOf(plain(scope), options) };
}

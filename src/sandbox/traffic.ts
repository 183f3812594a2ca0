import { setTimeout as wait } from 'node:timers/promises';
import type { Faker } from '@faker-js/faker';
import { MINUTE } from '../domain/time.js';
import type { Millis } from '../domain/time.js';
import { createAnswerers } from './answerers.js';
import { createDice, makePeople } from './people.js';
import type { MadePerson } from './people.js';
import { OWN_COMMENTS, PHRASES, REACTIONS, TAILS } from './phrases.js';
import type { Language, Topic } from './phrases.js';
import type { SandboxAccount, SandboxContact } from './rows.js';
import type { Tenant } from './server.js';

/** A generated message or comment. */
export interface TrafficItem {
  /**
   * `human_message`: the shop writes by hand to the contact; `own_comment`: the shop comments under its own
   * post.
   */
  readonly kind: 'message' | 'comment' | 'human_message' | 'own_comment';
  /** The account's name. */
  readonly account: string;
  /** The author or, for a human's message, the recipient. For an own comment it is the account itself. */
  readonly contact: SandboxContact;
  readonly text: string;
  /** Topic of the text. Whether it gets a reply also depends on cooldowns, a human, an earlier `stop`. */
  readonly expects: Topic;
  readonly language: Language;
  /** Blotato's id of the post; undefined for a message and for the account's first post. */
  readonly post?: string;
  /** True if another tool uses the comment's only private reply at once. */
  readonly isRivalled: boolean;
  /** Delay until lists show the item. */
  readonly late: Millis;
}

interface TrafficOptions {
  readonly seed: number;
  /** Average items per minute, above 0; they come in bursts and lulls, as real ones do. */
  readonly perMinute: number;
  readonly signal: AbortSignal;
  /** Number of contacts. */
  readonly people?: number;
  /** True if another tool uses some private replies. @default false */
  readonly rivals?: boolean;
}

const PEOPLE = 40;
const POSTS_PER_ACCOUNT = 3;
const LATE: Millis = 3_000;
/** Share of comments whose private reply another tool uses: shops try more than one tool. */
const RIVALLED = 0.08;

const KINDS: readonly { readonly value: TrafficItem['kind']; readonly weight: number }[] = [
  { value: 'message', weight: 60 },
  { value: 'comment', weight: 30 },
  { value: 'human_message', weight: 6 },
  { value: 'own_comment', weight: 4 },
];

const MESSAGE_TOPICS: readonly { readonly value: Topic; readonly weight: number }[] = [
  { value: 'pricing', weight: 24 },
  { value: 'shipping', weight: 14 },
  { value: 'hours', weight: 12 },
  { value: 'returns', weight: 8 },
  { value: 'stop', weight: 2 },
  { value: 'chatter', weight: 40 },
];

const COMMENT_TOPICS: readonly { readonly value: Topic; readonly weight: number }[] = [
  { value: 'guide', weight: 50 },
  { value: 'chatter', weight: 50 },
];

/** Plays traffic into the sandbox in real time. Resolves when the signal aborts. Throws for a rate of 0. */
export async function startTraffic(sandbox: Tenant, options: TrafficOptions): Promise<void> {
  const { seed, perMinute, signal, people, rivals = false } = options;
  if (!(perMinute > 0)) throw new RangeError(`perMinute must be above 0, not ${perMinute}`);
  // The waits use their own random generator: the same seed gives the same texts at any rate.
  const pace = createDice(seed + 1);
  const answerers = createAnswerers(sandbox, createDice(seed + 2));
  for (const item of endlessTraffic(seed, sandbox.world.accounts, people)) {
    const gap = -Math.log(1 - pace.number.float({ max: 0.999 })) * (MINUTE / perMinute);
    await wait(gap, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    answerers.react();
    playItem(sandbox, rivals ? item : { ...item, isRivalled: false });
  }
}

/** Adds one item to the sandbox, now. */
export function playItem(sandbox: Tenant, item: TrafficItem): void {
  const { kind, account, contact, text, post, late, isRivalled } = item;
  const place = post === undefined ? {} : { post };
  switch (kind) {
    case 'message':
      sandbox.receive({ account, contact, text, visibleAfter: late });
      return;
    case 'comment':
      {
        const { id } = sandbox.comment({ account, contact, text, visibleAfter: late, ...place });
        if (isRivalled) sandbox.world.spendPrivateReply(id);
      }
      return;
    case 'human_message':
      sandbox.humanWrites({ account, contact, text });
      return;
    case 'own_comment':
      sandbox.humanComments({ account, text, ...place });
  }
}

/** Generates traffic of `count` contacts: the same seed gives the same items. Ends only if there are no accounts. */
export function* endlessTraffic(
  seed: number,
  accounts: readonly SandboxAccount[],
  count = PEOPLE,
): Generator<TrafficItem> {
  const dice = createDice(seed);
  const people = makePeople(seed, accounts, count);
  const writers: MadePerson[] = [];
  while (people.length > 0) {
    const person = dice.helpers.arrayElement(people);
    const item = makeItem(dice, person, writers);
    if (item.kind === 'message' && !writers.includes(person)) writers.push(person);
    yield item;
  }
}

function makeItem(dice: Faker, person: MadePerson, writers: readonly MadePerson[]): TrafficItem {
  const kind = possibleKind(dice.helpers.weightedArrayElement(KINDS), person, writers);
  switch (kind) {
    case 'human_message':
      return humanMessage(dice, dice.helpers.arrayElement(writers));
    case 'own_comment':
      return ownComment(dice, person);
    case 'message':
    case 'comment': {
      const expects = dice.helpers.weightedArrayElement(kind === 'message' ? MESSAGE_TOPICS : COMMENT_TOPICS);
      return {
        kind,
        ...whose(person),
        text: makeText(dice, person.language, expects),
        expects,
        ...(kind === 'comment' ? makePost(dice, person.account) : {}),
        isRivalled: kind === 'comment' && expects === 'guide' && dice.datatype.boolean(RIVALLED),
        late: dice.datatype.boolean(0.03) ? LATE : 0,
      };
    }
  }
}

/**
 * Draws the kind of an item. In the API only Instagram and Facebook have comments, and a human replies only
 * to someone who wrote.
 */
function possibleKind(
  kind: TrafficItem['kind'],
  { account: { platform } }: MadePerson,
  writers: readonly MadePerson[],
): TrafficItem['kind'] {
  if (kind === 'message') return kind;
  if (kind === 'human_message') return writers.length > 0 ? kind : 'message';
  return platform === 'instagram' || platform === 'facebook' ? kind : 'message';
}

function humanMessage(dice: Faker, person: MadePerson): TrafficItem {
  const text = dice.helpers.arrayElement(PHRASES[person.language].own);
  return { kind: 'human_message', ...whose(person), text, expects: 'own', isRivalled: false, late: 0 };
}

function ownComment(dice: Faker, { account }: MadePerson): TrafficItem {
  return {
    kind: 'own_comment',
    account: account.name,
    contact: { id: account.nativeId, name: account.fullname ?? null, username: account.username },
    text: dice.helpers.arrayElement(OWN_COMMENTS),
    expects: 'own',
    language: 'en',
    ...makePost(dice, account),
    isRivalled: false,
    late: 0,
  };
}

function whose({
  account,
  contact,
  language,
}: MadePerson): Pick<TrafficItem, 'account' | 'contact' | 'language'> {
  return { account: account.name, contact, language };
}

function makePost(dice: Faker, account: SandboxAccount): { readonly post?: string } {
  const number = dice.number.int({ max: POSTS_PER_ACCOUNT - 1 });
  return number === 0 ? {} : { post: `${account.id}${number}` };
}

/** Varies a phrase as people do: capitals, missing accents, signs at the end. */
function makeText(dice: Faker, language: Language, topic: Topic): string {
  const isReaction = topic === 'chatter' && dice.datatype.boolean(0.25);
  const phrase = dice.helpers.arrayElement(isReaction ? REACTIONS : PHRASES[language][topic]);
  const styled = dice.helpers.weightedArrayElement([
    { value: phrase, weight: 75 },
    { value: phrase.toLowerCase(), weight: 12 },
    { value: phrase.toUpperCase(), weight: 8 },
    { value: language === 'ja' ? phrase : phrase.normalize('NFD').replace(/\p{M}/gu, ''), weight: 5 },
  ]);
  return styled + dice.helpers.arrayElement(TAILS);
}

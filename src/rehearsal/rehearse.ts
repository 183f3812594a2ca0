import type { AccountConfig, Config } from '../domain/config.js';
import type { Decision } from '../domain/decision.js';
import type {
  CommentFields,
  Contact,
  Direction,
  EventKind,
  InboundEvent,
  Platform,
} from '../domain/event.js';
import type { Facts } from '../domain/facts.js';
import { LIMITS } from '../domain/limits.js';
import type { Instant } from '../domain/time.js';
import type { History } from './history.js';
import { conversationOf } from './people.js';
import type { Expired } from './run-memory.js';
import type { CompiledSet } from '../engine/rule-set.js';
import { decideEvent } from '../actions/decide/decide-event.js';
import { settlingFor } from '../actions/decide/settling.js';
import type { Settling } from '../engine/settle.js';
import type { SettlingMemory } from './settling.js';
import type { ActContext } from '../actions/decision/decision.js';
import type { DecisionSettings } from '../actions/decision/settings.js';
import { asMessage, decideDue } from '../actions/funnel/expire.js';

/** A hypothetical event: typed by hand, from a file, or from a rule's test. Only `text` is required. */
export interface Rehearsal {
  readonly id?: string | undefined;
  readonly kind?: EventKind | undefined;
  readonly platform?: Platform | undefined;
  readonly account?: string | undefined;
  readonly text: string;
  readonly at: Instant;
  readonly contact?:
    | {
        readonly id?: string | undefined;
        readonly name?: string | undefined;
        readonly username?: string | undefined;
      }
    | undefined;
  readonly post?: string | undefined;
  readonly isReply?: boolean | undefined;
  /** Author of the event. @default 'incoming', the contact */
  readonly direction?: Direction | undefined;
  /** Time of the decision. @default `at` */
  readonly decidedAt?: Instant | undefined;
}

export interface RehearseParts {
  readonly config: Config;
  readonly set: CompiledSet;
  readonly history: History;
  readonly everyRule?: boolean;
  /** Handles messages that wait until their contact pauses. @default each message is decided at once */
  readonly settling?: SettlingMemory;
}

export interface Rehearsed {
  readonly event: InboundEvent;
  readonly decision: Decision;
  /** Facts from the history that the decision was based on. */
  readonly facts: Facts;
}

/**
 * Decides about a hypothetical event as if it had arrived at its time, with everything in live mode, and
 * records the reply in `history`. An event without an account goes to the first one of its platform; one
 * without a contact is from a new one. Throws RangeError for an account that is not configured or not on the
 * given platform.
 */
export async function rehearse(input: Rehearsal, index: number, parts: RehearseParts): Promise<Rehearsed> {
  const { event, accounts } = hypothetical(input, index, parts.config);
  return rehearseEvent(event, input.decidedAt ?? input.at, { ...parts, accounts });
}

/** Builds a hypothetical event, with its account. Throws as `rehearse` does. */
export function hypothetical(
  input: Rehearsal,
  index: number,
  config: Config,
): { readonly event: InboundEvent } & Pick<DecisionSettings, 'accounts'> {
  const account = accountOf(input, config);
  const accounts = alone.get(account) ?? new Map([[account.name, account]]);
  alone.set(account, accounts);
  return { event: toEvent(input, index, account), accounts };
}

const alone = new WeakMap<AccountConfig, DecisionSettings['accounts']>();

/** Decisions due by `now` without new events: questions that timed out, the earliest first. */
export async function rehearseWait(
  now: Instant,
  { config, set, history, settling }: RehearseParts,
): Promise<readonly Rehearsed[]> {
  const accounts = new Map(config.accounts.map((account) => [account.name, account]));
  await settling?.decideDue(now);
  return expireUntil(now, history, { set, settings: settingsOf(config, accounts) });
}

type Settings = DecisionSettings & { readonly everyRule: boolean };

function settingsOf(
  { guards, settle }: Config,
  accounts: DecisionSettings['accounts'],
  everyRule = false,
): Settings {
  return { mode: 'hypothetical', accounts, guards, optOut: guards.optOut, settle, everyRule };
}

/** The parts that all decisions about events of the same accounts share. */
interface Shared {
  readonly config: Config;
  readonly settings: Settings;
  readonly settling: Settling;
}

/** Cache: a replay decides about the events of few accounts, by one or two rule sets. */
const shared = new WeakMap<CompiledSet, WeakMap<DecisionSettings['accounts'], Shared>>();

function sharedBy(
  { config, set, everyRule = false }: RehearseParts,
  accounts: DecisionSettings['accounts'],
): Shared {
  const bySet = shared.get(set) ?? new WeakMap<DecisionSettings['accounts'], Shared>();
  shared.set(set, bySet);
  const known = bySet.get(accounts);
  if (known?.config === config && known.settings.everyRule === everyRule) return known;
  const settings = settingsOf(config, accounts, everyRule);
  const parts = { config, settings, settling: settlingFor(set, settings) };
  bySet.set(accounts, parts);
  return parts;
}

/** A run that continues may be due again before `now`, so the queue is read until nothing is due. */
async function expireUntil(
  now: Instant,
  history: History,
  context: ActContext,
): Promise<readonly Rehearsed[]> {
  const done: Rehearsed[] = [];
  for (let due = history.takeDue(now); due !== null; due = history.takeDue(now)) {
    done.push(await expireOne(due, history, context));
  }
  return done;
}

async function expireOne(expired: Expired, history: History, context: ActContext): Promise<Rehearsed> {
  const facts = history.factsFor(expired.event, expired.at, LIMITS.answerMemory);
  const event = asMessage(expired.event, facts);
  const decision = await decideDue({ ...expired, event }, facts, context);
  history.recordExpiry(expired, decision);
  return { event, decision, facts };
}

/**
 * Like `rehearse`, for a complete event that is decided at `now`. The event's account may no longer be
 * configured.
 */
export async function rehearseEvent(
  event: InboundEvent,
  now: Instant,
  parts: RehearseParts & Pick<DecisionSettings, 'accounts'>,
): Promise<Rehearsed> {
  const { set, history, settling } = parts;
  const { settings, settling: waits } = sharedBy(parts, parts.accounts);
  // Usually nothing is due, and each `await` delays the decision until other promises have run.
  const earlier = settling?.decideDue(event.at);
  if (earlier) await earlier;
  for (let due = history.takeDue(event.at); due !== null; due = history.takeDue(event.at)) {
    await expireOne(due, history, { set, settings });
  }
  const facts = history.factsFor(event, now, LIMITS.answerMemory);
  const held = settling?.hold(event, now, facts, {
    settling: waits,
    factsFor: (each, at) => history.factsFor(each, at, LIMITS.answerMemory),
    answer: (each, known) => decideEvent(each, known, set, settings),
    record: history.record,
  });
  const waiting = held ? await held : null;
  if (waiting) return { event, decision: waiting, facts };
  const decision = await decideEvent(event, facts, set, settings);
  history.record(event, decision, now);
  return { event, decision, facts };
}

function accountOf({ account: name, platform }: Rehearsal, { accounts }: Config): AccountConfig {
  if (name !== undefined) {
    const account = accounts.find((each) => each.name === name);
    if (!account) {
      const known = accounts.map((each) => each.name).join(', ');
      throw new RangeError(`there is no account "${name}" in the configuration; fix: write one of ${known}`);
    }
    if (platform !== undefined && account.platform !== platform) {
      throw new RangeError(
        `account "${name}" is on ${account.platform}, not on ${platform}; fix: leave out the platform, or name another account`,
      );
    }
    return account;
  }
  const found = platform === undefined ? accounts[0] : accounts.find((each) => each.platform === platform);
  if (found) return found;
  const none = platform ?? 'instagram';
  return {
    name: `(${none})`,
    id: '',
    platform: none,
    nativeId: null,
    pageId: null,
    disclosure: null,
    vars: {},
  };
}

function toEvent(input: Rehearsal, index: number, account: AccountConfig): InboundEvent {
  const kind = input.kind ?? 'message';
  const id = input.id ?? `${index}`;
  const contact = contactOf(input.contact ?? {}, index);
  return {
    id: `${kind}:${id}`,
    kind,
    platform: account.platform,
    account: account.name,
    sourceId: id,
    conversationId: kind === 'message' ? conversationOf(contact.id) : null,
    contact,
    text: input.text,
    at: input.at,
    direction: input.direction ?? 'incoming',
    comment: kind === 'comment' ? commentOf(input, id) : null,
  };
}

function contactOf({ id, name, username }: NonNullable<Rehearsal['contact']>, index: number): Contact {
  return { id: id ?? username ?? name ?? `person-${index}`, name: name ?? null, username: username ?? null };
}

function commentOf({ post, isReply = false }: Rehearsal, id: string): CommentFields {
  const postId = post ?? null;
  const platformCommentId = `platform-${id}`;
  return { postId, platformPostId: postId, platformCommentId, parentId: isReply ? 'parent' : null };
}

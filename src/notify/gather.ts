import type { SeenAutomations } from '../domain/automation.js';
import { EVERY_ACCOUNT } from '../domain/block.js';
import type { Notice, NotifyConfig } from '../domain/notice.js';
import { TROUBLED_STATES } from '../domain/send.js';
import { DAY, HOUR, type Instant, type Millis } from '../domain/time.js';
import type { Rival } from '../engine/rivals.js';
import type { DraftStore } from '../store/ports/drafts.js';
import type { JournalStore } from '../store/ports/journal.js';
import type { OutboxStore } from '../store/ports/outbox.js';
import type { OwnerStore } from '../store/ports/owner.js';
import type { PollStore } from '../store/ports/polls.js';
import type { WebhookStore } from '../store/ports/webhooks.js';
import type { WorkStore } from '../store/ports/work.js';
import { aboutChanges, aboutRivals } from './automations.js';
import { aboutQuietRules, READ_FROM } from './quiet-rules.js';
import { aboutDrafts } from './drafts.js';
import { aboutStops } from './stops.js';

export type GatherStore = OwnerStore &
  OutboxStore &
  WebhookStore &
  JournalStore &
  PollStore &
  WorkStore &
  DraftStore;

/** State of the program that is not in the store. */
export interface Condition {
  /** Blotato's own automations that overlap with the active rules. */
  readonly rivals: (seen: SeenAutomations | null) => readonly Rival[];
  /** True if a rule of this id is enabled. */
  readonly isEnabled: (rule: string) => boolean;
}

const LATEST = 200;
/**
 * Maximum age of an event that is notified. By then every send has ended, since it may wait for at most a
 * week.
 */
export const NEWS_FOR: Millis = 8 * DAY;

/** The notices that apply now; most of them were found by earlier runs as well. */
export async function gather(
  store: GatherStore,
  condition: Condition,
  config: Pick<NotifyConfig, 'kinds' | 'silentAfter'>,
  now: Instant,
): Promise<readonly Notice[]> {
  const { kinds, silentAfter } = config;
  const found = [
    ...(await aboutSends(store)),
    ...(await aboutAccounts(store)),
    ...(await aboutStops(store, now - NEWS_FOR)),
    ...(await aboutOthers(store)),
    ...(await aboutCodes(store)),
    ...(await aboutRows(store, now - silentAfter)),
    ...(await aboutLostAccounts(store)),
    ...(await aboutAutomations(store, condition)),
    ...(await aboutLists(store, now - silentAfter)),
    ...(kinds.includes('draft_waiting') ? await aboutDrafts(store) : []),
  ];
  return found.filter(({ kind }) => kinds.includes(kind));
}

/** Reads rules that went quiet at most once an hour: their figures are by hour, and the query reads many rows. */
export function createQuietRules(store: Pick<OwnerStore, 'ruleHours'>) {
  let readIn = -1;
  return async ({ isEnabled }: Pick<Condition, 'isEnabled'>, now: Instant): Promise<readonly Notice[]> => {
    const hour = Math.floor(now / HOUR);
    if (hour === readIn) return [];
    readIn = hour;
    return aboutQuietRules(await store.ruleHours(now - READ_FROM), isEnabled, now);
  };
}

async function aboutSends(store: GatherStore): Promise<readonly Notice[]> {
  const sends = await store.sends({ states: TROUBLED_STATES, limit: LATEST });
  return sends.map(
    ({ id, state, reason, action, rule, account, contactId, detail, createdAt: at }): Notice => {
      const what = `${action} of rule ${rule} from ${account} to ${contactId}`;
      const why = detail === null ? '' : `: ${detail}`;
      const kind =
        reason === 'private_reply_used' ? reason : state === 'failed' ? 'failed' : 'unknown_outcome';
      const happened = {
        failed: 'failed',
        unknown_outcome: 'may not have arrived',
        private_reply_used: 'came too late',
      };
      const fix =
        kind === 'private_reply_used'
          ? 'Find the other tool that replies to comments, and let only one of the two do it.'
          : `Check the conversation, then: autoresponder outbox retry ${id}, or discard ${id}.`;
      return { kind, key: `send ${id}`, at, text: `The ${what} ${happened[kind]}${why}`, fix };
    },
  );
}

async function aboutAccounts(store: GatherStore): Promise<readonly Notice[]> {
  return (await store.blocks()).map(({ account, since: at, detail, cause }): Notice => {
    const who = account === EVERY_ACCOUNT ? 'every account' : account;
    const text = `Blotato refuses to send for ${who}: ${detail}`;
    return {
      ...{ kind: 'blocked_account', key: `${account} ${cause} ${at}`, at, text },
      fix: 'See `autoresponder status`; waiting sends are kept.',
    };
  });
}

async function aboutOthers(store: GatherStore): Promise<readonly Notice[]> {
  const webhooks = await store.webhooks({ states: ['dead'], limit: LATEST });
  const handoffs = await store.handoffs(LATEST);
  return [
    ...webhooks.map(({ id, rule, url, detail, createdAt: at }): Notice => {
      const text = `The webhook of rule ${rule} to ${new URL(url).host} was given up: ${detail ?? ''}`;
      return {
        kind: 'dead_webhook',
        key: `w${id}`,
        at,
        text,
        fix: `autoresponder outbox retry w${id}, or discard w${id}.`,
      };
    }),
    ...handoffs.map(({ id, rule, account, contactId, note, at }): Notice => {
      const text = `Rule ${rule} hands ${contactId} of ${account} over to a human${note === null ? '' : `: ${note}`}`;
      const fix = 'Reply to them; automatic replies to them are paused.';
      return { kind: 'handoff', key: `handoff ${id}`, at, text, fix };
    }),
  ];
}

async function aboutCodes(store: GatherStore): Promise<readonly Notice[]> {
  return (await store.lowPools()).map(({ pool, left, since: at }): Notice => {
    const text = left === 0 ? `No code is left in ${pool}` : `Few codes are left in ${pool}: ${left}`;
    const fix = `Add codes at the end of ${pool}; it is read again for each code.`;
    return { kind: 'low_codes', key: `${pool} ${at}`, at, text, fix };
  });
}

/** Unreadable rows, and messages that wait for an unreadable conversation. */
async function aboutRows(store: GatherStore, before: Instant): Promise<readonly Notice[]> {
  const unreadable = await store.journal({ reason: 'unreadable', limit: LATEST });
  const held = new Map<string, { readonly since: Instant; readonly detail: string; n: number }>();
  for (const { event, held: why, since } of await store.held(LATEST)) {
    const key =
      why.for === 'account' ? `account ${event.account ?? ''}` : `conversation ${event.conversationId ?? ''}`;
    const group = held.get(key) ?? { since, detail: why.detail, n: 0 };
    held.set(key, { ...group, since: Math.min(group.since, since), n: group.n + 1 });
  }
  return [
    ...unreadable.map(({ event, detail, decidedAt }): Notice => {
      const text = `A ${event.kind} of ${event.account ?? event.platform} could not be read: ${detail ?? ''}`;
      const fix = `Reply by hand, see \`autoresponder journal --reason unreadable\`; report the field to the project.`;
      return { kind: 'unreadable', key: event.id, at: decidedAt ?? event.at, text, fix };
    }),
    ...[...held]
      .filter(([, { since }]) => since <= before)
      .map(([key, { since: at, detail, n }]): Notice => {
        const text = `${n === 1 ? 'A message waits' : `${n} messages wait`} undecided for ${key}: ${detail}`;
        const fix = 'See the log and `autoresponder doctor`; they are decided as soon as it can be read.';
        return { kind: 'held_messages', key: `${key} ${at}`, at, text, fix };
      }),
  ];
}

async function aboutLostAccounts(store: GatherStore): Promise<readonly Notice[]> {
  return (await store.listedAccounts()).flatMap(({ account, accountId, missingSince: at, likelyId }) => {
    if (at === null) return [];
    const text = `Blotato no longer lists the account ${account} (id ${accountId}): its messages and comments get no reply`;
    const fix =
      likelyId === null
        ? 'Connect it again in Blotato, then set its `id` in config.yaml to the one that `autoresponder doctor` shows.'
        : `It probably came back as id ${likelyId}: set \`id: "${likelyId}"\` in config.yaml.`;
    return [{ kind: 'lost_account' as const, key: `${account} ${at}`, at, text, fix }];
  });
}

async function aboutAutomations(store: PollStore, { rivals }: Condition): Promise<readonly Notice[]> {
  const seen = await store.automations();
  return seen === null ? [] : [...aboutRivals(rivals(seen), seen.readAt), ...aboutChanges(seen.automations)];
}

async function aboutLists(store: PollStore, before: Instant): Promise<readonly Notice[]> {
  const { failures } = await store.readState();
  return failures
    .filter(({ since }) => since <= before)
    .map(({ resource: list, since: at }): Notice => {
      const text = `The list of ${list} could not be read for a long time: nothing new gets a reply`;
      return {
        kind: 'silent_list',
        key: `${list} ${at}`,
        at,
        text,
        fix: 'See the log and `autoresponder doctor`.',
      };
    });
}

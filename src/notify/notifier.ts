import type { Notice, NoticeKind, NotifyConfig } from '../domain/notice.js';
import { type Clock, DAY, type Instant, type Millis, MINUTE } from '../domain/time.js';
import { localTime } from '../engine/calendar/zone.js';
import { addressed } from './address.js';
import { type Channel, channelsOf, type ChannelParts } from './channels.js';
import { type Condition, gather, type GatherStore } from './gather.js';

export interface NotifierParts extends ChannelParts {
  readonly config: NotifyConfig;
  readonly store: GatherStore;
  readonly clock: Clock;
  /** Errors of changed rules. */
  readonly brokenRules: () => Condition['brokenRules'];
  /** Changes of Blotato's own automations since the last run. @default none */
  readonly rivals?: Condition['rivals'];
  readonly onTold: (channel: Channel['name'], notices: readonly Notice[]) => void;
  readonly onTrouble: (what: string, error: unknown) => void;
}

export interface Notifier {
  /**
   * Finds news and sends the notifications that are due. Never throws: unsent notices are sent at the next
   * run.
   */
  runOnce(): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}

const EVERY: Millis = MINUTE;
/**
 * Maximum age of an event that is notified. By then every send has ended, since it may wait for at most a
 * week.
 */
const NEWS_FOR: Millis = 8 * DAY;
/** Sent notices are stored for longer than events count as news, so that each notice is sent once. */
const KEPT: Millis = 30 * DAY;
/**
 * Notices of conditions that last until they are fixed. A notice is sent again if its condition lasts longer
 * than KEPT.
 */
const GOES_ON: ReadonlySet<NoticeKind> = new Set([
  'blocked_account',
  'broken_rules',
  'silent_list',
  'held_messages',
  'lost_account',
  'rival_automation',
]);
const MOST_IN_MESSAGE = 50;

/** Notifies the owner: each notice once per channel, batched by `digest`, and not in quiet hours. */
export function createNotifier(parts: NotifierParts): Notifier {
  const { config, store, clock, brokenRules, rivals = () => [], onTrouble } = parts;
  const channels = channelsOf(config, parts);
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();

  /** A channel that fails or hangs does not delay the others. */
  async function tellByAll(): Promise<void> {
    await Promise.all(
      channels.map((channel) =>
        tellBy(channel, parts, stopping.signal).catch(async (error: unknown) => {
          onTrouble(`notifying the owner by ${channel.name}`, error);
          if (!stopping.signal.aborted) await noteFailed(channel, error, parts);
        }),
      ),
    );
  }

  async function look(): Promise<void> {
    try {
      const now = clock();
      const found = await gather(store, { brokenRules: brokenRules(), rivals }, config, now);
      await store.noteTrouble(
        found.filter(({ kind, at }) => GOES_ON.has(kind) || at > now - NEWS_FOR),
        now,
        now - KEPT,
      );
      await tellByAll();
    } catch (error) {
      onTrouble('gathering notices for the owner', error);
    }
  }

  const lookAgain = (): Promise<void> => (looking = looking.then(look));

  return {
    runOnce: lookAgain,
    start() {
      timer = setInterval(() => void lookAgain(), EVERY);
    },
    async stop() {
      clearInterval(timer);
      stopping.abort(new Error('stopping'));
      await looking;
    },
  };
}

/**
 * The other channels report the failure at the next run, once; the failed one sends what it missed when it
 * works again.
 */
async function noteFailed(
  { name }: Channel,
  error: unknown,
  { config, store, clock }: NotifierParts,
): Promise<void> {
  if (!config.kinds.includes('failed_notice')) return;
  const now = clock();
  const text = `notices cannot be sent by ${name}: ${error instanceof Error ? error.message : String(error)}`;
  const fix = 'Fix this channel in `notify`; the missed notices are sent once it works.';
  await store.noteTrouble([{ kind: 'failed_notice', key: name, at: now, text, fix }], now, now - KEPT);
}

/** True during quiet hours. The span may cross midnight. */
function isQuiet({ quiet }: NotifyConfig, now: Instant): boolean {
  if (quiet === null) return false;
  const { from, to, timezone } = quiet;
  const { minute } = localTime(timezone, now);
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
}

/** Sends this channel's unsent notices, unless it is a quiet hour or too soon after the last message. */
async function tellBy(channel: Channel, parts: NotifierParts, signal: AbortSignal): Promise<void> {
  const { config, store, clock, onTold } = parts;
  const now = clock();
  if (isQuiet(config, now)) return;
  const last = await store.lastTold(channel.name);
  // Sending the last message took some time, and this run may be slightly early.
  if (last !== null && now - last < config.digest - EVERY / 2) return;
  const notices = await store.untold(channel.name, MOST_IN_MESSAGE);
  if (notices.length === 0) return;
  const due = await addressed(notices, channel.via, parts);
  if (due.length > 0) await channel.tell(due, now, signal);
  // Without a message, the time of the last one stays, so that the next notice does not wait for `digest`.
  const toldAt = due.length > 0 ? clock() : (last ?? 0);
  await store.markTold(
    notices.map(({ id }) => id),
    channel.name,
    toldAt,
  );
  if (due.length > 0) onTold(channel.name, due);
}

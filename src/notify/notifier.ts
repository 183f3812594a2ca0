import type { Notice, NoticeKind, NotifyConfig } from '../domain/notice.js';
import { type Clock, DAY, type Instant, type Millis, MINUTE } from '../domain/time.js';
import { localTime } from '../engine/calendar/zone.js';
import { addressed } from './address.js';
import { ChannelRefusedError } from './channels/service.js';
import type { Channel, ChannelParts } from './channels/channel.js';
import { channelsOf } from './channels/channels.js';
import { type BrokenRules, createBrokenRules } from './broken-rules.js';
import { type Condition, createQuietRules, gather, type GatherStore, NEWS_FOR } from './gather.js';
import { createWeeklySummary } from './weekly.js';

export interface NotifierParts extends ChannelParts {
  readonly config: NotifyConfig;
  readonly store: GatherStore;
  readonly clock: Clock;
  /** Errors of changed rules. */
  readonly brokenRules: () => BrokenRules | null;
  /** Changes of Blotato's own automations since the last run. @default none */
  readonly rivals?: Condition['rivals'];
  /** True if a rule of this id is enabled. @default none is */
  readonly isEnabled?: Condition['isEnabled'];
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
/** Sent notices are stored for longer than events count as news, so that each notice is sent once. */
export const KEPT: Millis = 30 * DAY;
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
  'quiet_rule',
]);
const MOST_IN_MESSAGE = 50;
/** Maximum number of messages of a channel in one run; the rest follows at the next. */
const MOST_MESSAGES = 5;

/** State of a channel that ends with the process. */
interface ChannelState {
  /** End of the wait that the service asked for. */
  notBefore: Instant;
  /** True if notices of the last message are left, which do not wait for `digest`. */
  hasRest: boolean;
}
const FREE: ChannelState = { notBefore: 0, hasRest: false };

/** Notifies the owner: each notice once per channel, batched by `digest`, and not in quiet hours. */
export function createNotifier(parts: NotifierParts): Notifier {
  const { config, clock, onTrouble } = parts;
  const channels = channelsOf(config, parts);
  const record = recorder(parts);
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();

  const states = new Map(channels.map(({ name }): [string, ChannelState] => [name, { ...FREE }]));

  /** A channel that fails or hangs does not delay the others. */
  async function tellByAll(): Promise<void> {
    await Promise.all(
      channels.map(async (channel) => {
        const state = states.get(channel.name) ?? { ...FREE };
        if (clock() < state.notBefore) return;
        try {
          state.hasRest = await tellBy(channel, parts, { signal: stopping.signal, ...state });
        } catch (error) {
          state.hasRest = true;
          onTrouble(`notifying the owner by ${channel.name}`, error);
          if (error instanceof ChannelRefusedError) state.notBefore = clock() + error.wait;
          const isLimit = error instanceof ChannelRefusedError && error.isLimit;
          if (!stopping.signal.aborted && !isLimit) await noteFailed(channel, error, parts);
        }
      }),
    );
  }

  async function look(): Promise<void> {
    try {
      await record();
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

/** Finds the notices that apply now, and records those that are news. */
function recorder(parts: NotifierParts): () => Promise<void> {
  const { config, store, clock, brokenRules, rivals = () => [], isEnabled = () => false } = parts;
  const quietRules = createQuietRules(store);
  const weekly = createWeeklySummary(store);
  const aboutRules = createBrokenRules(store);
  return async () => {
    const now = clock();
    const condition = { rivals, isEnabled };
    const quiet = config.kinds.includes('quiet_rule') ? await quietRules(condition, now) : [];
    const week = await weekly.due(config, now);
    const broken = config.kinds.includes('broken_rules') ? await aboutRules(brokenRules(), now) : [];
    const found = [...(await gather(store, condition, config, now)), ...broken, ...week, ...quiet];
    await store.noteTrouble(
      found.filter(({ kind, at }) => GOES_ON.has(kind) || at > now - NEWS_FOR),
      now,
      now - KEPT,
    );
    weekly.recorded(week);
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

interface TellOptions extends Pick<ChannelState, 'hasRest'> {
  readonly signal: AbortSignal;
}

/**
 * Sends this channel's unsent notices, unless it is a quiet hour or too soon after the last message. Each message is
 * recorded before the next is sent. True if some are left.
 */
async function tellBy(
  channel: Channel,
  parts: NotifierParts,
  { signal, hasRest }: TellOptions,
): Promise<boolean> {
  const { config, store, clock, onTold } = parts;
  const now = clock();
  if (isQuiet(config, now)) return hasRest;
  const last = await store.lastTold(channel.name);
  // Sending the last message took some time, and this run may be slightly early.
  if (!hasRest && last !== null && now - last < config.digest - EVERY / 2) return false;
  const notices = await store.untold(channel.name, MOST_IN_MESSAGE);
  if (notices.length === 0) return false;
  const due = await addressed(notices, channel.via, parts);
  const ended = notices.filter(({ id }) => !due.some((each) => each.id === id));
  const mark = async (those: readonly { readonly id: number }[], at: Instant): Promise<void> =>
    store.markTold(
      those.map(({ id }) => id),
      channel.name,
      at,
    );
  // Without a message, the time of the last one stays, so that the next notice does not wait for `digest`.
  await mark(ended, last ?? 0);
  let rest = due;
  for (let messages = 0; rest.length > 0 && messages < MOST_MESSAGES; messages += 1) {
    const message = rest.slice(0, channel.fitting?.(rest) ?? rest.length);
    await channel.tell(message, now, signal);
    await mark(message, clock());
    onTold(channel.name, message);
    rest = rest.slice(message.length);
  }
  return rest.length > 0;
}

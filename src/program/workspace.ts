import { createClientMemory } from '../blotato/client.js';
import { EVERY_ACCOUNT } from '../domain/block.js';
import type { Trouble } from '../domain/health.js';
import { LIMITS } from '../domain/limits.js';
import { type Instant, type Millis, SECOND } from '../domain/time.js';
import { createRivalLookup } from '../engine/rivals.js';
import type { Notifier } from '../notify/notifier.js';
import { createPollingMemory } from '../poller/polling-memory.js';
import type { ReadHealth } from '../poller/read-health.js';
import type { RulesState } from '../project/reload.js';
import type { Store } from '../store/store.js';
import { type Common, type Memory, openParts, type Parts, retried } from './parts.js';

export interface WorkspaceOptions extends Common {
  /** Open, for writing; asked for with each cycle. The workspace does not close it. */
  readonly store: () => Store;
  /** What keeps changed rules from being active, for the owner. @default nothing */
  readonly brokenRules?: (() => RulesState['problem']) | undefined;
}

/**
 * One workspace of a running program: poll cycle, notifications and retention. Two schedulers run it: `createApp`
 * alone in its process, `createSharedApp` beside thousands of others.
 */
export interface ActiveWorkspace {
  /** Asks the API whether it accepts the key. Throws BlotatoError of kind `unauthorized` when it does not. */
  checkKey(): Promise<void>;
  /** Sends what waits, and what polls bring, until `rest`. */
  send(): Promise<void>;
  /** Polls the lists that are due. Never throws. */
  poll(): Promise<void>;
  /** Polls all lists once, sends what may be sent now, and follows it for a few seconds. */
  once(): Promise<void>;
  /** Polls what is due, and sends what may be sent now. Returns when there is something to do again. */
  cycle(): Promise<Instant>;
  /** Notifies the owner where the configuration says so. Never throws. */
  notify(): Promise<void>;
  /** Deletes texts older than `retention`. Never throws. */
  retain(): Promise<void>;
  /** What is wrong with the store, as far as this process knows; null if it works. */
  trouble(): Trouble | null;
  /** There may be something new to send: after a command by hand. */
  nudge(): void;
  /** Ends what runs, and keeps only what the next cycle needs. What is in flight has this long to end. */
  rest(within: Millis): Promise<void>;
  /** `rest`, and nothing begins any more. */
  stop(within: Millis): Promise<void>;
}

/** `run --once` follows its sends this long. */
const FOLLOW_FOR = 10 * SECOND;

/** What a cycle works with is created on demand, to keep idle workspaces cheap. */
export function createWorkspace(options: WorkspaceOptions): ActiveWorkspace {
  const { workspace, clock } = options;
  const { config } = workspace;
  let memory: Memory | null = null;
  let parts: Parts | null = null;
  let notifier: Promise<Notifier | null> | null = null;
  let isStopped = false;
  const remembered = (): Memory => (memory ??= createMemory(options));
  const open = (): Parts => (parts ??= openParts(options, options.store(), remembered()));

  const self: ActiveWorkspace = {
    trouble: () => memory?.polling.readHealth.trouble() ?? null,
    nudge: () => parts?.sending.nudge(),
    retain: () => deleteOldTexts(options),
    async checkKey() {
      const { client, polling } = open();
      await client.me(polling.signal);
      // Refused in a former life; the outbox need not wait until it would have asked.
      await options.store().unblock(EVERY_ACCOUNT);
    },
    async send() {
      if (!isStopped) await open().sending.start();
    },
    async poll() {
      if (!isStopped) await open().polling.due();
    },
    async once() {
      if (isStopped) return;
      const { polling, sending } = open();
      await sending.start();
      await polling.all();
      await sending.drained(clock() + FOLLOW_FOR);
      await self.retain();
      if (!polling.signal.aborted) await self.notify();
    },
    cycle: () => runCycle(open(), options),
    async notify() {
      if (config.notify === null || isStopped) return;
      notifier ??= notifierOf(options, remembered().polling.readHealth);
      await (await notifier)?.runOnce();
    },
    async rest(within) {
      const ended = parts;
      parts = null;
      const polled = ended?.polling.stop();
      await ended?.sending.stop(within);
      await polled;
      await ended?.client.close();
    },
    async stop(within) {
      isStopped = true;
      await Promise.all([self.rest(within), notifier?.then((each) => each?.stop())]);
    },
  };
  return self;
}

/** Sends are confirmed by the lists of later polls, so nothing but memory is kept between two cycles. */
async function runCycle(
  { polling, sending }: Parts,
  { clock, store, nextPoll }: WorkspaceOptions,
): Promise<Instant> {
  try {
    // What was open continues before anything new is read.
    const isQuiet = await polling.due(sending.start);
    // Most cycles of most workspaces: nobody wrote, and nothing is on its way.
    if (isQuiet || !(await store().hasOpenWork())) return nextPoll();
    await sending.start();
    sending.nudge();
    return Math.min(nextPoll(), await sending.drained(clock()));
  } finally {
    await sending.stop(LIMITS.requestTimeout);
  }
}

function createMemory({ workspace: { config }, clock, logger }: WorkspaceOptions): Memory {
  return {
    client: createClientMemory(),
    holds: new Map(),
    polling: createPollingMemory({ config, clock, logger }),
  };
}

/** Notifies the owner of what needs them, where the configuration says so; null if it does not. */
async function notifierOf(
  { workspace, store, clock, logger, brokenRules = () => null }: WorkspaceOptions,
  { troubled }: ReadHealth,
): Promise<Notifier | null> {
  const { config } = workspace;
  if (config.notify === null) return null;
  const lookup = createRivalLookup(config.accounts);
  const { createNotifier } = await import('../notify/notifier.js');
  return createNotifier({
    ...{ config: config.notify, store: store(), clock, env: process.env },
    allowHosts: config.webhooks.allowHosts,
    brokenRules,
    rivals: (seen) => lookup(seen, workspace.set),
    onTold: (channel, { length: notices }) => logger.info({ channel, notices }, 'the owner was told'),
    onTrouble: (what, error) => troubled(error, retried(what)),
  });
}

/** The next night tries again what failed. */
async function deleteOldTexts({
  workspace: { config },
  store,
  clock,
  logger,
}: WorkspaceOptions): Promise<void> {
  try {
    const emptied = await store().forgetBefore(clock() - config.retention);
    if (emptied > 0) logger.info({ events: emptied }, 'texts older than `retention` deleted');
  } catch (error) {
    logger.error(
      { err: error },
      'texts older than `retention` could not be deleted; it is tried again tomorrow',
    );
  }
}

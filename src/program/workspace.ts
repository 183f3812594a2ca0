import { createClientMemory } from '../blotato/client.js';
import type { NoResponseError } from '../blotato/errors.js';
import { EVERY_ACCOUNT } from '../domain/block.js';
import type { Trouble } from '../domain/health.js';
import { LIMITS } from '../domain/limits.js';
import { type Instant, type Millis, SECOND } from '../domain/time.js';
import { createRivalLookup } from '../engine/rivals.js';
import { ONLY_WORKSPACE } from '../domain/workspaces.js';
import type { Notifier } from '../notify/notifier.js';
import { createPollingMemory } from '../poller/polling-memory.js';
import type { ReadHealth } from '../poller/read-health.js';
import type { RulesState } from '../project/reload.js';
import type { Store } from '../store/ports/store.js';
import { createLinkWatch, type LinkWatchOptions } from './link-watch.js';
import { type Common, type Memory, openParts, type Parts, retried } from './parts.js';

export interface WorkspaceOptions extends Common, Pick<LinkWatchOptions, 'besideStore'> {
  /** Returns the store, open for writing; called for each cycle. The workspace does not close it. */
  readonly store: () => Store;
  /** Errors that keep changed rules from being active, for the owner. @default none */
  readonly brokenRules?: (() => RulesState['problem']) | undefined;
}

/**
 * One workspace of a running program: poll cycle, notifications and retention. Two schedulers run it: `createApp`
 * alone in its process, `createSharedApp` beside thousands of others.
 */
export interface ActiveWorkspace {
  /** Checks the key with the API. Throws BlotatoError of kind `unauthorized` if the API refuses the key. */
  checkKey(): Promise<void>;
  /** Sends waiting sends, and those of new polls, until `rest`. */
  send(): Promise<void>;
  /** Polls the lists that are due. Never throws. */
  poll(): Promise<void>;
  /** Polls all lists once, sends what is due, and follows it for a few seconds. */
  once(): Promise<void>;
  /** Polls what is due, and sends what is due. Returns the time of the next work. */
  cycle(): Promise<Instant>;
  /** Start of the time without any response in the running cycle; null if the API responds. */
  silentSince(): Instant | null;
  /** Notifies the owner through the configured channels. Never throws. */
  notify(): Promise<void>;
  /**
   * Checks the links in the texts of the rules, if that is configured and due. It may take long, so no cycle may wait for
   * it. Never throws.
   */
  checkLinks(): Promise<void>;
  /** Deletes texts older than `retention`. Never throws. */
  retain(): Promise<void>;
  /** The error of the store, as far as this process knows; null if it works. */
  trouble(): Trouble | null;
  /** Signals that there may be something new to send, after a command by hand. */
  nudge(): void;
  /**
   * Stops running work, and keeps only the state for the next cycle. Sends in progress have this long to end.
   * `why`: the API hangs, so lists that are not read yet count as failed.
   */
  rest(within: Millis, why?: NoResponseError): Promise<void>;
  /** Stops the workspace like `rest`, for good: nothing starts any more. */
  stop(within: Millis): Promise<void>;
}

/** Time that `run --once` follows its sends. */
const FOLLOW_FOR = 10 * SECOND;

/** Per-cycle objects are created on demand to keep idle workspaces cheap. */
export function createWorkspace(options: WorkspaceOptions): ActiveWorkspace {
  const { workspace, clock } = options;
  const { config } = workspace;
  let memory: Memory | null = null;
  let parts: Parts | null = null;
  let notifier: Promise<Notifier | null> | null = null;
  const links = createLinkWatch(options);
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
      // The key was refused in an earlier run; the outbox need not wait for its next probe.
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
    checkLinks: links.check,
    silentSince: () => parts?.client.silentSince() ?? null,
    async rest(within, why) {
      const ended = parts;
      parts = null;
      const polled = ended?.polling.stop(why);
      await ended?.sending.stop(within);
      await polled;
      await ended?.client.close();
    },
    async stop(within) {
      isStopped = true;
      await Promise.all([self.rest(within), notifier?.then((each) => each?.stop()), links.stop()]);
    },
  };
  return self;
}

/** Sends are confirmed by the lists of later polls, so only memory is kept between two cycles. */
async function runCycle(
  { store, polling, sending }: Parts,
  { clock, nextPoll }: WorkspaceOptions,
): Promise<Instant> {
  try {
    // Open work continues before anything new is read.
    const { isQuiet, hasMore } = await polling.due(sending.start);
    // Most cycles of most workspaces: no new messages, and no sends in progress.
    if (isQuiet || !(await store.hasOpenWork())) return hasMore ? clock() : nextPoll();
    await sending.start();
    sending.nudge();
    const sendAt = await sending.drained(clock());
    return hasMore ? clock() : Math.min(nextPoll(), sendAt);
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

/** The notifier of the configured channels; null if no channel is configured. */
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
    workspace: config.workspace === ONLY_WORKSPACE ? null : config.workspace,
    brokenRules,
    rivals: (seen) => lookup(seen, workspace.set),
    isEnabled: (rule) => workspace.set.written.some(({ id }) => id === rule),
    onTold: (channel, { length: notices }) => logger.info({ channel, notices }, 'owner notified'),
    onTrouble: (what, error) => troubled(error, retried(what)),
  });
}

/** Logged only: a failed deletion is retried the next night. */
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
    logger.error({ err: error }, 'texts older than `retention` could not be deleted; will retry tomorrow');
  }
}

import { CLI } from '../domain/audit.js';
import { customerOf } from '../domain/customer.js';
import { OPEN_STATES, type Send, SEND_STATES, TROUBLED_STATES } from '../domain/send.js';
import { type Webhook, WEBHOOK_STATES } from '../domain/webhook.js';
import { callControl, runCommand, type StoreCommand, type CommandResult } from '../server/control.js';
import { StoreError } from '../store/ports/store-error.js';
import { checkCustomer, controlPath } from '../store/open.js';
import { Exit } from './exit.js';
import { print, printJson, say } from './output.js';
import { limitOf, paged, sayLeftOut } from './pages.js';
import { oneOf } from './parse.js';
import { webhookJson, webhookLine } from './webhook-text.js';
import { type CommonOptions, configOf, withReader, withWriter } from './project.js';
import { lineOf, toJson } from './send-text.js';

export interface OutboxListOptions extends CommonOptions {
  readonly state?: string;
  readonly all?: boolean;
  readonly limit: string;
}

/** States that need the owner's attention: still open, or ended without a delivery. */
const NEEDS_ATTENTION = [...OPEN_STATES, ...TROUBLED_STATES] as const;

/** `outbox list`: lists sends that are open or failed; with `--all`, every send. */
export async function outboxList(options: OutboxListOptions): Promise<void> {
  const limit = limitOf(options.limit);
  const state =
    options.state === undefined
      ? null
      : oneOf('--state', options.state, [...new Set([...SEND_STATES, ...WEBHOOK_STATES])]);
  await withReader(options, async (store) => {
    const states =
      state === null ? (options.all ? null : NEEDS_ATTENTION) : SEND_STATES.filter((each) => each === state);
    let n = 0;
    const show = <T>(page: readonly T[], json: (row: T) => object, line: (row: T) => string): void => {
      n += page.length;
      page.forEach((row) => (options.json ? printJson(json(row)) : print(line(row))));
    };
    const areMoreSends = await paged<Send>({
      limit,
      read: (size, last) => store.sends({ limit: size, ...beforeOf(last), ...(states ? { states } : {}) }),
      each: (page) => show(page, toJson, lineOf),
    });
    const areMoreWebhooks = await paged<Webhook>({
      limit,
      read: (size, last) => store.webhooks({ limit: size, ...beforeOf(last), ...webhooksOf(options) }),
      each: (page) => show(page, webhookJson, webhookLine),
    });
    if (n === 0 && !options.json) say('nothing is open and nothing failed');
    if (areMoreSends) sayLeftOut(`the newest ${limit} sends`, 'older ones');
    if (areMoreWebhooks) sayLeftOut(`the newest ${limit} webhooks`, 'older ones');
  });
}

/**
 * `outbox retry ID`: sends a failed or unclear send again. The user is expected to have checked the
 * conversation.
 */
export function outboxRetry(id: string, options: CommonOptions): Promise<void> {
  return change('retry', id, options);
}

/** `outbox discard ID`: discards a send that was not sent yet, or clears a failed one. */
export function outboxDiscard(id: string, options: CommonOptions): Promise<void> {
  return change('discard', id, options);
}

/** Parses the number of a webhook, such as `w12`: webhooks are numbered separately from sends. */
function webhookId(id: string): number | null {
  return /^w\d{1,15}$/u.test(id) ? Number(id.slice(1)) : null;
}

/** Filter for the webhooks that correspond to the requested sends. */
function webhooksOf({ state, all }: OutboxListOptions) {
  if (state !== undefined) return { states: WEBHOOK_STATES.filter((each) => each === state) };
  return all ? {} : { states: ['pending', 'dead'] as const };
}

function beforeOf(last: { readonly id: number } | undefined) {
  return last === undefined ? {} : { before: last.id };
}

async function change(verb: 'retry' | 'discard', id: string, options: CommonOptions): Promise<void> {
  const webhook = webhookId(id);
  const command: StoreCommand =
    webhook === null ? { do: verb, id: idOf(id) } : { do: `${verb}-webhook`, id: webhook };
  const result = await perform(command, options);
  if ('send' in result && result.send !== null) {
    if (options.json) printJson(toJson(result.send));
    else print(lineOf(result.send));
  } else if ('webhook' in result && result.webhook !== null) {
    if (options.json) printJson(webhookJson(result.webhook));
    else print(webhookLine(result.webhook));
  } else {
    const what = webhook === null ? `send ${idOf(id)}` : `webhook w${webhook}`;
    const fix = 'see `autoresponder outbox list --all` for its state';
    throw new Exit(1, `${what} is not in a state for this command; fix: ${fix}`);
  }
}

/** Runs a command here, or passes it to the process that holds the store. */
export async function perform(command: StoreCommand, options: CommonOptions): Promise<CommandResult> {
  const config = configOf(options);
  try {
    return await withWriter(config, (store) => runCommand(command, store, { ...CLI, at: Date.now() }));
  } catch (error) {
    const path = controlPath(config);
    if (!(error instanceof StoreError) || error.code !== 'locked' || path === null) throw error;
    await checkCustomer(path, customerOf(config));
    return callControl(path, command).catch((refused: unknown) => {
      const why = refused instanceof Error ? refused.message : String(refused);
      throw new Exit(
        1,
        `another autoresponder has the store at ${path}, but does not respond: ${why}; fix: try again, or restart it`,
      );
    });
  }
}

function idOf(value: string): number {
  const id = /^\d+$/u.test(value) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(id))
    throw new Exit(
      1,
      `"${value}" is not the number of a send; fix: take one of \`autoresponder outbox list\``,
    );
  return id;
}

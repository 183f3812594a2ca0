import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { changeDraft, type DraftResult } from '../actions/drafts/change-draft.js';
import { replyByHand, replyToComment } from '../actions/hand/reply-by-hand.js';
import type { Act, Actor } from '../domain/audit.js';
import type { GuardSettings } from '../actions/guards/guard.js';
import type { DraftChange } from '../domain/draft.js';
import type { HandCommentReply, HandReply, HandResult } from '../domain/hand-reply.js';
import type { Pause } from '../domain/facts.js';
import type { Send } from '../domain/send.js';
import type { Instant, Millis } from '../domain/time.js';
import type { Webhook } from '../domain/webhook.js';
import type { Forgotten, ContactStore } from '../store/ports/contacts.js';
import type { AuditStore } from '../store/ports/audit.js';
import type { DraftStore } from '../store/ports/drafts.js';
import type { HandStore } from '../store/ports/hand.js';
import type { LabelStore, NewLabel } from '../store/ports/labels.js';
import type { OutboxStore } from '../store/ports/outbox.js';
import type { OwnerStore } from '../store/ports/owner.js';
import type { WebhookStore } from '../store/ports/webhooks.js';

/**
 * Commands of the owner. Only the process that writes the store runs them; other processes send them to it.
 */
export type Command =
  | { readonly do: 'retry' | 'discard'; readonly id: number }
  | { readonly do: 'retry-webhook' | 'discard-webhook'; readonly id: number }
  | { readonly do: 'end-handoff'; readonly id: number }
  | { readonly do: 'pause'; readonly scope: string; readonly until: Instant | null }
  /**
   * `humanPause`: time that the program stays silent after a human wrote; used to end that pause for a
   * contact too.
   */
  | { readonly do: 'resume'; readonly scope: string; readonly humanPause?: Millis }
  | { readonly do: 'change-draft'; readonly change: DraftChange; readonly guards: GuardSettings }
  | { readonly do: 'reply'; readonly reply: HandReply }
  | { readonly do: 'reply-comment'; readonly reply: HandCommentReply }
  | { readonly do: 'forget'; readonly contact: string }
  | ({ readonly do: 'label' } & NewLabel)
  /** Records a change of a rule file that was made. */
  | { readonly do: 'note-edit'; readonly subject: string }
  | { readonly do: 'rules' };

/** A command with the person who gave it. @default the command line */
export type Asked = Command & { readonly actor?: Actor };

/** Commands that act on the store. */
export type StoreCommand = Exclude<Command, { readonly do: 'rules' }>;

/**
 * Result of a command; `send` is null if the outbox has no such send, or if its state does not allow the
 * command.
 */
export type CommandResult =
  | { readonly send: Send | null }
  | { readonly webhook: Webhook | null }
  | { readonly handoffEnded: boolean }
  | { readonly pause: Pause }
  | { readonly resumed: boolean; readonly humans: readonly string[] }
  | { readonly forgotten: Forgotten | null }
  | { readonly labelled: boolean }
  | { readonly noted: true }
  | { readonly draft: DraftResult }
  | { readonly hand: HandResult }
  | { readonly rules: unknown };

/**
 * Socket paths are limited to about 100 bytes, so a store with a longer path has its socket in the temporary
 * folder.
 */
const PATH_MOST = 100;
const CONTACT = 'contact:';
const BODY_MOST = 64 * 1024;

/** The parts of the store that commands change. */
export type CommandStore = OwnerStore &
  Pick<AuditStore, 'recordAct'> &
  WebhookStore &
  ContactStore &
  LabelStore &
  DraftStore &
  HandStore &
  Pick<OutboxStore, 'guardFacts'>;

/** Runs a command on the store, and records who gave it. */
export function runCommand(command: StoreCommand, store: CommandStore, act: Act): Promise<CommandResult> {
  const run = COMMANDS[command.do] as (...args: Parameters<typeof runCommand>) => Promise<CommandResult>;
  return run(command, store, act);
}

type Commands = {
  readonly [Do in StoreCommand['do']]: (
    command: StoreCommand & { readonly do: Do },
    store: CommandStore,
    act: Act,
  ) => Promise<CommandResult>;
};

const COMMANDS: Commands = {
  retry: async ({ id }, store, { at, ...actor }) => ({ send: await store.retrySend(id, at, actor) }),
  discard: async ({ id }, store, { at, ...actor }) => ({ send: await store.discardSend(id, at, actor) }),
  async 'retry-webhook'({ id }, store, { at, ...actor }) {
    return { webhook: await store.retryWebhook(id, at, actor) };
  },
  async 'discard-webhook'({ id }, store, { at, ...actor }) {
    return { webhook: await store.discardWebhook(id, at, actor) };
  },
  async 'end-handoff'({ id }, store, { at, ...actor }) {
    return { handoffEnded: await store.endHandoff(id, at, actor) };
  },
  async pause({ scope, until }, store, act) {
    const pause = { scope, until: until ?? Infinity };
    await store.setPause(pause, act);
    return { pause };
  },
  resume,
  async 'change-draft'({ change, guards }, store, { at }) {
    return { draft: await changeDraft(change, { store, guards, clock: () => at }) };
  },
  reply: async ({ reply }, store, { at }) => ({ hand: await replyByHand(reply, store, at) }),
  'reply-comment': async ({ reply }, store, { at }) => ({ hand: await replyToComment(reply, store, at) }),
  async forget({ contact }, store, { at, ...actor }) {
    return { forgotten: await store.forgetContact(contact, at, actor) };
  },
  async label({ eventId, rule, isRight }, store, { at, ...actor }) {
    return { labelled: await store.saveLabel({ eventId, rule, isRight }, at, actor) };
  },
  async 'note-edit'({ subject }, store, act) {
    await store.recordAct({ action: 'rule_edit', subject }, act);
    return { noted: true };
  },
};

/** Ends the owner's pause; for a contact also the pause caused by a human's messages. */
async function resume(
  { scope, humanPause }: Extract<StoreCommand, { readonly do: 'resume' }>,
  store: OwnerStore,
  act: Act,
): Promise<CommandResult> {
  const { at: now, ...actor } = act;
  const ended = await store.endPause(scope, act);
  const contact = scope.startsWith(CONTACT) ? scope.slice(CONTACT.length) : null;
  if (contact === null || humanPause === undefined) return { resumed: ended, humans: [] };
  // One action is one entry of the audit trail.
  const humans = await store.endHumanPause(contact, now - humanPause, now, ended ? undefined : actor);
  return { resumed: ended || humans.length > 0, humans };
}

/**
 * Listens for commands of other processes of the same user, on a socket beside the store. Only the owner of
 * the store's lock may call this: an existing socket file is left from a process that died.
 */
export async function serveControl(
  storePath: string,
  handle: (command: Asked) => Promise<CommandResult>,
): Promise<() => Promise<void>> {
  const path = socketPath(storePath);
  rmSync(path, { force: true });
  const server = createServer((incoming, outgoing) => {
    readBody(incoming)
      .then((body) => handle(JSON.parse(body) as Asked))
      .then((result) => outgoing.end(JSON.stringify(result)))
      .catch((error: unknown) => {
        outgoing.statusCode = 500;
        outgoing.end(error instanceof Error ? error.message : String(error));
      });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    // The file is created before `listen` returns, so this mask applies to no other file of this process or
    // of those it starts.
    const previous = process.umask(0o177);
    server.listen(path, resolve);
    process.umask(previous);
  });
  return () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
}

/**
 * Sends a command to the process that holds the store. Rejects if no process holds the store, or if it
 * refuses.
 */
export async function callControl(storePath: string, command: Asked): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath: socketPath(storePath), method: 'POST', timeout: 10_000 }, (answer) => {
      text(answer)
        .then((body) => {
          if (answer.statusCode === 200) resolve(JSON.parse(body) as CommandResult);
          else reject(new Error(body));
        })
        .catch(reject);
    });
    call.on('timeout', () => call.destroy(new Error('the running autoresponder did not respond')));
    call.on('error', reject);
    call.end(JSON.stringify(command));
  });
}

async function readBody(incoming: AsyncIterable<Buffer>): Promise<string> {
  let body = '';
  for await (const chunk of incoming) {
    body += chunk.toString('utf8');
    if (body.length > BODY_MOST) throw new Error('the command is too long');
  }
  return body;
}

function socketPath(storePath: string): string {
  const name = createHash('sha256').update(storePath).digest('hex').slice(0, 16);
  if (process.platform === 'win32') return `\\\\.\\pipe\\autoresponder-${name}`;
  const beside = `${storePath}.sock`;
  return Buffer.byteLength(beside) <= PATH_MOST ? beside : join(tmpdir(), `autoresponder-${name}.sock`);
}

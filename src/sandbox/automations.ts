import { type Clock, type Instant, type Millis, SECOND } from '../domain/time.js';
import type { Button, StoredComment, StoredConversation, StoredMessage } from './rows.js';
import type { World } from './world.js';

/** One of Blotato's own automations, as its owner defines it. */
export interface AutomationInput {
  /** Name or Blotato id of the account. */
  readonly account: string;
  /** Event that starts the automation. @default 'comment-received' */
  readonly on?: 'comment-received' | 'message-received';
  /** Keywords, matched as case-sensitive substrings; if empty, any text matches. */
  readonly keywords: readonly string[];
  /** Post whose comments start the automation; null for any post. @default null */
  readonly postId?: string | null;
  readonly dmMessage: string;
  readonly buttons?: readonly Button[];
}

interface Run {
  readonly id: string;
  readonly contactId: string;
  readonly status: 'completed' | 'failed';
  readonly error: string | null;
  readonly at: Instant;
}

/** An automation with its runs. */
export interface Automation {
  readonly id: string;
  input: AutomationInput;
  isActive: boolean;
  version: number;
  updatedAt: Instant;
  /** Runs, oldest first. */
  readonly runs: Run[];
}

interface Due {
  readonly at: Instant;
  readonly automation: Automation;
  readonly answer: (at: Instant) => string | null;
  readonly contactId: string;
}

export interface Automations {
  /** Adds an active automation and returns its id. Throws for an unknown account. */
  add(input: AutomationInput): string;
  /** Changes or switches an automation; both create a new version. Throws for an unknown id. */
  change(id: string, change: Partial<AutomationInput> & { readonly isActive?: boolean }): void;
  /** Removes an automation. */
  remove(id: string): void;
  /** All automations, in order of creation. */
  all(): readonly Automation[];
  noticeComment(comment: StoredComment): void;
  noticeMessage(message: StoredMessage): void;
  /** Sends the replies that are due at `now`. */
  run(now: Instant): void;
}

/** Delay of Blotato's reply to a comment (observed in August and September 2026). */
const ANSWERS_AFTER: Millis = 5 * SECOND;

/** Blotato's own automations: nearly always the first to use a comment's only private reply. */
export function createAutomations(world: World, clock: Clock): Automations {
  let automations: Automation[] = [];
  let added = 0;
  let planned: Due[] = [];

  function plan(due: Omit<Due, 'at'>): void {
    planned.push({ ...due, at: clock() + ANSWERS_AFTER });
  }

  return {
    add(input) {
      world.account(input.account);
      added += 1;
      const id = `automation-${added}`;
      automations.push({ id, input, isActive: true, version: 1, updatedAt: clock(), runs: [] });
      return id;
    },
    change(id, { isActive, ...change }) {
      const automation = automations.find((each) => each.id === id);
      if (automation === undefined) throw new Error(`the sandbox has no automation '${id}'`);
      automation.input = { ...automation.input, ...change };
      automation.isActive = isActive ?? automation.isActive;
      automation.version += 1;
      automation.updatedAt = clock();
    },
    remove(id) {
      automations = automations.filter((each) => each.id !== id);
    },
    all: () => automations,
    noticeComment(comment) {
      for (const automation of automations) {
        if (!startsOnComment(world, automation, comment)) continue;
        const answer = (at: Instant): string | null => replyPrivately(world, automation, comment, at);
        plan({ automation, answer, contactId: comment.authorId });
      }
    },
    noticeMessage({ conversation, text, direction }) {
      if (direction === 'outgoing') return;
      for (const automation of automations) {
        if (!isOf(world, automation, conversation.account.name)) continue;
        if (!starts(automation, 'message-received', text)) continue;
        const answer = (at: Instant): null => write(world, automation, conversation, at);
        plan({ automation, answer, contactId: conversation.person.id });
      }
    },
    run(now) {
      const due = planned.filter(({ at }) => at <= now);
      planned = planned.filter(({ at }) => at > now);
      for (const { at, automation, answer, contactId } of due) {
        const error = answer(at);
        const id = `${automation.id}-run-${automation.runs.length + 1}`;
        automation.runs.push({ id, contactId, status: error === null ? 'completed' : 'failed', error, at });
      }
    },
  };
}

function starts({ input, isActive }: Automation, on: AutomationInput['on'], text: string): boolean {
  if (!isActive || (input.on ?? 'comment-received') !== on) return false;
  return input.keywords.length === 0 || input.keywords.some((keyword) => text.includes(keyword));
}

function isOf(world: World, { input }: Automation, name: string): boolean {
  return world.findAccount(input.account)?.name === name;
}

function startsOnComment(world: World, automation: Automation, comment: StoredComment): boolean {
  const { post, isAuthor, text } = comment;
  const { postId = null } = automation.input;
  if (isAuthor || !isOf(world, automation, post.account.name)) return false;
  return (postId === null || postId === post.id) && starts(automation, 'comment-received', text);
}

/** Returns the reason of a refusal; null if it was sent. */
function replyPrivately(
  world: World,
  automation: Automation,
  comment: StoredComment,
  at: Instant,
): string | null {
  if (comment.hasPrivateReply) return `the comment ${comment.platformId} already has a reply`;
  comment.hasPrivateReply = true;
  return write(world, automation, world.openConversation(comment.post.account, comment.authorId), at);
}

function write(world: World, { input }: Automation, conversation: StoredConversation, at: Instant): null {
  world.addMessage({
    conversation,
    direction: 'outgoing',
    text: input.dmMessage,
    at,
    visibleFrom: at,
    delivery: null,
    ...(input.buttons ? { buttons: input.buttons } : {}),
  });
  return null;
}

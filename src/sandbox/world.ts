import { createHash } from 'node:crypto';
import type { Clock, Instant } from '../domain/time.js';
import type { Delivery } from './delivery.js';
import { insertRow, removeRow } from './paging.js';
import { ownId } from './rows.js';
import type {
  Button,
  Person,
  Post,
  SandboxAccount,
  SandboxContact,
  StoredComment,
  StoredConversation,
  StoredMessage,
} from './rows.js';

interface NewMessage {
  readonly conversation: StoredConversation;
  readonly direction: 'incoming' | 'outgoing';
  readonly text: string;
  readonly at: Instant;
  readonly visibleFrom: Instant;
  readonly delivery: Delivery | null;
  readonly buttons?: readonly Button[];
}

interface NewComment {
  readonly post: Post;
  readonly parent: StoredComment | null;
  readonly authorId: string;
  readonly text: string;
  readonly at: Instant;
  readonly visibleFrom: Instant;
  readonly delivery: Delivery | null;
  /** Platform id of the comment. @default a new one */
  readonly platformId?: string;
}

interface HeldAccount extends Omit<SandboxAccount, 'id'> {
  id: string;
  isConnected: boolean;
}

/** State of the simulated platforms: messages, comments and contacts. Independent of HTTP. */
export class World {
  /** Messages, oldest first, like `comments`. */
  readonly messages: StoredMessage[] = [];
  readonly comments: StoredComment[] = [];
  private readonly conversationsById = new Map<string, StoredConversation>();
  private readonly conversationsByPerson = new Map<string, StoredConversation>();
  private readonly messagesById = new Map<string, StoredMessage>();
  private readonly commentsById = new Map<string, StoredComment>();
  private readonly commentsByPlatformId = new Map<string, StoredComment>();
  private readonly people = new Map<string, Person>();
  private readonly posts = new Map<string, Post>();
  private readonly born: Instant;
  private serial = 0;

  /** All accounts ever connected. An account's id changes when it is connected again. */
  private readonly known: readonly HeldAccount[];

  constructor(accounts: readonly SandboxAccount[], clock: Clock) {
    this.known = accounts.map((account) => ({ ...account, isConnected: true }));
    this.born = clock();
  }

  /** The accounts that are connected now. */
  get accounts(): readonly SandboxAccount[] {
    return this.known.filter(({ isConnected }) => isConnected);
  }

  /** Removes an account from Blotato: neither the account nor its rows are listed any more. */
  disconnect(name: string): void {
    this.held(name).isConnected = false;
  }

  /** Connects an account again, under another Blotato id. */
  reconnect(name: string, id: string): void {
    Object.assign(this.held(name), { id, isConnected: true });
  }

  private held(name: string): HeldAccount {
    const account = this.known.find((each) => each.name === name);
    if (account === undefined) throw new Error(`the sandbox has no account '${name}'`);
    return account;
  }

  /** Finds an account by its name or its id. */
  findAccount(nameOrId: string): SandboxAccount | undefined {
    return this.accounts.find((account) => account.name === nameOrId || account.id === nameOrId);
  }

  /** Like `findAccount`, but throws for an unknown account. */
  account(nameOrId: string): SandboxAccount {
    const account = this.findAccount(nameOrId);
    if (account === undefined) {
      const names = this.accounts.map(({ name }) => name).join(', ');
      throw new Error(`the sandbox has no account '${nameOrId}'; fix: write one of ${names}`);
    }
    return account;
  }

  conversations(): readonly StoredConversation[] {
    return [...this.conversationsById.values()];
  }

  findConversation(id: string): StoredConversation | undefined {
    return this.conversationsById.get(id);
  }

  /** The conversation of an account with a person, if they have one. */
  conversationWith(account: SandboxAccount, personId: string): StoredConversation | undefined {
    return this.conversationsByPerson.get(`${account.name} ${personId}`);
  }

  /**
   * The conversation of an account with a person, created if necessary. A bare id is a person without a name.
   */
  openConversation(account: SandboxAccount, contact: SandboxContact | string): StoredConversation {
    const person = this.meet(contact);
    const known = this.conversationWith(account, person.id);
    if (known !== undefined) return known;
    const conversation: StoredConversation = {
      id: this.nextId('conversation'),
      account,
      person,
      messages: [],
    };
    this.conversationsById.set(conversation.id, conversation);
    this.conversationsByPerson.set(`${account.name} ${person.id}`, conversation);
    return conversation;
  }

  /** Registers a person. The first known name and username are kept. */
  meet(contact: SandboxContact | string): Person {
    const told: SandboxContact = typeof contact === 'string' ? { id: contact } : contact;
    const person = this.people.get(told.id) ?? { id: told.id, name: null, username: null };
    person.name ??= told.name ?? null;
    person.username ??= told.username ?? null;
    this.people.set(person.id, person);
    return person;
  }

  findMessage(id: string): StoredMessage | undefined {
    return this.messagesById.get(id);
  }

  addMessage(message: NewMessage): StoredMessage {
    const stored: StoredMessage = { ...message, id: this.nextId('message') };
    insertRow(this.messages, stored);
    insertRow(stored.conversation.messages, stored);
    this.messagesById.set(stored.id, stored);
    return stored;
  }

  /** Removes a message from every list, as when its sender unsends it. Returns false if unknown. */
  deleteMessage(id: string): boolean {
    const message = this.messagesById.get(id);
    if (message === undefined) return false;
    removeRow(this.messages, message);
    removeRow(message.conversation.messages, message);
    return this.messagesById.delete(id);
  }

  /** Finds a post by Blotato's id. */
  findPost(id: string): Post | undefined {
    return this.posts.get(id);
  }

  /**
   * The account's post with that id, created if necessary. Null for a post that was not made with Blotato.
   */
  openPost(account: SandboxAccount, id: string | null): Post {
    const key = id ?? `outside ${account.name}`;
    const known = this.posts.get(key);
    if (known !== undefined) {
      if (known.account.id !== account.id) throw new Error(`post ${key} belongs to '${known.account.name}'`);
      return known;
    }
    const post: Post = { id, platformId: `${ownId(account)}_${this.nextNumber()}`, account };
    this.posts.set(key, post);
    return post;
  }

  findComment(id: string): StoredComment | undefined {
    return this.commentsById.get(id);
  }

  findCommentByPlatformId(platformId: string): StoredComment | undefined {
    return this.commentsByPlatformId.get(platformId);
  }

  addComment(comment: NewComment): StoredComment {
    const stored: StoredComment = {
      ...comment,
      id: this.nextId('comment'),
      platformId: comment.platformId ?? `${comment.post.platformId}_${this.nextNumber()}`,
      isAuthor: comment.authorId === ownId(comment.post.account),
      isDeleted: false,
      hasPrivateReply: false,
    };
    insertRow(this.comments, stored);
    this.commentsById.set(stored.id, stored);
    this.commentsByPlatformId.set(stored.platformId, stored);
    return stored;
  }

  /** Marks a comment as deleted by its author; lists keep it with that status. Returns false if unknown. */
  deleteComment(id: string): boolean {
    const comment = this.commentsById.get(id);
    if (comment !== undefined) comment.isDeleted = true;
    return comment !== undefined;
  }

  /** Marks the comment's only private reply as used by another tool or a human. Returns false if unknown. */
  spendPrivateReply(id: string): boolean {
    const comment = this.commentsById.get(id);
    if (comment !== undefined) comment.hasPrivateReply = true;
    return comment !== undefined;
  }

  /**
   * Ids are opaque and unordered, like real ones. They differ between starts, because a store may outlive the
   * sandbox.
   */
  private nextId(kind: string): string {
    this.serial += 1;
    const hash = createHash('sha256').update(`${this.born} ${kind} ${this.serial}`).digest('hex');
    return [
      [0, 8],
      [8, 12],
      [12, 16],
      [16, 20],
      [20, 32],
    ]
      .map(([from, to]) => hash.slice(from, to))
      .join('-');
  }

  private nextNumber(): string {
    this.serial += 1;
    return `${this.born}${this.serial}`;
  }
}

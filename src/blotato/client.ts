import createClient from 'openapi-fetch';
import type { z } from 'zod';
import type { Automation } from '../domain/automation.js';
import { LIMITS } from '../domain/limits.js';
import type { SendRoute } from '../domain/send.js';
import type { Clock, Millis } from '../domain/time.js';
import { BlotatoError, ContractError, NoResponseError } from './errors.js';
import { openExchange } from './exchange.js';
import type { Connections, Fetch } from './exchange.js';
import { type CommentQuery, type ConversationQuery, given, type MessageQuery, paging } from './queries.js';
import { redactor } from './redact.js';
import { toBlotatoError } from './refusal.js';
import { parseHttpDate } from './retry-after.js';
import { type Page, pageSchema, parseResponse } from './responses.js';
import { automationSchema } from './automations.js';
import {
  acceptedSchema,
  accountSchema,
  commentSchema,
  conversationSchema,
  messageSchema,
  subaccountSchema,
  userSchema,
} from './schemas.js';
import type {
  ApiAccepted,
  ApiAccount,
  ApiComment,
  ApiConversation,
  ApiMessage,
  ApiSubaccount,
  ApiUser,
} from './schemas.js';
import { backoff } from './throttle.js';
import type { ReadThrottle } from './throttle.js';
import type { paths } from './types.gen.js';

type Body<Path extends '/v2/messages' | '/v2/comments'> =
  paths[Path]['post']['requestBody']['content']['application/json'];

/** The body of `POST /v2/messages`, by the published description. */
export type SendMessageBody = Body<'/v2/messages'>;
/** The body of `POST /v2/comments`. */
export type SendCommentBody = Body<'/v2/comments'>;

/**
 * The Blotato API. Methods throw BlotatoError (it answered and refused), NoResponseError (no answer) and, reads only,
 * ContractError (the answer cannot be understood). Nothing is ever tried twice in here. Reads wait for the throttle;
 * a read that meets 429 holds its route. Sends do not wait: the outbox pays for them.
 */
export interface BlotatoClient {
  /** Newest first. */
  listMessages(query: MessageQuery, signal: AbortSignal): Promise<Page<ApiMessage>>;
  /** By last activity, newest first. */
  listConversations(query: ConversationQuery, signal: AbortSignal): Promise<Page<ApiConversation>>;
  conversation(id: string, signal: AbortSignal): Promise<ApiConversation>;
  /** Newest first. */
  listComments(query: CommentQuery, signal: AbortSignal): Promise<Page<ApiComment>>;
  comment(id: string, signal: AbortSignal): Promise<ApiComment>;
  /** Not in the published description: a 404 may mean that the API has no such call. */
  message(id: string, signal: AbortSignal): Promise<ApiMessage>;
  /** Gives the message as it was accepted, mostly `queued`: that is no delivery yet. */
  sendMessage(body: SendMessageBody, signal: AbortSignal): Promise<ApiAccepted>;
  /** Gives the comment as it was accepted, mostly `queued`. */
  sendComment(body: SendCommentBody, signal: AbortSignal): Promise<ApiAccepted>;
  /** Tells whether the key is good: throws BlotatoError of kind `unauthorized` when it is not. */
  me(signal: AbortSignal): Promise<ApiUser>;
  accounts(signal: AbortSignal): Promise<readonly ApiAccount[]>;
  subaccounts(accountId: string, signal: AbortSignal): Promise<readonly ApiSubaccount[]>;
  /**
   * Blotato's own automations. In no published description: throws BlotatoError of 404 where the API has no such call,
   * and of 403 where the plan has not.
   */
  automations(signal: AbortSignal): Promise<readonly Automation[]>;
  /** The server's time minus ours, by the last answer's `Date`, which knows whole seconds only. 0 before any. */
  clockOffset(): Millis;
  /** Lets running calls end and closes the connections. */
  close(): Promise<void>;
}

export interface BlotatoClientOptions {
  /** With or without a slash at its end. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly throttle: Pick<ReadThrottle, 'take' | 'holdUntil'>;
  readonly clock: Clock;
  /** For one call, without its wait for the throttle. @default LIMITS.requestTimeout */
  readonly timeout?: Millis;
  /** Those of others, who close them. @default its own */
  readonly connections?: Connections | undefined;
  /** Of the client before, with the same key. @default nothing is remembered */
  readonly memory?: ClientMemory | undefined;
}

/** What a client has learned from its answers. */
export interface ClientMemory {
  /** How often each route was refused in a row. */
  readonly refusals: Map<string, number>;
  /** The server's time minus ours. */
  clockOffset: Millis;
}

export function createClientMemory(): ClientMemory {
  return { refusals: new Map(), clockOffset: 0 };
}

/** Opens a client. It connects only when it is used; close it in the end. */
export function blotatoClient(options: BlotatoClientOptions): BlotatoClient {
  const calls = caller(options);
  const api = createClient<paths>({ baseUrl: options.baseUrl });
  return {
    ...reads(api, calls.read),
    ...sends(api, calls.send),
    clockOffset: calls.clockOffset,
    close: calls.close,
  };
}

/** Made once: to make a schema takes longer than to use it. */
const PAGES = {
  messages: pageSchema(messageSchema),
  conversations: pageSchema(conversationSchema),
  comments: pageSchema(commentSchema),
  accounts: pageSchema(accountSchema),
  automations: pageSchema(automationSchema),
};

type Api = ReturnType<typeof createClient<paths>>;

/** What every call is made with. As text: an answer that is no JSON is ours to judge. */
type Via = { readonly fetch: Fetch; readonly parseAs: 'text' };
type Made = (via: Via) => Promise<{ data?: string; error?: unknown; response: Response }>;
type Read = <T>(route: string, schema: z.ZodType<T>, signal: AbortSignal, made: Made) => Promise<T>;
type Send = <T>(route: SendRoute, schema: z.ZodType<T>, signal: AbortSignal, made: Made) => Promise<T>;

type Reads = Omit<BlotatoClient, 'sendMessage' | 'sendComment' | 'clockOffset' | 'close'>;

function reads(api: Api, read: Read): Reads {
  return {
    listMessages: ({ platforms, conversationId, ...page }, signal) =>
      read('GET /v2/messages', PAGES.messages, signal, (via) => {
        const query = given({ platform: platforms, conversationId, ...paging(page) });
        return api.GET('/v2/messages', { ...via, params: { query } });
      }),
    listConversations: ({ platform, ...page }, signal) =>
      read('GET /v2/conversations', PAGES.conversations, signal, (via) => {
        const query = given({ platform, ...paging(page) });
        return api.GET('/v2/conversations', { ...via, params: { query } });
      }),
    conversation: (conversationId, signal) =>
      read('GET /v2/conversations/{conversationId}', conversationSchema, signal, (via) =>
        api.GET('/v2/conversations/{conversationId}', { ...via, params: { path: { conversationId } } }),
      ),
    listComments: ({ platforms, parentCommentId, postId, ...page }, signal) =>
      read('GET /v2/comments', PAGES.comments, signal, (via) => {
        const query = given({ platform: platforms, parentCommentId, postId, ...paging(page) });
        return api.GET('/v2/comments', { ...via, params: { query } });
      }),
    comment: (commentId, signal) =>
      read('GET /v2/comments/{commentId}', commentSchema, signal, (via) =>
        api.GET('/v2/comments/{commentId}', { ...via, params: { path: { commentId } } }),
      ),
    message: (messageId, signal) =>
      read('GET /v2/messages/{messageId}', messageSchema, signal, (via) =>
        api.GET('/v2/messages/{messageId}', { ...via, params: { path: { messageId } } }),
      ),
    me: (signal) => read('GET /v2/users/me', userSchema, signal, (via) => api.GET('/v2/users/me', via)),
    ...accountReads(api, read),
  };
}

function accountReads(api: Api, read: Read): Pick<Reads, 'accounts' | 'subaccounts' | 'automations'> {
  return {
    accounts: async (signal) => {
      const made: Made = (via) => api.GET('/v2/users/me/accounts', via);
      return (await read('GET /v2/users/me/accounts', PAGES.accounts, signal, made)).items;
    },
    subaccounts: async (accountId, signal) => {
      const route = '/v2/users/me/accounts/{accountId}/subaccounts';
      const made: Made = (via) => api.GET(route, { ...via, params: { path: { accountId } } });
      return (await read(`GET ${route}`, pageSchema(subaccountSchema), signal, made)).items;
    },
    automations: (signal) =>
      allPages((cursor) => {
        const made: Made = (via) =>
          api.GET('/v2/dm-automations', { ...via, params: { query: given({ cursor }) } });
        return read('GET /v2/dm-automations', PAGES.automations, signal, made);
      }),
  };
}

/** Reads on until a page is empty or has no cursor that is new. */
async function allPages<T>(read: (cursor?: string) => Promise<Page<T>>): Promise<readonly T[]> {
  const items: T[] = [];
  const seen = new Set<string>();
  let page = await read();
  items.push(...page.items);
  while (page.pageToken !== null && page.items.length > 0 && seen.size < LIMITS.automationPages) {
    if (seen.has(page.pageToken)) break;
    seen.add(page.pageToken);
    page = await read(page.pageToken);
    items.push(...page.items);
  }
  return items;
}

function sends(api: Api, send: Send): Pick<BlotatoClient, 'sendMessage' | 'sendComment'> {
  return {
    sendMessage: (body, signal) =>
      send('POST /v2/messages', acceptedSchema, signal, (via) => api.POST('/v2/messages', { ...via, body })),
    sendComment: (body, signal) =>
      send('POST /v2/comments', acceptedSchema, signal, (via) => api.POST('/v2/comments', { ...via, body })),
  };
}

interface Caller extends Pick<BlotatoClient, 'clockOffset' | 'close'> {
  readonly read: Read;
  readonly send: Send;
}

function caller(options: BlotatoClientOptions): Caller {
  const { apiKey, throttle, clock, timeout = LIMITS.requestTimeout, connections } = options;
  const { memory = createClientMemory() } = options;
  const { refusals } = memory;
  const redact = redactor(apiKey);
  const exchange = openExchange({ apiKey, timeout, redact, connections });

  async function answerText(route: string, fetch: Fetch, made: Made): Promise<string> {
    const { data, error, response } = await made({ fetch, parseAs: 'text' });
    const now = clock();
    const theirs = parseHttpDate(response.headers.get('date'));
    if (theirs !== null) memory.clockOffset = theirs - now;
    if (!response.ok) throw toBlotatoError({ route, response, body: error, now, redact });
    return data ?? '';
  }

  function holdIfTooMany(route: string, error: unknown): void {
    if (!(error instanceof BlotatoError) || error.kind !== 'rate_limited') return;
    const inARow = (refusals.get(route) ?? 0) + 1;
    refusals.set(route, inARow);
    throttle.holdUntil(route, clock() + (error.retryAfter ?? backoff(inARow)));
  }

  return {
    read: async (route, schema, signal, made) => {
      await throttle.take(route, signal).catch((cause: unknown) => {
        throw new NoResponseError(route, false, 'it was stopped while it waited for its turn', { cause });
      });
      try {
        const json = await answerText(route, exchange.via('read', route, signal), made);
        refusals.delete(route);
        return parseResponse(schema, json, route);
      } catch (error) {
        holdIfTooMany(route, error);
        throw error;
      }
    },
    send: async (route, schema, signal, made) => {
      const json = await answerText(route, exchange.via('send', route, signal), made);
      try {
        return parseResponse(schema, json, route);
      } catch (cause) {
        if (!(cause instanceof ContractError)) throw cause;
        // It was taken, but its id is lost: for the sender that is the same as no answer, to be settled by read-back.
        throw new NoResponseError(route, true, cause.message, { cause });
      }
    },
    clockOffset: () => memory.clockOffset,
    close: exchange.close,
  };
}

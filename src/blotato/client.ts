import createClient from 'openapi-fetch';
import { z } from 'zod';
import type { Automation } from '../domain/automation.js';
import { LIMITS } from '../domain/limits.js';
import type { SendRoute } from '../domain/send.js';
import type { Clock, Instant, Millis } from '../domain/time.js';
import { BlotatoError, ContractError, NoResponseError } from './errors.js';
import { GlobalRequest, openExchange } from './exchange.js';
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
import { createSilence } from './silence.js';
import { backoff } from './throttle.js';
import type { ReadThrottle } from './throttle.js';
import type { paths } from './types.gen.js';

type Body<Path extends '/v2/messages' | '/v2/comments'> =
  paths[Path]['post']['requestBody']['content']['application/json'];

/** The body of `POST /v2/messages`, from the published description. */
export type SendMessageBody = Body<'/v2/messages'>;
/** The body of `POST /v2/comments`. */
export type SendCommentBody = Body<'/v2/comments'>;

/**
 * Client of the Blotato API. Methods throw BlotatoError (an error response), NoResponseError (no response) and,
 * for reads only, ContractError (the response cannot be parsed). The client never retries. Reads wait for the
 * throttle; a read that gets 429 puts its route on hold. Sends do not wait: the outbox charges them to its
 * budget.
 */
export interface BlotatoClient {
  /** Lists messages, newest first. */
  listMessages(query: MessageQuery, signal: AbortSignal): Promise<Page<ApiMessage>>;
  /** Lists conversations by last activity, newest first. */
  listConversations(query: ConversationQuery, signal: AbortSignal): Promise<Page<ApiConversation>>;
  conversation(id: string, signal: AbortSignal): Promise<ApiConversation>;
  /** Lists comments, newest first. */
  listComments(query: CommentQuery, signal: AbortSignal): Promise<Page<ApiComment>>;
  comment(id: string, signal: AbortSignal): Promise<ApiComment>;
  /**
   * Returns a message by its id. The endpoint is not in the published description: a 404 may mean that the
   * API does not have it.
   */
  message(id: string, signal: AbortSignal): Promise<ApiMessage>;
  /** Returns the message as accepted, usually `queued`, which is not a delivery. */
  sendMessage(body: SendMessageBody, signal: AbortSignal): Promise<ApiAccepted>;
  /** Returns the comment as accepted, usually `queued`. */
  sendComment(body: SendCommentBody, signal: AbortSignal): Promise<ApiAccepted>;
  /** Checks the key: throws BlotatoError of kind `unauthorized` if it is not valid. */
  me(signal: AbortSignal): Promise<ApiUser>;
  accounts(signal: AbortSignal): Promise<readonly ApiAccount[]>;
  subaccounts(accountId: string, signal: AbortSignal): Promise<readonly ApiSubaccount[]>;
  /**
   * Blotato's own automations. Not in the published description: throws BlotatoError with 404 if the API has
   * no such endpoint, and with 403 if the plan does not include it.
   */
  automations(signal: AbortSignal): Promise<readonly Automation[]>;
  /** Blotato's own automations as the API returns them. */
  automationRows(signal: AbortSignal): Promise<readonly unknown[]>;
  /**
   * The server's time minus ours, from the `Date` header of the last response, which has whole seconds. 0
   * before the first response.
   */
  clockOffset(): Millis;
  /** Start of the time without any response to a request; null if the API responded to the last one. */
  silentSince(): Instant | null;
  /** Waits for running requests and closes the connections. */
  close(): Promise<void>;
}

export interface BlotatoClientOptions {
  /** Base URL of the API, with or without a trailing slash. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly throttle: Pick<ReadThrottle, 'take' | 'holdUntil'>;
  readonly clock: Clock;
  /** Timeout of one request, without its wait for the throttle. @default LIMITS.requestTimeout */
  readonly timeout?: Millis;
  /** Shared connections, which the caller closes. @default its own */
  readonly connections?: Connections | undefined;
  /** State taken from a previous client with the same key. @default empty */
  readonly memory?: ClientMemory | undefined;
}

/** State that a client keeps between responses. */
export interface ClientMemory {
  /** Number of 429 responses in a row, by route. */
  readonly refusals: Map<string, number>;
  /** The server's time minus ours. */
  clockOffset: Millis;
}

export function createClientMemory(): ClientMemory {
  return { refusals: new Map(), clockOffset: 0 };
}

/** Creates a client. It connects on first use; the caller has to close it. */
export function blotatoClient(options: BlotatoClientOptions): BlotatoClient {
  const calls = caller(options);
  const api = createClient<paths>({ baseUrl: options.baseUrl, Request: GlobalRequest });
  return {
    ...reads(api, calls.read),
    ...sends(api, calls.send),
    clockOffset: calls.clockOffset,
    silentSince: calls.silentSince,
    close: calls.close,
  };
}

/** Created once: creating a schema takes longer than using it. */
const PAGES = {
  messages: pageSchema(messageSchema),
  conversations: pageSchema(conversationSchema),
  comments: pageSchema(commentSchema),
  accounts: pageSchema(accountSchema),
  automations: pageSchema(automationSchema),
  rows: pageSchema(z.unknown()),
};

type Api = ReturnType<typeof createClient<paths>>;

/** Options of every request. Parsed as text, because a response that is not JSON is handled here. */
type Via = { readonly fetch: Fetch; readonly parseAs: 'text' };
type Made = (via: Via) => Promise<{ data?: string; error?: unknown; response: Response }>;
type Read = <T>(route: string, schema: z.ZodType<T>, signal: AbortSignal, made: Made) => Promise<T>;
type Send = <T>(route: SendRoute, schema: z.ZodType<T>, signal: AbortSignal, made: Made) => Promise<T>;

type Reads = Omit<BlotatoClient, 'sendMessage' | 'sendComment' | 'clockOffset' | 'silentSince' | 'close'>;

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

function accountReads(
  api: Api,
  read: Read,
): Pick<Reads, 'accounts' | 'subaccounts' | 'automations' | 'automationRows'> {
  const automationPage =
    (cursor: string | undefined): Made =>
    (via) =>
      api.GET('/v2/dm-automations', { ...via, params: { query: given({ cursor }) } });
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
      allPages((cursor) => read('GET /v2/dm-automations', PAGES.automations, signal, automationPage(cursor))),
    automationRows: (signal) =>
      allPages((cursor) => read('GET /v2/dm-automations', PAGES.rows, signal, automationPage(cursor))),
  };
}

/** Reads until a page is empty or has no new cursor. */
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

interface Caller extends Pick<BlotatoClient, 'clockOffset' | 'silentSince' | 'close'> {
  readonly read: Read;
  readonly send: Send;
}

function caller(options: BlotatoClientOptions): Caller {
  const { apiKey, throttle, clock, timeout = LIMITS.requestTimeout, connections } = options;
  const { memory = createClientMemory() } = options;
  const { refusals } = memory;
  const redact = redactor(apiKey);
  const exchange = openExchange({ apiKey, timeout, redact, connections });
  const silence = createSilence(clock);

  async function answerText(route: string, fetch: Fetch, made: Made): Promise<string> {
    const { data, error, response } = await silence.during(() => made({ fetch, parseAs: 'text' }));
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
        const message = 'the request was aborted while it waited for the rate limit';
        throw new NoResponseError(route, false, message, { cause });
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
        // The API accepted the send, but its id is lost. The sender handles this like no response, and
        // read-back settles it.
        throw new NoResponseError(route, true, cause.message, { cause });
      }
    },
    clockOffset: () => memory.clockOffset,
    silentSince: silence.since,
    close: exchange.close,
  };
}

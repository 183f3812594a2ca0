import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Millis } from '../domain/time.js';
import { refuse } from './response.js';
import type { Response, Call, Desk } from './response.js';
import type { Description, RawCall } from './description.js';
import type { Failure } from './delivery.js';
import {
  responseBefore,
  disturbed,
  type FaultHook,
  isLostBefore,
  lateFault,
  tooMany,
  writeBody,
} from './faults.js';
import type { Limiter } from './limits.js';
import * as automations from './automation-calls.js';
import { listChatItems, listChats } from './inbox.js';
import * as lists from './lists.js';
import { oddResponse, type OddHook } from './odd-rows.js';
import { SAY_ROUTE } from './say.js';
import { sendComment } from './send-comment.js';
import { sendMessage } from './send-message.js';

type Handler = (desk: Desk, call: Call) => Response;

const HANDLERS: Readonly<Record<string, Handler>> = {
  'GET /v2/conversations': lists.listConversations,
  'GET /v2/conversations/{conversationId}': lists.getConversation,
  'GET /v2/messages': lists.listMessages,
  'POST /v2/messages': sendMessage,
  'GET /v2/messages/{messageId}': lists.getMessage,
  'GET /v2/comments': lists.listComments,
  'POST /v2/comments': sendComment,
  'GET /v2/comments/{commentId}': lists.getComment,
  'GET /v2/users/me': lists.getUser,
  'GET /v2/users/me/accounts': lists.listAccounts,
  'GET /v2/users/me/accounts/{accountId}/subaccounts': lists.listSubaccounts,
  'GET /v2/dm-automations': automations.listAutomations,
  'GET /v2/dm-automations/{automationId}': automations.getAutomation,
  'GET /v2/dm-automations/{automationId}/runs': automations.listRuns,
  'GET /v2/inbox/chats': listChats,
  'GET /v2/inbox/chats/{chatId}/items': listChatItems,
};

/** Everything needed to respond to a call. */
export interface Front {
  readonly desk: Desk;
  readonly apiKey: string;
  readonly description: Description;
  readonly limiter: Limiter;
  /** Called for each sandbox response that does not match its description. */
  readonly onViolation: (violation: string) => void;
  /** Called once per call. Status 0: there was no response. */
  readonly onCall: (route: string, status: number) => void;
  /** Plays a person by hand: a call that only the sandbox has, exempt from counts, limits and faults. */
  readonly say: (call: RawCall) => Response;
  /** Delay before each response. */
  readonly latency: Millis;
  fault: FaultHook | null;
  /** Selects rows that do not match their description; null if all do. */
  odd: OddHook | null;
  /** Offset of the `Date` header from the times of rows; negative if behind. */
  dateAhead: Millis;
}

/** Responds to one HTTP call, or applies the fault that the hook selects. */
export async function exchange(
  front: Front,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const call = await readCall(request);
  const { method, path } = call;
  if (path === SAY_ROUTE) {
    const { status, body } = front.say(call);
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
    response.end(JSON.stringify(body));
    return;
  }
  const route = front.description.route(method, path);
  front.desk.automations.run(front.desk.clock());
  const label = route ?? 'no route';
  const fault = front.fault?.({ method, path }) ?? 'none';
  const answer =
    responseBefore(fault, front.desk.clock) ??
    (isLostBefore(fault) ? null : respondTo(front, route, call, lateFault(fault)));
  if (answer === null || fault === 'drop_after') {
    front.onCall(label, 0);
    if (fault !== 'hang') response.destroy();
    return;
  }
  if (front.latency > 0) await wait(front.latency);
  const told = disturbed(oddResponse(answer, label, front.odd), fault);
  front.onCall(label, told.status);
  response.writeHead(told.status, {
    'content-type': 'application/json; charset=utf-8',
    // Time for the `Date` header: the clock of rows, unless a test shifts it.
    date: new Date(front.desk.clock() + front.dateAhead).toUTCString(),
    ...told.headers,
  });
  await writeBody(response, JSON.stringify(told.body), fault);
}

/** Checks a call in the same order as the API: authentication, route, rate limit, validation, permission. */
function respondTo(
  front: Front,
  route: string | undefined,
  call: RawCall,
  lateFailure: Failure | null,
): Response {
  if (call.headers['blotato-api-key'] !== front.apiKey)
    return refuse(401, 'the API key is missing or not valid');
  const handler = route === undefined ? undefined : HANDLERS[route];
  if (route === undefined || handler === undefined)
    return refuse(404, `no route ${call.method} ${call.path}`);
  const full = front.limiter(route);
  if (full !== null) return tooMany(String(Math.max(1, Math.ceil(full / 1_000))));
  const { params, query, errors } = front.description.checkRequest(route, call);
  const answer =
    errors.length > 0
      ? refuse(422, errors.join('; '))
      : handler(front.desk, { params, query, body: call.body, lateFailure });
  for (const error of front.description.checkResponse(route, answer.status, answer.body)) {
    front.onViolation(`${route} ${answer.status}: ${error}`);
  }
  return answer;
}

async function readCall(request: IncomingMessage): Promise<RawCall> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://sandbox');
  const query: Record<string, string | string[]> = {};
  for (const name of new Set(searchParams.keys())) {
    const values = searchParams.getAll(name);
    query[name] = values.length === 1 ? (values[0] ?? '') : values;
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name] = String(value);
  return { method: request.method ?? 'GET', path: pathname, headers, query, body: await readBody(request) };
}

/** The parsed body; the raw text if it is not JSON, so that validation refuses it; undefined if empty. */
async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

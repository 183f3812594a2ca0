import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { type Clock, SECOND } from '../domain/time.js';
import { ALREADY_REPLIED, type Response, CONTACT_LIMIT, NO_PERMISSION, refuse } from './response.js';
import type { Failure } from './delivery.js';

/**
 * Faults of a call. `before`: it was not accepted. `after`: it was accepted, but its response is lost. `drop`
 * closes the connection, `hang` never responds and accepts nothing. Also accepted: `garbage` (half a document
 * in the response), `reset_body` (the connection is closed in the middle of the response) and `slow_body`
 * (its second half is delayed). `rate_limit` gives the wait in seconds, `rate_limit_date` as a date,
 * `rate_limit_bare` not at all. `duplicate_rows` and `reorder_rows` affect lists only. `forbidden` is a 403
 * without a code. Faults that begin with `late_` accept a POST whose row fails later.
 */
export type Fault = (typeof CALL_FAULTS)[number] | keyof typeof LATE_FAULTS;

const CALL_FAULTS = [
  'none',
  'drop_before',
  'drop_after',
  'error_500_before',
  'error_500_after',
  'rate_limit',
  'rate_limit_date',
  'rate_limit_bare',
  'unauthorized',
  'contact_limit',
  'no_permission',
  'forbidden',
  'hang',
  'garbage',
  'reset_body',
  'slow_body',
  'duplicate_rows',
  'reorder_rows',
] as const;

/** Called for each call, with the path without its query. */
export type FaultHook = (request: { readonly method: string; readonly path: string }) => Fault;

/** Failure in the row of an accepted send. */
const LATE_FAULTS = {
  late_contact_limit: { code: CONTACT_LIMIT, message: 'active contacts limit reached' },
  late_replied: { code: ALREADY_REPLIED, message: 'the comment already has a reply' },
  late_no_permission: { code: NO_PERMISSION, message: 'permission for comments is missing' },
  late_forbidden: { code: 403, message: 'a subscription with API access is required' },
  late_restricted: { code: '10/1893063', message: 'the page is restricted from sending' },
} as const satisfies Readonly<Record<string, Failure>>;

/** Names of all faults that `--faults` can ask for. */
export const FAULT_NAMES: readonly string[] = [...CALL_FAULTS, ...Object.keys(LATE_FAULTS)];

/** True for the name of a fault. */
export function isFault(name: string): name is Fault {
  return FAULT_NAMES.includes(name);
}

/** The failure that the fault causes for an accepted send; null if none. */
export function lateFault(fault: Fault): Failure | null {
  return isLate(fault) ? LATE_FAULTS[fault] : null;
}

function isLate(fault: Fault): fault is keyof typeof LATE_FAULTS {
  return Object.hasOwn(LATE_FAULTS, fault);
}

/** Delay of the second half of a slow response. */
const SLOW = SECOND;

/** The response of faults that refuse a call before it is accepted. */
export function responseBefore(fault: Fault, clock: Clock): Response | null {
  switch (fault) {
    case 'error_500_before':
      return refuse(500, 'an error occurred');
    case 'rate_limit':
      return tooMany('1');
    case 'rate_limit_date':
      return tooMany(new Date(clock() + 2 * SECOND).toUTCString());
    case 'rate_limit_bare':
      return refuse(429, 'rate limit exceeded');
    case 'unauthorized':
      return refuse(401, 'the API key is missing or not valid');
    case 'contact_limit':
      return refuse(422, 'active contacts limit reached', CONTACT_LIMIT);
    case 'forbidden':
      return refuse(403, 'a subscription with API access is required');
    case 'no_permission':
      return refuse(403, 'permission for comments is missing', NO_PERMISSION);
    default:
      return null;
  }
}

export function tooMany(retryAfter: string): Response {
  return { ...refuse(429, 'rate limit exceeded'), headers: { 'retry-after': retryAfter } };
}

/** True if the call is lost before it arrives. */
export function isLostBefore(fault: Fault): boolean {
  return fault === 'drop_before' || fault === 'hang';
}

/** Disturbs the rows of a list as if it had changed while being read. */
export function disturbed(answer: Response, fault: Fault): Response {
  if (fault === 'error_500_after') return refuse(500, 'an error occurred');
  const { body } = answer;
  if (!isList(body) || body.items.length < 2) return answer;
  const { items } = body;
  if (fault === 'duplicate_rows') {
    return { ...answer, body: { ...body, items: [...items.slice(0, -1), items[0], items[0], items.at(-1)] } };
  }
  // The oldest row stays in place: it is the reader's paging anchor.
  if (fault === 'reorder_rows')
    return { ...answer, body: { ...body, items: [...items.slice(0, -1).reverse(), items.at(-1)] } };
  return answer;
}

function isList(body: unknown): body is { readonly items: readonly unknown[] } {
  return typeof body === 'object' && body !== null && 'items' in body && Array.isArray(body.items);
}

/** Writes the body with the fault applied. */
export async function writeBody(response: ServerResponse, text: string, fault: Fault): Promise<void> {
  const half = text.slice(0, text.length / 2);
  if (fault === 'garbage') {
    response.end(half);
  } else if (fault === 'reset_body' || fault === 'slow_body') {
    response.write(half);
    await wait(fault === 'slow_body' ? SLOW : 1);
    if (fault === 'slow_body') response.end(text.slice(half.length));
    else response.destroy();
  } else {
    response.end(text);
  }
}

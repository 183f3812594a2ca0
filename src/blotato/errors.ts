import type { Millis } from '../domain/time.js';

/**
 * Meaning of an error response for the caller. `server`: an error on their side; a send may have been
 * accepted all the same.
 */
export type RefusalKind = 'unauthorized' | 'not_found' | 'invalid' | 'rate_limited' | 'refused' | 'server';

/**
 * Statuses with a specific meaning. 403 does not imply a bad key: a permission or a firewall may be the
 * cause. 408 counts as `server` because a proxy may return it after the request has been passed on.
 */
const KIND_OF_STATUS: Readonly<Record<number, RefusalKind>> = {
  400: 'invalid',
  401: 'unauthorized',
  404: 'not_found',
  408: 'server',
  410: 'not_found',
  413: 'invalid',
  415: 'invalid',
  422: 'invalid',
  429: 'rate_limited',
};

/** The kind of a status outside 200 to 299. A redirect is `refused`: the key is only sent to one host. */
export function kindOfStatus(status: number): RefusalKind {
  return KIND_OF_STATUS[status] ?? (status >= 500 ? 'server' : 'refused');
}

export interface Refusal {
  /** Method and template: `GET /v2/comments/{commentId}`. */
  readonly route: string;
  readonly status: number;
  /** Blotato's own error code, such as `20102`; null if absent. */
  readonly code: string | null;
  /** Request id that Blotato's support asks for; null if absent. */
  readonly reqId: string | null;
  /** Wait requested by the server; null if absent. */
  readonly retryAfter: Millis | null;
  /** The server's error message, without the API key. */
  readonly text: string;
}

/** An error response of the server. */
export class BlotatoError extends Error {
  override readonly name = 'BlotatoError';
  readonly route: string;
  readonly status: number;
  readonly kind: RefusalKind;
  readonly code: string | null;
  readonly reqId: string | null;
  readonly retryAfter: Millis | null;
  /** The server's error message, without the additions in `message`. */
  readonly text: string;

  constructor({ route, status, code, reqId, retryAfter, text }: Refusal) {
    const marks = [code === null ? [] : `code ${code}`, reqId === null ? [] : `request ${reqId}`].flat();
    super(`${route} responded ${status}${marks.length > 0 ? ` (${marks.join(', ')})` : ''}: ${text}`);
    this.route = route;
    this.status = status;
    this.kind = kindOfStatus(status);
    this.code = code;
    this.reqId = reqId;
    this.retryAfter = retryAfter;
    this.text = text;
  }
}

/**
 * True if the server refused only this request: not found, invalid or not permitted. Other requests may
 * succeed.
 */
export function isAboutThisCall(error: unknown): error is BlotatoError {
  return error instanceof BlotatoError && ['not_found', 'invalid', 'refused'].includes(error.kind);
}

/**
 * Error of a request without a readable response. If `sent` is false, no byte of the request was sent, so a
 * retry cannot duplicate anything; if true, it is unknown whether the server accepted the request.
 */
export class NoResponseError extends Error {
  override readonly name = 'NoResponseError';

  constructor(
    readonly route: string,
    readonly sent: boolean,
    why: string,
    options?: ErrorOptions,
  ) {
    super(
      `${route} got no response, ${sent ? 'but may have arrived' : 'and nothing was sent'}: ${why}`,
      options,
    );
  }
}

/**
 * Error of a response that does not match the description: Blotato changed, or another server responds at
 * this address.
 */
export class ContractError extends Error {
  override readonly name = 'ContractError';

  constructor(
    readonly route: string,
    /** Place in the response, such as `items[3].createdAt`; '' for the whole response. */
    readonly path: string,
    problem: string,
  ) {
    super(`${route} sent an unexpected response at ${path === '' ? 'the body' : path}: ${problem}`);
  }
}

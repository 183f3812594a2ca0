import type { Millis } from '../domain/time.js';

/** What a refusal means for the caller. `server`: their side broke, and a send may have gone through all the same. */
export type RefusalKind = 'unauthorized' | 'not_found' | 'invalid' | 'rate_limited' | 'refused' | 'server';

/**
 * The exceptions. 403 is no sign of a bad key: a permission or a firewall may be behind it. 408 counts as `server`
 * because a proxy gives it as well, when the request has long been passed on.
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

/** The meaning of a status outside 200 to 299. A redirect is `refused`: the key goes to one host only. */
export function kindOfStatus(status: number): RefusalKind {
  return KIND_OF_STATUS[status] ?? (status >= 500 ? 'server' : 'refused');
}

export interface Refusal {
  /** Method and template: `GET /v2/comments/{commentId}`. */
  readonly route: string;
  readonly status: number;
  /** Blotato's own error code, such as `20102`; null when it gave none. */
  readonly code: string | null;
  /** What Blotato's support asks for; null when it gave none. */
  readonly reqId: string | null;
  /** How long the server asks to wait; null when it did not say. */
  readonly retryAfter: Millis | null;
  /** The server's own words, free of the API key. */
  readonly text: string;
}

/** The server answered, and refused. */
export class BlotatoError extends Error {
  override readonly name = 'BlotatoError';
  readonly route: string;
  readonly status: number;
  readonly kind: RefusalKind;
  readonly code: string | null;
  readonly reqId: string | null;
  readonly retryAfter: Millis | null;
  /** The server's own words, without what `message` says besides. */
  readonly text: string;

  constructor({ route, status, code, reqId, retryAfter, text }: Refusal) {
    const marks = [code === null ? [] : `code ${code}`, reqId === null ? [] : `request ${reqId}`].flat();
    super(`${route} answered ${status}${marks.length > 0 ? ` (${marks.join(', ')})` : ''}: ${text}`);
    this.route = route;
    this.status = status;
    this.kind = kindOfStatus(status);
    this.code = code;
    this.reqId = reqId;
    this.retryAfter = retryAfter;
    this.text = text;
  }
}

/** The server said no to this one call: there is no such thing, or not for us. Others may go well. */
export function isAboutThisCall(error: unknown): error is BlotatoError {
  return error instanceof BlotatoError && ['not_found', 'invalid', 'refused'].includes(error.kind);
}

/**
 * There was no answer that could be read. `sent` false: not a byte of the call has left, so trying again doubles
 * nothing. `sent` true: nobody knows whether the server took it.
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
      `${route} got no answer, ${sent ? 'but may have arrived' : 'and nothing was sent'}: ${why}`,
      options,
    );
  }
}

/** The answer does not fit the description: Blotato changed, or something else answers at this address. */
export class ContractError extends Error {
  override readonly name = 'ContractError';

  constructor(
    readonly route: string,
    /** Where in the answer, such as `items[3].createdAt`; '' for the whole of it. */
    readonly path: string,
    problem: string,
  ) {
    super(`${route} answered something unexpected at ${path === '' ? 'the body' : path}: ${problem}`);
  }
}

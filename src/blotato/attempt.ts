import type { Dispatcher } from 'undici';
import type { Millis } from '../domain/time.js';

/** A complete response. Its body is encoded as its headers say. */
export interface Answer {
  readonly status: number;
  /** Headers, with names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** End of an attempt, apart from the response. */
export interface Limits {
  readonly signal: AbortSignal;
  /** Timeout of the whole request: connecting, sending and reading the response. */
  readonly timeout: Millis;
}

/**
 * One request, made once: it follows no redirect and is never repeated. Implemented as a handler of undici, since its
 * `fetch` takes several times the processor time, most of it for streams and signals that are not needed here.
 */
export class Attempt implements Dispatcher.DispatchHandler {
  /**
   * Rejects if there is no response, or none that is complete. Of an error response the status is what counts: its body
   * is empty then.
   */
  readonly answer: Promise<Answer>;
  /** True once a byte of the request may have been sent: undici reports when it begins to write a request. */
  hasBegun = false;
  /** True if the timeout ended it. */
  isLate = false;
  private connection: Dispatcher.DispatchController | null = null;
  private stopped: Error | null = null;
  private head: Omit<Answer, 'body'> | null = null;
  private readonly chunks: Buffer[] = [];
  private readonly signal: AbortSignal;
  private readonly timer: NodeJS.Timeout;
  private resolve!: (answer: Answer) => void;
  private reject!: (error: Error) => void;

  constructor(agent: Dispatcher, request: Dispatcher.DispatchOptions, { signal, timeout }: Limits) {
    this.answer = new Promise<Answer>((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.signal = signal;
    this.timer = setTimeout(this.expire, timeout);
    signal.addEventListener('abort', this.stop, { once: true });
    if (signal.aborted) this.stop();
    else this.dispatch(agent, request);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const again = this.hasBegun ? new Error('a second attempt of the same request') : null;
    const refused = this.stopped ?? again;
    // A request aborted here is not written.
    if (refused) {
      controller.abort(refused);
      return;
    }
    this.hasBegun = true;
    this.connection = controller;
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Answer['headers']): void {
    // Interim responses, such as 103, come before the final one.
    if (status >= 200) this.head = { status, headers };
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.leave();
    if (this.head) this.resolve({ ...this.head, body: Buffer.concat(this.chunks) });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.fail(error);
  }

  private dispatch(agent: Dispatcher, request: Dispatcher.DispatchOptions): void {
    try {
      agent.dispatch(request, this);
    } catch (error) {
      this.fail(error as Error);
    }
  }

  private readonly expire = (): void => {
    this.isLate = true;
    this.stop();
  };

  /** A request that still waits for its connection has nothing to abort, and is not sent later. */
  private readonly stop = (): void => {
    this.stopped ??= new Error('the request was aborted');
    this.connection?.abort(this.stopped);
    this.fail(this.stopped);
  };

  private fail(error: Error): void {
    this.leave();
    if (this.head && !isOk(this.head)) this.resolve({ ...this.head, body: Buffer.alloc(0) });
    else this.reject(error);
  }

  private leave(): void {
    clearTimeout(this.timer);
    this.signal.removeEventListener('abort', this.stop);
  }
}

/** True if the status is 200 to 299. */
export function isOk({ status }: Pick<Answer, 'status'>): boolean {
  return status >= 200 && status < 300;
}

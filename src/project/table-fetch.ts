import type { IncomingMessage } from 'node:http';
import { guardedConnection } from '../actions/webhook/addresses.js';
import { bytesOf, responseTo } from '../actions/webhook/response-to.js';
import { LIMITS } from '../domain/limits.js';
import { TableError } from './table-error.js';

export interface TableRequest {
  readonly url: string;
  readonly allowHosts: readonly string[];
  /** Validators of the known version, so that an unchanged table is not sent again. */
  readonly etag: string | null;
  readonly modified: string | null;
}

export interface TableBody {
  readonly bytes: Uint8Array;
  readonly etag: string | null;
  readonly modified: string | null;
}

const MOST_REDIRECTS = 5;

/**
 * Fetches the table at an address; null if it is unchanged. Redirects are followed, each target checked as
 * webhooks are. Throws TableError.
 */
export async function fetchTable(request: TableRequest): Promise<TableBody | null> {
  const signal = AbortSignal.timeout(LIMITS.requestTimeout);
  let url = new URL(request.url);
  for (let redirects = 0; ; redirects += 1) {
    const response = await open(url, request, signal);
    const { statusCode: status = 0, headers } = response;
    if (status >= 300 && status < 400 && status !== 304 && headers.location !== undefined) {
      response.destroy();
      if (redirects === MOST_REDIRECTS) {
        throw new TableError(`more than ${MOST_REDIRECTS} redirects`, 'Write the final address.');
      }
      url = targetOf(headers.location, url);
      continue;
    }
    if (status === 304) {
      response.destroy();
      return null;
    }
    return bodyOf(response, request.url);
  }
}

function targetOf(location: string, from: URL): URL {
  try {
    return new URL(location, from);
  } catch {
    throw new TableError('a redirect without a valid address', 'Write the final address.');
  }
}

async function open(url: URL, request: TableRequest, signal: AbortSignal): Promise<IncomingMessage> {
  const { etag, modified, allowHosts } = request;
  const headers = {
    accept: 'text/csv, text/plain;q=0.9, */*;q=0.1',
    'accept-encoding': 'identity',
    'user-agent': 'blotato-autoresponder',
    ...(etag === null ? {} : { 'if-none-match': etag }),
    ...(modified === null ? {} : { 'if-modified-since': modified }),
  };
  try {
    return await responseTo(url, { headers, signal, ...guardedConnection(url, allowHosts) });
  } catch (error) {
    const why = signal.aborted ? `no answer within ${LIMITS.requestTimeout / 1000} s` : messageOf(error);
    throw new TableError(`${url.origin} could not be read: ${why}`, 'Check the address; it is tried again.');
  }
}

async function bodyOf(response: IncomingMessage, url: string): Promise<TableBody> {
  const { headers } = response;
  try {
    checkHead(response, url);
    const bytes = await bytesOf(response, LIMITS.tableBytes);
    if (bytes === null)
      throw new TableError(`is larger than ${LIMITS.tableBytes} bytes`, 'Split it into several tables.');
    return { bytes, etag: headers.etag ?? null, modified: headers['last-modified'] ?? null };
  } catch (error) {
    if (error instanceof TableError) throw error;
    throw new TableError(`the response broke off: ${messageOf(error)}`, 'It is tried again.');
  } finally {
    response.destroy();
  }
}

function checkHead({ statusCode, headers }: IncomingMessage, url: string): void {
  if (statusCode !== 200)
    throw new TableError(`responded with ${statusCode ?? 'no status'}`, publishFix(url));
  if (/^text\/html\b/iu.test(headers['content-type'] ?? ''))
    throw new TableError('responded with a web page, where CSV is expected', publishFix(url));
  if (!/^(?:identity)?$/iu.test(headers['content-encoding'] ?? ''))
    throw new TableError('responded with a compressed file', 'Give an address that sends plain CSV.');
}

const SHEET = /^https:\/\/docs\.google\.com\/spreadsheets\/d\/(?<id>(?!e\/)[\w-]+)\/(?:edit|view|htmlview)/u;

/** Converts the link of a Google sheet's page to the address that returns the sheet as CSV. */
function publishFix(url: string): string {
  const id = SHEET.exec(url)?.groups?.['id'];
  const gid = /[#?&]gid=(?<gid>\d+)/u.exec(url)?.groups?.['gid'] ?? '0';
  return id === undefined
    ? 'Open the address in a private window: it must give the CSV file without a login. Publish the sheet as CSV.'
    : `Write https://docs.google.com/spreadsheets/d/${id}/export?format=csv&gid=${gid}, and share the sheet with everyone who has the link.`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}

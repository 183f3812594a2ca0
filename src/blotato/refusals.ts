import type { BlockCause } from '../domain/block.js';
import type { Refusal, RefusalMeaning } from '../domain/refusal.js';
import { type BlotatoError, kindOfStatus } from './errors.js';

const ofAccount = (cause: BlockCause): RefusalMeaning => ({ kind: 'hold', scope: 'account', cause });
const ofKey = (cause: BlockCause): RefusalMeaning => ({ kind: 'hold', scope: 'key', cause });
const SPENT: RefusalMeaning = { kind: 'spent' };
const UNCLEAR: RefusalMeaning = { kind: 'unclear' };
const FAILED: RefusalMeaning = { kind: 'end', reason: 'failed' };
const WINDOW_CLOSED: RefusalMeaning = { kind: 'end', reason: 'window_closed' };

/**
 * Meanings of error codes, both in the response to a POST and in a later row. Blotato's own codes are from its
 * help pages and reports (2026); those of Meta, `code` or `code/subcode`, from developers.facebook.com,
 * messenger-platform/error-codes and its changelog. A subcode that is not listed has the meaning of its code.
 * BLOCK_FIXES has cause and fix of each hold.
 */
const BY_CODE: Readonly<Record<string, RefusalMeaning>> = {
  '20101': ofAccount('20101'),
  '20102': SPENT,
  '20201': ofAccount('20201'),
  // Code from the Messenger changelog of 2026-06-25.
  '10/1893063': ofAccount('10/1893063'),
  '10/2018028': ofAccount('10/2018028'),
  '190': ofAccount('190'),
  '200': ofAccount('200'),
  // Codes for a closed messaging window: Messenger, Instagram, and an older code. A bare 10 may have any
  // cause.
  '10': FAILED,
  '10/2018278': WINDOW_CLOSED,
  '10/2534022': WINDOW_CLOSED,
  '10/2018065': WINDOW_CLOSED,
  // Codes about a single contact who blocked us, deleted the thread, or never wrote.
  '10/2018108': FAILED,
  '200/2018108': FAILED,
  '200/1545041': FAILED,
  '551': FAILED,
  '10900': SPENT,
  '2534039': SPENT,
  // Temporary errors of the platform: a message may have been delivered although an error was returned.
  '1': UNCLEAR,
  '2': UNCLEAR,
  '1200': UNCLEAR,
};

/** Meanings by status, if the code is unknown. 408 and above 499 are unclear, others end the send. */
const BY_STATUS: Readonly<Record<number, RefusalMeaning>> = {
  401: ofKey('401'),
  403: ofKey('403'),
  429: { kind: 'wait' },
};

/** The meaning of an error code; null for an unknown code. */
function meaningOfCode(code: string | null): RefusalMeaning | null {
  if (code === null) return null;
  const [general = ''] = code.split('/');
  for (const known of [code, general]) if (Object.hasOwn(BY_CODE, known)) return BY_CODE[known] ?? null;
  return null;
}

/** The refusal in an error response. The code decides, then the status, never the text. */
export function refusalOf({ code, status, text }: BlotatoError): Refusal {
  const byStatus = BY_STATUS[status] ?? (kindOfStatus(status) === 'server' ? UNCLEAR : FAILED);
  // Without an id from the API the send cannot be followed, so a server error stays unclear whatever the
  // code.
  const meaning = byStatus.kind === 'unclear' ? UNCLEAR : (meaningOfCode(code) ?? byStatus);
  return { code, meaning, detail: detailOf({ code: code ?? String(status), text }) };
}

interface FailedRow {
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
}

/** The refusal in a row of a list; null if the row has no refusal. */
export function lateRefusalOf({ errorCode: code, errorMessage: text }: FailedRow): Refusal | null {
  if (code === null && text === null) return null;
  return { code, meaning: meaningOfCode(code) ?? FAILED, detail: detailOf({ code, text }) };
}

/** Code and message of the API in one line: `10: outside of the allowed window`. Null if both are absent. */
function detailOf(said: { readonly code: string | null; readonly text: string | null }): string | null {
  return [said.code, said.text].filter((part) => part !== null && part !== '').join(': ') || null;
}

/**
 * True if the response refuses the key itself, or the plan behind it. A code takes precedence over the
 * status.
 */
export function isKeyRefused(error: BlotatoError): boolean {
  const { meaning } = refusalOf(error);
  return meaning.kind === 'hold' && meaning.scope === 'key';
}

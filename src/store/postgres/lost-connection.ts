import { StoreError } from '../ports/store-error.js';

/**
 * Error codes of PostgreSQL for a server that is shutting down, accepts no connections, or has none left:
 * 53300 and the classes 08 and 57P.
 */
const BY_SERVER = /^(?:08...|57P..|53300)$/u;
const BY_SYSTEM: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'],
  ...['ENOTFOUND', 'EAI_AGAIN'],
]);
/** Texts of connection errors on which pg 8.23.1 sets no code. */
const BY_LIBRARY =
  /^(?:Connection terminated|timeout expired|timeout exceeded when trying to connect|Query read timeout|Client (?:has encountered a connection error|was closed) and is not queryable)/u;

/**
 * True if a statement failed because the database could not be reached, not because of the statement or its
 * data; or if an API request, which is counted in the database first, failed because of that.
 */
export function isLostConnection(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  if (isAway(error)) return true;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return BY_SERVER.test(code) || BY_SYSTEM.has(code) || BY_LIBRARY.test(error.message);
}

/** Error codes of PostgreSQL for a table or a schema that does not exist. */
const MISSING: ReadonlySet<string> = new Set(['42P01', '3F000']);

/**
 * True if a statement failed because our tables do not exist any more: the database was
 * dropped or is being restored while the program runs.
 */
export function isTableMissing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error && typeof error.code === 'string' && MISSING.has(error.code)) return true;
  return isTableMissing(error.cause);
}

function isAway(error: unknown): boolean {
  if (error instanceof StoreError) return error.code === 'away';
  return error instanceof Error && isAway(error.cause);
}

/**
 * Runs work on the database. Throws StoreError `away` if the connection is lost, which distinguishes it from
 * an API error.
 */
export async function reached<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StoreError || !isLostConnection(error)) throw error;
    const cause = error instanceof Error ? error.message || error.name : String(error);
    throw new StoreError(
      'away',
      `the database cannot be reached: ${cause}; fix: check that it runs and can be reached from here`,
      { cause: error },
    );
  }
}

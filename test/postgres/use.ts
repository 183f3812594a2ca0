import { afterAll, beforeAll, inject } from 'vitest';
import { openPostgres, type PgStore } from '../../src/store/postgres/open.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The address at which test/global-setup.ts hands out databases. */
    postgres: string;
  }
}

export interface Databases {
  /** Makes a database with the tables of the store, and returns its address. */
  database(): Promise<string>;
  /** Makes a database without any table, for programs that migrate it themselves. */
  empty(): Promise<string>;
}

/**
 * Databases for the tests of a file. `onOpen` is called with an open store on one of them, which is closed after the
 * last test.
 */
export function usePostgres(onOpen?: (served: PgStore) => void): Databases {
  const databases = { database: () => ask('/clone'), empty: () => ask('/empty') };
  if (onOpen) {
    let served: PgStore | null = null;
    beforeAll(async () => {
      served = await openPostgres(await databases.database(), { connections: 4 });
      onOpen(served);
    });
    afterAll(async () => served?.close());
  }
  return databases;
}

async function ask(path: string): Promise<string> {
  const response = await fetch(`${inject('postgres')}${path}`);
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}

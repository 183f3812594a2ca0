import { afterAll, beforeAll } from 'vitest';
import { openServed, type Served } from '../../src/store/postgres/open.js';
import { startPostgres, type TestServer } from './server.js';

/** A server for the tests of a file. `onOpen` gets a database on it, which is open until they are done. */
export function usePostgres(onOpen?: (served: Served) => void): Pick<TestServer, 'database'> {
  let server: TestServer | null = null;
  let served: Served | null = null;
  const database = async (): Promise<string> => {
    if (server === null) throw new Error('it starts before the first test');
    return server.database();
  };
  beforeAll(async () => {
    server = await startPostgres();
    if (!onOpen) return;
    served = await openServed(await database(), { connections: 4 });
    onOpen(served);
  }, 60_000);
  afterAll(async () => {
    await served?.close();
    await server?.stop();
  });
  return { database };
}

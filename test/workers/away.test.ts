import { type AddressInfo, connect, createServer } from 'node:net';
import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { openDatabase } from '../../src/cli/open-program.js';
import { createLogger } from '../../src/log/logger.js';
import { lines, PROCESSES } from '../e2e/cli.js';
import { usePostgres } from '../postgres/use.js';

const databases = usePostgres();

it(
  'a database that cannot be reached at the start is one line of the log, and one when it is reached',
  PROCESSES,
  async (test) => {
    const address = new URL(await databases.database());
    const port = Number(address.port);
    let refused = 0;
    const proxy = createServer((client) => {
      if ((refused += 1) <= 2) return client.destroy();
      const server = connect(port, address.hostname);
      client.pipe(server).pipe(client);
      for (const each of [client, server]) each.on('error', () => client.destroy());
      return undefined;
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    test.onTestFinished(() => void proxy.close());
    let log = '';
    const out = new Writable({
      write: (chunk, _, done) => {
        log += String(chunk);
        done();
      },
    });
    address.port = String((proxy.address() as AddressInfo).port);
    const logger = createLogger({ level: 'info', pretty: false, secrets: [] }, out);
    const served = await openDatabase(address.href, { connections: 2 }, logger);
    await served.close();
    expect(refused).toBeGreaterThan(2);
    expect(lines(log)).toMatchObject([
      {
        why: expect.stringContaining('cannot be opened') as unknown,
        msg: 'the database cannot be reached; retrying for a minute',
      },
      { after: expect.any(String) as unknown, msg: 'the database was reached' },
    ]);
    expect(log).not.toContain('stack');
  },
);

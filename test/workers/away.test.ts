import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { openDatabase } from '../../src/cli/open-program.js';
import { createLogger } from '../../src/log/logger.js';
import { MINUTE } from '../../src/domain/time.js';
import { lines, PROCESSES } from '../e2e/cli.js';
import { runHere } from '../e2e/run-here.js';
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

it.for([
  ['a server that refuses connections', 'away', { port: '1' }],
  ['a name of no host', 'away', { hostname: 'nobody.invalid' }],
  ['a database that does not exist', 'unreadable', { pathname: '/nobody' }],
  ['a role that does not exist', 'unreadable', { username: 'nobody' }],
] as const)('%s is %s, and only an absent database is retried', PROCESSES, async ([, code, other]) => {
  const address = new URL(await databases.database());
  Object.assign(address, other);
  const retried: unknown[] = [];
  const logger = createLogger(
    { level: 'info', pretty: false, secrets: [] },
    new Writable({
      write: (chunk, _, done) => {
        retried.push(chunk);
        done();
      },
    }),
  );
  // A long wait would show an error that is retried although it does not end by itself.
  const most = code === 'away' ? 0 : 10 * MINUTE;
  await expect(openDatabase(address.href, { connections: 1, most }, logger)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(/cannot be opened: .*; fix: /u) as unknown,
  });
  expect(retried).toEqual([]);
});

it('ends a command with exit code 75 while the database cannot be reached', PROCESSES, async (test) => {
  const folder = mkdtempSync(join(tmpdir(), 'away-'));
  test.onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(
    join(folder, 'config.yaml'),
    'version: 1\nblotato: { api_key: "key" }\nstore: "postgres://nobody:secret@127.0.0.1:1/shops"\naccounts: [{ name: shop, id: "1", platform: instagram }]\n',
  );
  const { code, stderr } = await runHere(['journal'], { cwd: folder, env: {} });
  expect(stderr).toContain('ECONNREFUSED');
  expect(code).toBe(75);
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPostgres, type TestServer } from '../postgres/server.js';
import { workersSoak } from './workers-soak.js';

let postgres: TestServer;
beforeAll(async () => {
  postgres = await startPostgres();
}, 60_000);
afterAll(() => postgres.stop());

describe('three workers on PostgreSQL, killed, frozen and cut off while calls go wrong', () => {
  it(
    'answer everybody once, and leave no workspace alone for half a minute',
    { timeout: 480_000 },
    async () => {
      const result = await workersSoak({ disruptions: 4, seed: 1, database: await postgres.database() });
      expect(result).toMatchObject({
        ok: true,
        broken: [],
        disruptions: { kill: 1, freeze: 1, cut: 1, blackhole: 1 },
      });
      expect(result.longestSilence).toBeLessThan(30);
      expect(result.accepted).toBeGreaterThan(30);
    },
  );
});

import { describe, expect, it } from 'vitest';
import { usePostgres } from '../postgres/use.js';
import { QUICK_PACE, takeoverTime, workersSoak } from './workers-soak.js';

const postgres = usePostgres();

describe('three workers on PostgreSQL, disrupted in each way while API calls fail', () => {
  it('reply once to every contact', { timeout: 480_000 }, async () => {
    const result = await workersSoak({
      disruptions: 6,
      seed: 1,
      // No restarts of the database, because other tests use the same server.
      restart: null,
      database: await postgres.empty(),
      pace: QUICK_PACE,
    });
    const disruptions = { kill: 1, freeze: 1, cut: 1, blackhole: 1, clock: 1, hang: 1 };
    expect(result).toMatchObject({ ok: true, broken: [], disruptions });
    expect(result.accepted).toBeGreaterThan(30);
  });

  it('acquire the jobs of a killed worker', { timeout: 120_000 }, async () => {
    expect(await takeoverTime(await postgres.database(), QUICK_PACE)).toBeGreaterThan(0);
  });
});

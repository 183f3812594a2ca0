import { expect, it } from 'vitest';
import { concurrencyFor } from '../../src/workers/concurrency.js';

it.each([
  { workspaces: 1, cycles: 100 },
  { workspaces: 5_000, cycles: 100 },
  { workspaces: 5_001, cycles: 101 },
  { workspaces: 10_000, cycles: 200 },
  { workspaces: 20_000, cycles: 400 },
  { workspaces: 100_000, cycles: 400 },
])(
  'a worker with $workspaces workspaces runs up to $cycles poll cycles at a time',
  ({ workspaces, cycles }) => {
    expect(concurrencyFor(workspaces)).toBe(cycles);
  },
);

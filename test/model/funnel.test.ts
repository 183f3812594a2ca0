import { it } from 'vitest';
import { draws } from '../draws.js';
import { checkFunnels } from './funnel-model.js';

it('a funnel takes each step exactly once, under random messages and crashes', { timeout: 240_000 }, () =>
  checkFunnels({ runs: draws(60) }),
);

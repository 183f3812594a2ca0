import { onTestFinished, type TestContext } from 'vitest';

/** Cleanup at the end of a test. Concurrent tests pass their own context. */
export type Cleanup = Pick<TestContext, 'onTestFinished'>;

/** The test that runs, for tests that run one at a time. */
export const OF_THIS_TEST: Cleanup = { onTestFinished };

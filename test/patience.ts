/** Limit and interval of a wait for a condition. Vitest's own limit is a second, which a busy machine takes for one request. */
export const PATIENCE = { timeout: 15_000, interval: 20 };

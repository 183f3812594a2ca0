/** Limit and interval of a wait for a condition: a busy machine takes a second, Vitest's own limit, for one request. */
export const PATIENCE = { timeout: 60_000, interval: 20 };

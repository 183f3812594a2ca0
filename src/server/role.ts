/**
 * Role of a token. Each role includes the previous one: to view; to act on conversations; to change what the
 * program does.
 */
export const ROLES = ['viewer', 'agent', 'owner'] as const;
export type Role = (typeof ROLES)[number];

/**
 * Role of a token. Each role includes the previous one: to view; to act on conversations; to change what the
 * program does.
 */
export const ROLES = ['viewer', 'agent', 'owner'] as const;
export type Role = (typeof ROLES)[number];

/** Name and role of a caller's token. */
export interface Caller {
  readonly name: string;
  readonly role: Role;
}

/** True if the role includes the other. */
export function includes(role: Role, other: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(other);
}

/** What a token allows: to look; also to act on conversations; also to change what the program does. */
export const ROLES = ['viewer', 'agent', 'owner'] as const;
export type Role = (typeof ROLES)[number];

/**
 * Modes of the configuration, an account or a rule, the strictest first. `shadow`: decides and sends nothing.
 * `approve`: composes the reply, which waits for a person. `live`: sends.
 */
export const MODES = ['shadow', 'approve', 'live'] as const;
export type Mode = (typeof MODES)[number];

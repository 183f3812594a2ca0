/** Values that `init` and `suggest` write where they do not know any, and that `check` warns of. */
export const PLACEHOLDERS = {
  id: '0',
  brand: 'My shop',
  /** The reply of a proposed rule, which is in shadow mode. */
  reply: 'Write the reply here, then change the mode to live',
} as const;

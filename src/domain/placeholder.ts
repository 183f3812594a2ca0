/** Values that `init` writes where it does not know any, and that `check` warns of. */
export const PLACEHOLDERS = { id: '0', brand: 'My shop' } as const;

import { initial } from './001-initial.js';

/** In order; the place in the list, counted from 1, is the store's version. Never edit one that was released. */
export const MIGRATIONS: readonly string[] = [initial];

import type { Millis } from './time.js';

/** A text that a rule sends: one template, or several to choose from, after a wait. */
export interface ReplySpec {
  readonly texts: readonly string[];
  /** The least and the most time to wait before sending; null: at once. */
  readonly delay: { readonly from: Millis; readonly to: Millis } | null;
}

import type { Millis } from './time.js';

/** A reply of a rule: one template, or several to choose from, with an optional delay. */
export interface ReplySpec {
  readonly texts: readonly string[];
  /** Minimum and maximum delay before sending; null to send at once. */
  readonly delay: { readonly from: Millis; readonly to: Millis } | null;
}

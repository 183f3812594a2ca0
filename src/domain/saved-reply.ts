import type { ReplySpec } from './reply.js';
import type { Place } from './rule.js';

/** A text that people put into a reply by hand, as a template. */
export interface SavedReply {
  readonly name: string;
  readonly reply: Pick<ReplySpec, 'texts' | 'languages' | 'fallback'>;
  readonly place: Place;
}

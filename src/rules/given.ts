import type { ContactState } from '../domain/contact-state.js';
import { type Millis, MINUTE } from '../domain/time.js';
import { millis } from '../yaml/values.js';
import type { RawGiven, RawReplied } from './test-schema.js';

/** What happened before the first event of a test. Times count back from it. */
export interface Given {
  readonly replied: readonly { readonly rule: string; readonly ago: Millis }[];
  /** The contact wrote before, or was answered. */
  readonly isKnown: boolean;
  /** How long ago a human of the account wrote; null: never. */
  readonly humanAgo: Millis | null;
  readonly optedOut: boolean;
  readonly paused: boolean;
  /** The rule that spent the comment's private reply. */
  readonly privateReplyBy: string | null;
  readonly state: ContactState;
}

/** How long ago a rule answered, where a test does not say. */
const A_MOMENT = MINUTE;

/** What is given, in checked form. */
export function toGiven(raw: RawGiven): Given {
  const replied = raw.replied === undefined ? [] : toReplied(raw.replied);
  return {
    replied,
    isKnown: !(raw.first_contact ?? replied.length === 0),
    humanAgo: raw.human === undefined ? null : millis(raw.human),
    optedOut: raw.opted_out ?? false,
    paused: raw.paused ?? false,
    privateReplyBy: raw.private_reply ?? null,
    state: { tags: raw.tags ?? [], fields: raw.fields ?? {} },
  };
}

function toReplied(raw: RawReplied): Given['replied'] {
  if (typeof raw === 'string') return [{ rule: raw, ago: A_MOMENT }];
  if (Array.isArray(raw)) return raw.map((rule) => ({ rule, ago: A_MOMENT }));
  return Object.entries(raw).map(([rule, ago]) => ({ rule, ago: millis(ago) }));
}

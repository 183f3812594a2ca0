import type { ContactState } from '../domain/contact-state.js';
import { type Millis, MINUTE } from '../domain/time.js';
import type { GivenWork } from '../domain/work.js';
import { millis } from '../yaml/values.js';
import type { RawGiven, RawReplied } from './test-schema.js';

/** State before the first event of a test. Times count back from that event. */
export interface Given {
  readonly replied: readonly { readonly rule: string; readonly ago: Millis }[];
  /** True if the contact wrote or got a reply before the first event. */
  readonly isKnown: boolean;
  /** Time since a human of the account wrote; null if never. */
  readonly humanAgo: Millis | null;
  readonly optedOut: boolean;
  readonly paused: boolean;
  /** The rule that already used the comment's private reply. */
  readonly privateReplyBy: string | null;
  /** The branch that splits take; null for that of the contact. */
  readonly branch: string | null;
  /** Results of codes and fetches. */
  readonly work: GivenWork;
  readonly state: ContactState;
}

/** Time since a rule replied, if the test does not set it. */
const A_MOMENT = MINUTE;

/** Converts the `given` of a test. */
export function toGiven(raw: RawGiven): Given {
  const replied = raw.replied === undefined ? [] : toReplied(raw.replied);
  return {
    replied,
    isKnown: !(raw.first_contact ?? replied.length === 0),
    humanAgo: raw.human === undefined ? null : millis(raw.human),
    optedOut: raw.opted_out ?? false,
    paused: raw.paused ?? false,
    privateReplyBy: raw.private_reply ?? null,
    branch: raw.branch ?? null,
    work: {
      ...(raw.fetch !== undefined && { fetch: raw.fetch }),
      ...(raw.code !== undefined && { code: raw.code }),
    },
    state: { tags: raw.tags ?? [], fields: raw.fields ?? {} },
  };
}

function toReplied(raw: RawReplied): Given['replied'] {
  if (typeof raw === 'string') return [{ rule: raw, ago: A_MOMENT }];
  if (Array.isArray(raw)) return raw.map((rule) => ({ rule, ago: A_MOMENT }));
  return Object.entries(raw).map(([rule, ago]) => ({ rule, ago: millis(ago) }));
}

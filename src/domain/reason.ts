/**
 * Why a message was answered or not: the one closed vocabulary of journal, `explain`, `replay`, metrics and
 * dashboard. Each has the sentence that people read, and the mend where there is one.
 */
export const REASONS = {
  replied: 'answered, and the platform took the answer',
  acted: 'a rule did what it says, such as a tag or a webhook, and had nothing to say',
  silent: 'a rule with `silent: true` matched: it sends nothing and ends the search',
  shadow: 'would have been answered: shadow mode sends nothing',
  no_match: 'no rule applies',
  settling: 'waited for the contact to pause, and is decided together with what they wrote next (`settle`)',
  own_message: 'written by the account itself, by us or by a human',
  direction_unknown:
    'nobody can tell whether the account or the contact wrote it; set `native_id` (or `page_id`) of the account',
  too_old: 'older than the first start of this installation, or than `poll.start` looks back',
  window_closed: "the platform's time for an answer is over",
  cooldown: 'the rule answered this contact a short while ago (`once_per`)',
  per_contact_limit: 'this contact has had as many automatic answers as `guards.per_contact` allows',
  human_active: 'a human wrote in this conversation within `guards.human_pause`',
  paused: 'automatic answers are paused here; `autoresponder resume` ends that',
  opted_out: 'the contact asked for no more automatic answers',
  platform_cannot_send: 'the API has no way to send on this platform',
  private_reply_used: 'the one private reply of this comment is already spent',
  template_error: "the reply's template needs a value that is missing; give it a `default`",
  too_long: "the text is longer than the platform allows; shorten the rule's reply",
  queued: 'the answer is decided and on its way',
  failed: 'the answer was refused; see the detail',
  unknown_outcome: 'nobody can tell whether the answer arrived; look at the conversation',
  blocked_account: 'Blotato refuses to send for this account; see `autoresponder outbox list`',
  unreadable: 'the API listed it in a form that this release cannot read; see the detail',
} as const satisfies Record<string, string>;

export type Reason = keyof typeof REASONS;

export function isReason(name: string): name is Reason {
  return Object.hasOwn(REASONS, name);
}

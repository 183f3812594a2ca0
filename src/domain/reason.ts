/**
 * The closed list of reasons why an event got a reply or not, used in journal, `explain`, `replay`, metrics
 * and dashboard, each with the sentence shown to people and, where there is one, the fix.
 */
export const REASONS = {
  replied: 'replied, and the platform accepted the reply',
  acted: 'a rule applied its effects, such as a tag, a webhook or a handoff to a human, and sent no reply',
  silent: 'a rule with `silent: true` matched: it sends nothing and ends the search',
  shadow: 'would have got a reply: shadow mode sends nothing',
  no_match: 'no rule applies',
  unsure: 'it resembles the examples of a rule, but less than its `certainty` requires; see the detail',
  ambiguous: 'it resembles the examples of two rules about equally, so neither replies; see the detail',
  settling: 'waited for the contact to pause, and was decided together with their next message (`settle`)',
  own_message: 'written by the account itself: by this program or by a human',
  direction_unknown:
    'cannot tell whether the account or the contact wrote it; set `native_id` (or `page_id`) of the account',
  too_old: 'older than the first start of this installation, or than the lookback of `poll.start`',
  window_closed: "the platform's time limit for a reply is over",
  cooldown: 'the rule replied to this contact a short while ago (`once_per`)',
  per_contact_limit:
    'this contact already got the number of automatic replies that `guards.per_contact` allows',
  human_active: 'a human wrote in this conversation within `guards.human_pause`',
  other_automation: 'an automation of Blotato replied to the contact within `guards.automation_pause`',
  paused: 'automatic replies are paused here; `autoresponder status` lists the command that ends the pause',
  opted_out: 'the contact asked for no more automatic replies',
  platform_cannot_send: 'the API cannot send on this platform',
  private_reply_used: 'the only private reply of this comment is already used',
  template_error: "the reply's template needs a value that is missing; give it a `default`",
  too_long: "the text is longer than the platform allows; shorten the rule's reply",
  awaiting_approval:
    'the reply is composed and waits until a person approves it; see `autoresponder drafts list`',
  approval_expired: 'nobody approved the reply before the messaging window closed',
  superseded:
    'a newer message of the contact came before anybody approved this reply, or before this reminder was sent',
  dropped: 'a person dropped the draft of the reply',
  queued: 'the reply is decided and waits in the outbox',
  failed: 'the reply was refused; see the detail',
  unknown_outcome: 'it is unknown whether the reply arrived; check the conversation',
  blocked_account: 'Blotato refuses to send for this account; see `autoresponder outbox list`',
  unreadable: 'the API listed it in a form that this release does not understand; see the detail',
} as const satisfies Record<string, string>;

export type Reason = keyof typeof REASONS;

/** A reason with the values that its sentence does not have. */
export interface StatedReason {
  readonly reason: Reason;
  readonly detail: string;
}

export function isReason(name: string): name is Reason {
  return Object.hasOwn(REASONS, name);
}

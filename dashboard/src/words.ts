// The texts for a shop owner that replace the codes of the journal, the rules and the API. Codes stay in tooltips and
// filters.
import type { AuditAction } from '../../src/domain/audit.js';
import type { Reason } from '../../src/domain/reason.js';

export type Tone = 'good' | 'bad' | 'quiet' | 'warn';

export interface Words {
  readonly label: string;
  /** One sentence about the reason, with a fix where one exists. */
  readonly sentence: string;
  readonly tone: Tone;
}

const words = (tone: Tone, label: string, sentence: string): Words => ({ label, sentence, tone });

const REASON_WORDS = {
  replied: words('good', 'Replied', 'A rule replied, and the platform accepted the reply.'),
  acted: words(
    'good',
    'Handled',
    'A rule did its actions, such as adding a tag or handing off to a human, and sends no reply.',
  ),
  queued: words('good', 'On its way', 'The reply is decided and will be sent as soon as the limits allow.'),
  shadow: words('warn', 'Would reply', 'A rule would have replied; in shadow mode nothing is sent.'),
  no_match: words('quiet', 'No rule', 'No rule fits this text, so it was left to you.'),
  own_message: words('quiet', 'Written by you', 'You, a colleague or a rule wrote this.'),
  too_old: words('quiet', 'From before', 'This was written before the autoresponder was started.'),
  settling: words(
    'quiet',
    'Read together',
    'The reply is decided together with the next messages of the person.',
  ),
  direction_unknown: words(
    'bad',
    'Unclear who wrote',
    'Blotato does not say whether you or the contact wrote this. Set `native_id` or `page_id` of the account.',
  ),
  window_closed: words('warn', 'Too late to reply', 'The platform allows no more replies to this message.'),
  cooldown: words('warn', 'Replied recently', 'The rule replied to this person a short while ago.'),
  per_contact_limit: words(
    'warn',
    'Limit reached',
    'This person has got the maximum of automatic replies that you allow.',
  ),
  human_active: words('warn', 'You are talking', 'A human wrote in this conversation, so rules stay silent.'),
  paused: words(
    'warn',
    'Paused',
    'Automatic replies are paused here: by you, or by a rule that hands off to a human.',
  ),
  opted_out: words('warn', 'Opted out', 'This person asked for no more automatic replies.'),
  platform_cannot_send: words('warn', 'Read only', 'On this platform Blotato can read, but not send.'),
  private_reply_used: words(
    'warn',
    'Private reply used',
    'A comment gets one private reply, and another rule or tool sent it first.',
  ),
  template_error: words(
    'bad',
    'Text incomplete',
    'The reply needs a value that is missing. Give it a `default`.',
  ),
  too_long: words('bad', 'Text too long', 'The reply is longer than the platform allows. Shorten it.'),
  failed: words('bad', 'Not delivered', 'The reply was refused; the details say why.'),
  unknown_outcome: words(
    'bad',
    'Perhaps delivered',
    'It is not known whether the reply arrived. Look at the conversation.',
  ),
  blocked_account: words('bad', 'Account refused', 'Blotato refuses to send for this account.'),
  unreadable: words('bad', 'Not readable', 'Blotato listed this in a form that this release cannot read.'),
  other_automation: words(
    'warn',
    'Another tool replied',
    "Blotato's own automation replies to this already.",
  ),
  awaiting_approval: words(
    'warn',
    'Waits for approval',
    'The reply is written and waits until you approve it.',
  ),
  approval_expired: words('warn', 'Approval came too late', 'Nobody approved the reply in time.'),
  superseded: words(
    'quiet',
    'Replied to later',
    'The person wrote again, and the rules replied to that instead.',
  ),
  dropped: words('quiet', 'Draft dropped', 'A person decided that this reply is not sent.'),
  unsure: words('quiet', 'Not sure enough', 'The text is close to a rule, but not close enough.'),
  ambiguous: words('quiet', 'Two rules fit', 'Two rules fit equally well, so neither replied.'),
  silent: words('quiet', 'Needs no reply', 'A rule says that this needs no reply.'),
} as const satisfies Record<Reason, Words> & Record<string, Words>;

/** Codes of all reasons, for filters. */
export const REASONS: readonly string[] = Object.keys(REASON_WORDS);

const UNDECIDED = words('quiet', 'Not decided yet', 'This was read and will be decided in a moment.');

/**
 * The text of a reason, or of null for an event that is not decided yet. A code of a newer release is shown
 * unchanged.
 */
export function wordsFor(reason: string | null): Words {
  if (reason === null) return UNDECIDED;
  const known: Readonly<Record<string, Words>> = REASON_WORDS;
  return known[reason] ?? words('warn', reason.replaceAll('_', ' '), '');
}

/** The kind of a count: replied, handled, or would have replied. */
export const ANSWERED: ReadonlySet<string> = new Set(['replied', 'acted', 'queued', 'shadow']);

const LABELS: Readonly<Record<string, string>> = {
  // Labels of actions.
  reply: 'Reply',
  private_reply: 'Private reply',
  comment_reply: 'Public reply',
  // Labels of the states of a send.
  awaiting_approval: 'Waits for approval',
  pending: 'Waiting',
  sending: 'Sending',
  ambiguous: 'Checking whether it arrived',
  accepted: 'Accepted',
  sent: 'Sent',
  delivered: 'Delivered',
  failed: 'Not delivered',
  unknown_outcome: 'Perhaps delivered',
  stopped: 'Stopped by a guard',
  discarded: 'Given up',
  refused: 'Refused',
  // Labels of the outcomes of a funnel run.
  completed: 'came to the end',
  gave_up: 'gave no usable answer',
  timed_out: 'did not answer in time',
  interrupted: 'asked for something else',
  human: 'you took over',
  replaced: 'began another funnel',
  // Labels of platforms.
  instagram: 'Instagram',
  facebook: 'Facebook',
  twitter: 'X',
  bluesky: 'Bluesky',
};

/** Turns a code into a label: `private_reply` becomes `Private reply`. */
export function labelOf(code: string): string {
  return LABELS[code] ?? code.replaceAll('_', ' ');
}

const ACTS: Readonly<Record<AuditAction, string>> = {
  draft_approve: 'approved the draft',
  draft_edit: 'edited the draft',
  draft_drop: 'dropped the draft',
  reply: 'replied by hand',
  pause: 'paused automatic replies',
  resume: 'ended the pause',
  handoff_done: 'closed the handoff',
  outbox_retry: 'sent it again',
  outbox_discard: 'gave the reply up',
  webhook_retry: 'sent the webhook again',
  webhook_discard: 'gave the webhook up',
  label: 'judged what a rule would reply',
  rule_edit: 'changed a rule file',
  forget: 'deleted a person',
};

/** An action of the audit trail, after the name of the person. */
export function actOf(action: AuditAction): string {
  return ACTS[action];
}

/** The cause of a loss in a funnel: the reason of a refused message, or the outcome of the run. */
export function lossOf(code: string): string {
  if (code === 'stopped') return 'opted out';
  return code in REASON_WORDS ? wordsFor(code).label : labelOf(code);
}

/** Reasons of sends for which a retry is pointless: the platform would refuse the same text again. */
const HOPELESS: ReadonlySet<string> = new Set([
  'private_reply_used',
  'window_closed',
  'platform_cannot_send',
  'too_long',
  'opted_out',
]);

export function canSendAgain({
  reason,
  text,
}: {
  readonly reason: string | null;
  readonly text: string;
}): boolean {
  return text !== '' && !(reason !== null && HOPELESS.has(reason));
}

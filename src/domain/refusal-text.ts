import { REASONS, type Reason } from './reason.js';

/** Fixes for the person whose reply by hand or approval was refused; other reasons are explained in a page of the docs. */
const FIXES: Partial<Readonly<Record<Reason, string>>> = {
  window_closed: "reply in the platform's app, or wait until the contact writes again",
  platform_cannot_send: "reply in the platform's app",
  private_reply_used: 'reply in public, or in the conversation once the contact has written',
  template_error: 'give the text with --text',
  too_long: 'shorten the text',
  human_active: 'read the conversation; `autoresponder resume --contact ID` ends the pause',
  other_automation: 'read the conversation, and drop the draft if the automation replied to it',
  paused: '`autoresponder status` lists the command that ends the pause',
  opted_out: 'drop the draft; the opt-out ends when the contact writes `start`',
  per_contact_limit: 'wait, or reply by hand',
  cooldown: 'wait, or reply by hand',
  approval_expired: 'reply by hand if the contact still waits',
  superseded: 'read the newer message; its own draft is in `autoresponder drafts list`',
  failed: 'take the numbers from `autoresponder drafts list`',
};

/** The refusal of a person's command in words, with its fix. */
export function refusalText(reason: Reason, detail: string): string {
  const text = `${REASONS[reason]} (${detail})`;
  if (detail.includes('fix: ')) return text;
  return `${text}; fix: ${FIXES[reason] ?? `see \`${reason}\` in docs/why-no-answer.md of the package`}`;
}

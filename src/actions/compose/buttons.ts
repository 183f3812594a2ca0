import { type Button, isButtonUrl, linesOf, withLinks } from '../../domain/button.js';
import type { AccountConfig } from '../../domain/config.js';
import { PLATFORM_TABLE, tooLong } from '../../domain/platforms.js';
import type { ActionType } from '../../domain/rule.js';
import type { Rendered } from './same-for-all.js';

export type RenderedButtons =
  { readonly ok: true; readonly buttons: readonly Button[] } | { readonly ok: false; readonly error: string };

/** Renders the buttons of a message. */
export function renderButtons(
  buttons: readonly Button[],
  render: (template: string) => Rendered,
): RenderedButtons {
  const rendered: Button[] = [];
  for (const button of buttons) {
    const title = render(button.title);
    if (!title.ok) return { ok: false, error: `buttons: title: ${title.error}` };
    const url = render(button.url);
    if (!url.ok) return { ok: false, error: `buttons: url: ${url.error}` };
    if (!isButtonUrl(url.text))
      return { ok: false, error: 'buttons: url: the address does not begin with https://' };
    rendered.push({ title: title.text.replaceAll('\n', ' '), url: url.text });
  }
  return { ok: true, buttons: rendered };
}

/** The end of a text in place of its buttons; empty without buttons. */
export function linksAfter(buttons: readonly Button[]): string {
  return buttons.length === 0 ? '' : `\n${linesOf(buttons).join('\n')}`;
}

/**
 * True if the account may send these buttons with the text. The text needs room for the links as well, in case the
 * API refuses the buttons.
 */
export function fitsButtons(
  buttons: readonly Button[],
  text: string,
  {
    account,
    type,
  }: { readonly account: Pick<AccountConfig, 'platform' | 'buttons'>; readonly type: ActionType },
): boolean {
  const limits = PLATFORM_TABLE[account.platform].buttons;
  if (buttons.length === 0 || limits === null || account.buttons === 'never' || type === 'comment_reply')
    return false;
  return (
    buttons.every(({ title }) => Array.from(title).length <= limits.titleMost) &&
    Array.from(text).length <= limits.textMost &&
    tooLong(account.platform, type, withLinks(text, buttons)) === null
  );
}

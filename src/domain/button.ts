/** A link button under a direct message. In rules both are templates. */
export interface Button {
  readonly title: string;
  readonly url: string;
}

/** Number of buttons that a message may have. */
export const MOST_BUTTONS = 3;

/** The text with its buttons as plain links under it. */
export function withLinks(text: string, buttons: readonly Button[]): string {
  return [text, ...linesOf(buttons)].join('\n');
}

/** Links that follow a text in place of buttons. */
export function linesOf(buttons: readonly Button[]): readonly string[] {
  return buttons.map(({ title, url }) => `${title}: ${url}`);
}

/** True for an address that a button may open. */
export function isButtonUrl(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === 'https:';
}

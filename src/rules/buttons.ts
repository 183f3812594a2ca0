import { z } from 'zod';
import { type Button, isButtonUrl, MOST_BUTTONS } from '../domain/button.js';
import { PLATFORM_TABLE } from '../domain/platforms.js';
import type { Path } from '../yaml/source.js';
import { section } from '../yaml/shape.js';
import { text } from '../yaml/values.js';

export const buttonsSchema = z
  .array(
    section({
      title: text().max(200).describe('The words on the button, 20 characters at most; a template.'),
      url: text().max(2_000).describe('The address that it opens; begins with https://. A template.'),
    }),
  )
  .min(1)
  .max(MOST_BUTTONS)
  .describe('Link buttons under the message, 1 to 3; plain links where they are not possible.');

const TEMPLATE = /\{[{%]/u;
const LONGEST_TITLE = Math.max(
  ...Object.values(PLATFORM_TABLE).map(({ buttons }) => buttons?.titleMost ?? 0),
);

/** Reports buttons that can never be sent as such. */
export function checkButtons(
  buttons: readonly Button[],
  path: Path,
  parts: {
    readonly report: (path: Path, problem: { code: string; message: string; fix: string }) => void;
    readonly checkText: (path: Path, text: string) => void;
  },
): void {
  for (const [index, { title, url }] of buttons.entries()) {
    const at = [...path, index];
    parts.checkText([...at, 'title'], title);
    parts.checkText([...at, 'url'], url);
    const { length } = Array.from(title);
    if (!TEMPLATE.test(title) && length > LONGEST_TITLE) {
      const message = `title: ${length} characters, and a button has ${LONGEST_TITLE} at most`;
      parts.report([...at, 'title'], { code: 'button', message, fix: 'Shorten it.' });
    }
    // `{{ account.vars.site }}/guide` is only known at sending.
    const isKnown = !TEMPLATE.test(url.slice(0, 'https://x'.length));
    const bare = url.replace(/\{\{.*?\}\}|\{%.*?%\}/gsu, 'x');
    if (isKnown && !isButtonUrl(bare)) {
      const message = 'url: the address of a button begins with https://';
      parts.report([...at, 'url'], { code: 'button', message, fix: 'Write https://….' });
    }
  }
}

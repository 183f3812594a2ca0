import type { Automation } from './automation.js';
import type { EventKind } from './event.js';
import { isSameText } from './same-text.js';

/** Values that an automation fills in, such as `{{first_name}}`. */
const VALUE = /\{\{?[^{}]*\}\}?/u;
/**
 * Minimum number of letters besides the values: a text of little more than values would match what a human
 * writes.
 */
const LEAST_LETTERS = 12;

/** True if the text is one that the automation sends, whatever values it filled in. */
export function isAutomationText({ texts = [] }: Pick<Automation, 'texts'>, text: string): boolean {
  return texts.some((each) => isSameText(each, text) || isFilledIn(each, text));
}

function isFilledIn(template: string, text: string): boolean {
  const parts = template.split(VALUE);
  if (parts.length === 1 || parts.join('').trim().length < LEAST_LETTERS) return false;
  const [first = '', last = ''] = [parts[0], parts.at(-1)];
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let from = 0;
  for (const part of parts) {
    const found = text.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return true;
}

/** A message or comment of a contact. */
interface Start {
  readonly kind: EventKind;
  readonly text: string;
  readonly postId: string | null;
  readonly platformPostId: string | null;
}

/** True if a keyword of the automation starts it. Blotato matches keywords as case-sensitive substrings. */
export function startsOn({ triggers }: Pick<Automation, 'triggers'>, start: Start): boolean {
  return triggers.some(
    ({ on, postId, keywords }) =>
      on === start.kind &&
      (postId === null || postId === start.postId || postId === start.platformPostId) &&
      keywords.some((keyword) => start.text.includes(keyword)),
  );
}

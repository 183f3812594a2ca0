// What a contact wrote, read as the answer to a question.
import type { Expected } from '../domain/funnel.js';
import { choiceIn } from './answers/choice.js';
import { emailIn } from './answers/email.js';
import { numberIn } from './answers/number.js';
import { phoneIn } from './answers/phone.js';
import { compileRegex } from './text/regex.js';
import { plain } from './text/normalise.js';

const LONGEST_ANSWER = 1_000;

/** True for a message that holds no word and no sign: a picture, a sticker, a voice message. It answers no question. */
export function isWordless(text: string): boolean {
  return plain(text).trim() === '';
}

/** The answer that a text gives, as it is saved; null when it gives none. Linear in the text, whatever it is. */
export async function answerIn(text: string, expected: Expected): Promise<string | null> {
  if (isWordless(text)) return null;
  switch (expected.kind) {
    case 'email':
      return emailIn(text);
    case 'phone':
      return phoneIn(text, expected.country);
    case 'number':
      return numberIn(text);
    case 'choice':
      return choiceIn(text, expected.choices);
    case 'regex':
      return found(text, expected.pattern);
    case 'any':
      return cut(text.trim());
  }
}

/** The group `answer`, or else the first that took part, or else the whole text. */
function found(text: string, written: string): string | null {
  const regex = compileRegex(written, { caseSensitive: false });
  const hit = regex.ok ? regex.find(text) : null;
  return hit && cut(hit.groups['answer'] ?? Object.values(hit.groups)[0] ?? text.trim());
}

function cut(answer: string): string {
  return Array.from(answer).slice(0, LONGEST_ANSWER).join('');
}

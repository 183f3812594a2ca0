// Parses a message as the answer to a question of a funnel.
import type { Expected } from '../domain/funnel.js';
import { choiceIn } from './answers/choice.js';
import { emailIn } from './answers/email.js';
import { numberIn } from './answers/number.js';
import { phoneIn } from './answers/phone.js';
import { compileRegex } from './text/regex.js';
import { plain } from './text/normalise.js';

const LONGEST_ANSWER = 1_000;

/**
 * True for a message without any word or sign: a picture, a sticker, a voice message. It does not count as an
 * answer.
 */
export function isWordless(text: string): boolean {
  return plain(text).trim() === '';
}

/**
 * The answer found in a text, in the form to be saved; null if the text has no answer. Takes linear time for
 * any text. `meant` returns the rules whose examples the text surely resembles.
 */
export async function answerIn(
  text: string,
  expected: Expected,
  meant: () => readonly string[] = () => [],
): Promise<string | null> {
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
    case 'meaning':
      return meant().find((rule) => expected.rules.includes(rule)) ?? null;
    case 'any':
      return cut(text.trim());
  }
}

/** The group `answer`, else the first group that matched, else the whole text. */
function found(text: string, written: string): string | null {
  const regex = compileRegex(written, { caseSensitive: false });
  const hit = regex.ok ? regex.find(text) : null;
  return hit && cut(hit.groups['answer'] ?? Object.values(hit.groups)[0] ?? text.trim());
}

function cut(answer: string): string {
  return Array.from(answer).slice(0, LONGEST_ANSWER).join('');
}

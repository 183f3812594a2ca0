import type { OptOutConfig } from '../../domain/config.js';
import { fold } from '../../engine/text/normalise.js';
const EDGES = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu;

/**
 * What a message says about the contact's will: the whole message is one of the words, whatever stands around it
 * (`STOP!`, `"stop"`). Null for any other message, and always when opt-outs are turned off.
 */
export function willOf(text: string, config: OptOutConfig | null): 'stop' | 'start' | null {
  if (!config) return null;
  const said = fold(text).replace(EDGES, '');
  if (said === 'start') return 'start';
  return config.keywords.some((keyword) => fold(keyword) === said) ? 'stop' : null;
}

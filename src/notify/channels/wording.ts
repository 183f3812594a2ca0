import { formatInstant } from '../../domain/time.js';
import { plain } from '../../domain/terminal.js';
import type { LinkedNotice } from '../../domain/notice.js';

/** Limit of one part of a message; services count characters, and UTF-16 units are never fewer. */
type Length = number;

const MORE = '…';
const ADDRESS = /https?:\/\/[^\s<>"'`|\\]+/gu;
/** Invisible and without width: takes the meaning from the sign before it. */
const BREAK = '\u{200b}';

/** A notice in lines: what happened, what to do about it. Without the link, which each service writes its own way. */
export function linesOf({ at, text, fix }: LinkedNotice): string {
  return `${formatInstant(at)} ${plain(text)}\n${plain(fix)}`;
}

/** The first characters of a text, without half a character at its end. */
export function shortened(text: string, most: Length): string {
  if (text.length <= most) return text;
  const kept = text.slice(0, most - MORE.length);
  return `${/[\uD800-\uDBFF]$/u.test(kept) ? kept.slice(0, -1) : kept}${MORE}`;
}

/** A text with its addresses written by one function and all the rest by another. */
export function woven(
  text: string,
  write: { readonly address: (url: string) => string; readonly rest: (text: string) => string },
): string {
  let written = '';
  let from = 0;
  for (const { 0: url, index } of text.matchAll(ADDRESS)) {
    written += write.rest(text.slice(from, index)) + write.address(url);
    from = index + url.length;
  }
  return written + write.rest(text.slice(from));
}

/** Takes the meaning of a mention or hashtag from `@` and `#`, in a way that no reader sees. */
export function withoutMentions(text: string): string {
  return text.replace(/[@#]/gu, (sign) => sign + BREAK);
}

/** Takes the meaning of a command from a `/` at the beginning of a word. */
export function withoutCommands(text: string): string {
  return text.replace(/(?<=^|\s)\//gmu, `/${BREAK}`);
}

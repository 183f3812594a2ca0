/** Pattern of a control character. */
const CONTROL = /\p{Cc}/u;
/** Characters that break a line or reverse its direction. */
const ORDER = /[\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/u;
/** Bold, dim and colours, as used by our own output. */
const COLOUR = /\u001b\[\d{1,2}m/u;
const UNSAFE = new RegExp(`${CONTROL.source}|${ORDER.source}`, 'gu');
const COLOUR_OR_CONTROL = new RegExp(`${COLOUR.source}|(?![\\n\\t])${CONTROL.source}`, 'gu');
/** Usual in texts of people: a space stands for them. */
const LINE_BREAKS = /[\t\r\n]+/gu;
const UNESCAPED = /[\u007f-\u009f]/gu;
/** Control characters that no text needs: all of C0 but tab and line ends, and DEL. */
const NOT_TEXT = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/u;
const SHOWN_INSTEAD = '\u{fffd}';

/** Makes a foreign text safe in one line of output: it cannot move the cursor, set colours or fake a line. */
export function plain(text: string): string {
  return text.replace(LINE_BREAKS, ' ').replace(UNSAFE, SHOWN_INSTEAD);
}

/**
 * Makes several lines of output safe and keeps our own colours: any other control character is replaced by a
 * visible one.
 */
export function forTerminal(lines: string): string {
  return lines.replace(COLOUR_OR_CONTROL, (found) => (found.length > 1 ? found : SHOWN_INSTEAD));
}

/**
 * JSON with the control characters escaped that JSON.stringify leaves as they are: DEL and the C1 controls.
 */
export function jsonForTerminal(json: string): string {
  return json.replace(UNESCAPED, (sign) => `\\u00${(sign.codePointAt(0) ?? 0).toString(16)}`);
}

/** The first control character of a text that no text needs, such as `U+0000`; otherwise null. */
export function controlSign(text: string): string | null {
  const [found] = NOT_TEXT.exec(text) ?? [];
  return found === undefined ? null : codeOf(found);
}

/** Position of the first control character that no text needs; otherwise -1. */
export function controlIn(text: string): number {
  return text.search(NOT_TEXT);
}

/** Name of a character: `U+0000`. */
export function codeOf(sign: string): string {
  return `U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

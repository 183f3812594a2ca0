/** What a terminal obeys. */
const CONTROL = /\p{Cc}/u;
/** What breaks a line or turns it around. */
const ORDER = /[\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/u;
/** Bold, dim and colours, as our own output has them. */
const COLOUR = /\u001b\[\d{1,2}m/u;
const UNSAFE = new RegExp(`${CONTROL.source}|${ORDER.source}`, 'gu');
const COLOUR_OR_CONTROL = new RegExp(`${COLOUR.source}|(?![\\n\\t])${CONTROL.source}`, 'gu');
const UNESCAPED = /[\u007f-\u009f]/gu;
const SHOWN_INSTEAD = '\u{fffd}';

/** A text of somebody else in one line of ours: nothing in it moves the cursor, paints or forges a line. */
export function plain(text: string): string {
  return text.replace(UNSAFE, SHOWN_INSTEAD);
}

/** Lines of ours with their colours: everything else that a terminal would obey is shown as a sign. */
export function forTerminal(lines: string): string {
  return lines.replace(COLOUR_OR_CONTROL, (found) => (found.length > 1 ? found : SHOWN_INSTEAD));
}

/** JSON with the controls escaped that JSON.stringify leaves as they are: DEL, and those of 8 bits. */
export function jsonForTerminal(json: string): string {
  return json.replace(UNESCAPED, (sign) => `\\u00${(sign.codePointAt(0) ?? 0).toString(16)}`);
}

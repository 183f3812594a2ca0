/** Control characters, except line ends, and lone surrogates. */
const CONTROL = /[^\P{Cc}\n]|\p{Cs}/u;
const CONTROLS = /[^\P{Cc}\n]|\p{Cs}/gu;

/** The text as it is sent: with line ends as `\n`, tabs as spaces, without other control characters, trimmed. */
export function printable(raw: string): string {
  if (!CONTROL.test(raw)) return raw.trim();
  const lines = raw.replace(/\r\n?/gu, '\n').replaceAll('\t', ' ');
  return lines.replace(CONTROLS, '').trim();
}

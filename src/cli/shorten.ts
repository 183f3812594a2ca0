/** Shortens to one line without control characters, so that a message cannot manipulate the terminal. */
export function shorten(text: string, most: number): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  const units = Array.from(line);
  return units.length <= most ? line : `${units.slice(0, most - 1).join('')}…`;
}

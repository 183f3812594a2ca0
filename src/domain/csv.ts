/**
 * Cells that a spreadsheet would read as a formula, also with full-width signs and after a line feed (OWASP,
 * CSV injection, read 2026); a phone number with its plus is not one.
 */
const FORMULA = /^(?:[=@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]|[+-](?![\d\s().-]*$))/u;
/** Control characters for terminals. A cell may have several lines. */
const CONTROL = /(?![\t\r\n])\p{Cc}/gu;

/**
 * A line of CSV (RFC 4180, without the line end). A text from a contact may start like a formula: such a cell
 * is prefixed with an apostrophe, so that a spreadsheet shows it and does not evaluate it.
 */
export function csvLine(cells: readonly string[]): string {
  return cells.map(cell).join(',');
}

function cell(text: string): string {
  const plain = text.replace(CONTROL, '');
  const safe = FORMULA.test(plain) ? `'${plain}` : plain;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * A cell that a spreadsheet would take for a formula, full-width signs and a line feed before it included (OWASP, CSV
 * injection, read 2026); a telephone number with its plus is none.
 */
const FORMULA = /^(?:[=@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]|[+-](?![\d\s().-]*$))/u;
/** What a terminal would obey. A cell may have several lines. */
const CONTROL = /(?![\t\r\n])\p{Cc}/gu;

/**
 * A line of CSV (RFC 4180, with the line end left to the caller). What a contact wrote may begin like a formula: such a
 * cell gets an apostrophe before it, so that a spreadsheet shows it and calculates nothing.
 */
export function csvLine(cells: readonly string[]): string {
  return cells.map(cell).join(',');
}

function cell(text: string): string {
  const plain = text.replace(CONTROL, '');
  const safe = FORMULA.test(plain) ? `'${plain}` : plain;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

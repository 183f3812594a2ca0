/** A cell that a spreadsheet would take for a formula; a telephone number with its plus is none. */
const FORMULA = /^(?:[=@\t\r]|[+-](?![\d\s().-]*$))/u;

/**
 * A line of CSV (RFC 4180, with the line end left to the caller). What a contact wrote may begin like a formula: such a
 * cell gets an apostrophe before it, so that a spreadsheet shows it and calculates nothing.
 */
export function csvLine(cells: readonly string[]): string {
  return cells.map(cell).join(',');
}

function cell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

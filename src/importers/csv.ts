import { CsvError, parse } from 'csv-parse/sync';
import { ImportError, type SourceFile } from './imported.js';

export interface Row {
  /** Line of the file on which the row ends, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

const DELIMITERS = [',', ';', '\t', '|'] as const;
const MOST_ROWS = 100_000;
/** Maximum number of characters of a cell: more than any text that can be sent. */
const LONGEST_CELL = 20_000;
/** Maximum number of characters of a row; the end of a quoted cell must be found within them. */
const LONGEST_ROW = 1_000_000;

interface Info {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/**
 * Parses the rows of a CSV file (RFC 4180; also with semicolons, as German and French spreadsheet programs
 * write it, tabs or bars). The delimiter is the one by which the first row has the most cells that `isHeader`
 * knows. Throws ImportError with the line for a broken file, too many rows, or a cell that is too long.
 */
export function readCsv(file: SourceFile, isHeader: (cell: string) => boolean): readonly Row[] {
  const [first = ''] = file.text.split(/\r?\n/u, 1);
  const score = (delimiter: string): number => {
    try {
      const [header] = rowsOf({ ...file, text: first }, delimiter);
      return header?.cells.filter(isHeader).length ?? 0;
    } catch {
      return 0;
    }
  };
  const [best] = [...DELIMITERS].sort((a, b) => score(b) - score(a));
  const rows = rowsOf(file, best ?? ',');
  for (const { line, cells } of rows) {
    const long = cells.findIndex((cell) => cell.length > LONGEST_CELL);
    if (long < 0) continue;
    throw new ImportError(
      `${file.name}:${line}`,
      `cell ${long + 1} has ${cells[long]?.length ?? 0} characters, but at most ${LONGEST_CELL} are read`,
      'Shorten it, or look for a quotation mark that is not closed.',
    );
  }
  return rows;
}

function rowsOf({ name, text }: SourceFile, delimiter: string): readonly Row[] {
  try {
    const records = parse(text, {
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      max_record_size: LONGEST_ROW,
      trim: true,
      to: MOST_ROWS + 2,
    }) as unknown as readonly Info[];
    if (records.length > MOST_ROWS + 1) {
      throw new ImportError(name, `has more than ${MOST_ROWS} rows`, 'Split it.');
    }
    return records.map(({ record, info }) => ({ line: info.lines, cells: record }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error['lines'] === 'number' ? error['lines'] : 1;
    throw new ImportError(
      `${name}:${line}`,
      error.message,
      'Put a cell with quotation marks in quotation marks, and write each of those twice: "say ""hello""".',
    );
  }
}

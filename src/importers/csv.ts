import { CsvError, parse } from 'csv-parse/sync';
import { LIMITS } from '../domain/limits.js';
import { ImportError, type SourceFile } from './imported.js';

export interface Row {
  /** Number of the row as spreadsheets show it, from 1; a cell with line breaks is in one row. */
  readonly row: number;
  readonly cells: readonly string[];
}

export interface CsvLimits {
  readonly rows: number;
}

const DELIMITERS = [',', ';', '\t', '|'] as const;
const MOST_COLUMNS = 1_000;
/** Maximum number of characters of a cell: more than any text that can be sent. */
const LONGEST_CELL = 20_000;
/** Maximum number of characters of a row; the end of a quoted cell must be found within them. */
const LONGEST_ROW = 1_000_000;
/** A first line with which Excel declares the delimiter; it does not show the line. */
const DECLARED = /^"?sep=(?<delimiter>[,;\t|])"?(?:\r\n?|\n)/iu;
const LONGEST_MESSAGE = 200;

/**
 * Parses the rows of a CSV file (RFC 4180; also with semicolons, as German and French spreadsheet programs
 * write it, tabs or bars), without empty ones. The delimiter is the one by which the first row has the most
 * cells that `isHeader` knows. Throws ImportError with the row for a broken file, too many rows, or a cell
 * that is too long.
 */
export function readCsv(
  { name, text }: SourceFile,
  isHeader: (cell: string) => boolean,
  { rows: mostRows }: CsvLimits = { rows: LIMITS.importedRules },
): readonly Row[] {
  const declared = DECLARED.exec(text);
  const file = { name, text: text.slice(declared?.[0].length ?? 0) };
  const delimiter = declared?.groups?.['delimiter'] ?? delimiterOf(file, isHeader);
  const rows = rowsOf(file, delimiter, mostRows);
  for (const { row, cells } of rows) {
    if (cells.length > MOST_COLUMNS) {
      throw new ImportError(
        `${name}:${row}`,
        `has ${cells.length} columns, but at most ${MOST_COLUMNS} are read`,
        'Remove those that are empty.',
      );
    }
    const long = cells.findIndex((cell) => cell.length > LONGEST_CELL);
    if (long < 0) continue;
    throw new ImportError(
      `${name}:${row}:${long + 1}`,
      `the cell has ${cells[long]?.length ?? 0} characters, but at most ${LONGEST_CELL} are read`,
      'Shorten it, or look for a quotation mark that is not closed.',
    );
  }
  return rows;
}

function delimiterOf(file: SourceFile, isHeader: (cell: string) => boolean): string {
  const [first = ''] = file.text.slice(0, LONGEST_CELL).split(/\r\n?|\n/u, 1);
  const score = (delimiter: string): number => {
    try {
      const [header] = rowsOf({ ...file, text: first }, delimiter, 1);
      return header?.cells.filter(isHeader).length ?? 0;
    } catch {
      return 0;
    }
  };
  const [best] = DELIMITERS.map((delimiter) => ({ delimiter, score: score(delimiter) })).sort(
    (a, b) => b.score - a.score,
  );
  return best?.delimiter ?? ',';
}

function rowsOf({ name, text }: SourceFile, delimiter: string, mostRows: number): readonly Row[] {
  try {
    const records: readonly (readonly string[])[] = parse(text, {
      delimiter,
      relax_column_count: true,
      max_record_size: LONGEST_ROW,
      trim: true,
      to: mostRows + 2,
    });
    if (records.length > mostRows + 1) {
      throw new ImportError(`${name}:${mostRows + 2}`, `has more than ${mostRows} rows`, 'Split it.');
    }
    return records.flatMap((cells, index) =>
      cells.every((cell) => cell === '') ? [] : [{ row: index + 1, cells }],
    );
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new ImportError(
      `${name}:${1 + numberOf(error['records'])}:${1 + numberOf(error['column'])}`,
      error.message.slice(0, LONGEST_MESSAGE),
      'Put a cell with quotation marks in quotation marks, and write each of those twice: "say ""hello""".',
    );
  }
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

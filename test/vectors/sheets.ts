import { readFileSync } from 'node:fs';

/** The sheet of all vectors, as its staff typed it. */
export const SHEET: readonly (readonly string[])[] = [
  ['Frage', 'Stichwörter', 'Antwort', 'Plattform', 'Priorität', 'Aktiv'],
  ['Was kostet der Versand?', 'Versand; Porto', '4,90 € – ab 50 € frei, „sofort“', 'instagram', '10', 'ja'],
  ['', 'Öffnungszeiten, geöffnet', 'Mo–Fr 9–18 Uhr\nSa 10–14 Uhr', '', '', 'WAHR'],
  ['', 'Größe', 'Größe "M" passt meist; sonst tauschen', '', '5', 'ja'],
  ['', 'Rückgabe', '30 Tage', '', '', 'nein'],
];

interface Written {
  readonly delimiter: string;
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
  readonly hasMark?: boolean;
  /** Text before the first row. */
  readonly first?: string;
  readonly lineEnd?: string;
  readonly rows?: readonly (readonly string[])[];
}

/**
 * Writes a sheet as Excel does: rows end with CR LF and lines in a cell with LF, and a cell is in quotes only if it has
 * a delimiter, a quote or a line end. A German Excel separates by the list separator of Windows, a semicolon, in "CSV
 * (Trennzeichen-getrennt)" (code page 1252) and "CSV UTF-8" (with a byte order mark), and by tabs in "Unicode-Text"
 * (UTF-16LE with a byte order mark).
 */
function asExcel({
  delimiter,
  encoding,
  hasMark = false,
  first = '',
  lineEnd = '\r\n',
  rows = SHEET,
}: Written): Uint8Array {
  const cell = (text: string): string =>
    text.includes(delimiter) || /["\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const lines = rows.map((row) => row.map(cell).join(delimiter) + lineEnd);
  return encoded(`${hasMark ? '\u{feff}' : ''}${first}${lines.join('')}`, encoding);
}

/** The signs of Windows-1252 that the sheet has and Latin-1 does not. */
const WINDOWS: Readonly<Record<string, number>> = { '€': 0x80, '–': 0x96, '„': 0x84, '“': 0x93 };

function encoded(text: string, encoding: Written['encoding']): Uint8Array {
  if (encoding === 'utf-8') return Buffer.from(text, 'utf8');
  if (encoding === 'windows-1252')
    return Uint8Array.from(text, (sign) => WINDOWS[sign] ?? sign.charCodeAt(0));
  const bytes = Buffer.from(text, 'utf16le');
  return encoding === 'utf-16le' ? bytes : bytes.swap16();
}

const fixture = (name: string): Uint8Array =>
  readFileSync(new URL(`../importers/fixtures/sheets/${name}`, import.meta.url));

const EMPTY = SHEET[0]?.map(() => '') ?? [];
const WIDER = [...SHEET, EMPTY, EMPTY].map((row) => [...row, '', '']);

/** One sheet, as programs save it. All are read at once, as the same table. */
export const SHEETS: readonly (readonly [how: string, bytes: Uint8Array])[] = [
  ['LibreOffice 7.4.7, UTF-8', fixture('libreoffice-utf8.csv')],
  ['LibreOffice 7.4.7, Windows-1252 with semicolons', fixture('libreoffice-windows.csv')],
  ['LibreOffice 7.4.7, UTF-16 with tabs', fixture('libreoffice-utf16.csv')],
  ['German Excel, CSV (Trennzeichen-getrennt)', asExcel({ delimiter: ';', encoding: 'windows-1252' })],
  ['German Excel, CSV UTF-8', asExcel({ delimiter: ';', encoding: 'utf-8', hasMark: true })],
  ['German Excel, Unicode-Text', asExcel({ delimiter: '\t', encoding: 'utf-16le', hasMark: true })],
  ['American Excel, CSV (Comma delimited)', asExcel({ delimiter: ',', encoding: 'windows-1252' })],
  ['American Excel, CSV UTF-8', asExcel({ delimiter: ',', encoding: 'utf-8', hasMark: true })],
  [
    'Excel for Mac, rows that end with CR',
    asExcel({ delimiter: ';', encoding: 'utf-8', hasMark: true, lineEnd: '\r' }),
  ],
  [
    'a script, sep=; in Windows-1252',
    asExcel({ delimiter: ';', encoding: 'windows-1252', first: 'sep=;\r\n' }),
  ],
  [
    'a script, sep=; behind a byte order mark',
    asExcel({ delimiter: ';', encoding: 'utf-8', hasMark: true, first: 'sep=;\r\n' }),
  ],
  [
    'a script, "sep=|" in UTF-16',
    asExcel({ delimiter: '|', encoding: 'utf-16le', hasMark: true, first: '"sep=|"\r\n' }),
  ],
  ['UTF-16, big end first', asExcel({ delimiter: '\t', encoding: 'utf-16be', hasMark: true })],
  [
    'German Excel, with empty rows and columns',
    asExcel({ delimiter: ';', encoding: 'windows-1252', rows: WIDER }),
  ],
];

import { createHash } from 'node:crypto';
import { type EventKind, type Platform, PLATFORMS } from '../domain/event.js';
import {
  FAQ_COLUMNS,
  type FaqColumn as Column,
  type FaqProblem,
  type FaqRow,
  type FaqTable,
} from '../domain/faq.js';
import { type CsvLimits, readCsv, type Row } from './csv.js';
import { idOf, ImportError, type KnownAccount, type SourceFile } from './imported.js';

/** The spellings of a column's name, in lower case and without marks and punctuation. */
const SPELLINGS: Readonly<Record<Column, string>> = {
  key: 'key id name title schlussel titel cle clave',
  question:
    'question questions q ask asks pattern patterns phrase phrases example examples utterance utterances frage fragen pregunta preguntas pergunta perguntas domanda domande',
  keywords:
    'keywords keyword trigger triggers word words stichwort stichworte stichworter schlagwort schlagworte schlagworter schlusselworter motcle motscles palabraclave palabrasclave palavrachave palavraschave parolachiave parolechiave',
  answer:
    'answer answers a reply replies response responses text antwort texto texte testo antworten reponse reponses respuesta respuestas resposta respostas risposta risposte',
  on: 'on kind type art',
  platform:
    'platform platforms channel channels network plattform plattformen kanal plateforme plataforma piattaforma',
  account: 'account accounts page konto konten compte cuenta conta',
  language: 'language lang locale sprache langue idioma lingua',
  tags: 'tag tags label labels category categories kategorie categorie categoria etiqueta etiquetas etiquette etiquettes',
  priority: 'priority prio rank prioritat priorite prioridad prioridade priorita',
  enabled: 'enabled active activated status aktiv aktiviert actif active activo activado ativo attivo',
};
const COLUMN_OF = new Map(
  FAQ_COLUMNS.flatMap((column) => SPELLINGS[column].split(' ').map((word) => [word, column] as const)),
);

function columnOf(cell: string): Column | null {
  const name = cell
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]/gu, '');
  return COLUMN_OF.get(name) ?? null;
}

/**
 * Parses a FAQ table in CSV. Columns are found by name, in any order and in several languages; a row needs an
 * answer, and a question or keywords. Throws ImportError with the place of the first error.
 */
export function readFaq(file: SourceFile, accounts: readonly KnownAccount[]): readonly FaqRow[] {
  const { rows, problems } = parseFaq(file, accounts);
  const [first, ...more] = problems;
  if (first === undefined) return rows;
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
  const place = `${file.name}:${first.row}:${first.column}`;
  throw new ImportError(place, `${first.message}${others}`, first.fix);
}

/**
 * Parses a FAQ table in CSV, with the errors of all its rows. Throws ImportError for a file that is no table.
 */
export function parseFaq(file: SourceFile, accounts: readonly KnownAccount[], limits?: CsvLimits): FaqTable {
  const [header, ...rows] = readCsv(file, (cell) => columnOf(cell) !== null, limits);
  const columns = placesOf(header, file.name);
  const problems: FaqProblem[] = [];
  const read = rows.flatMap((row) => {
    const before = problems.length;
    const found = toFaqRow(row, { columns, accounts, problems });
    return problems.length === before ? [found] : [];
  });
  return { rows: read, columns, problems };
}

function placesOf(header: Row | undefined, file: string): ReadonlyMap<Column, number> {
  const places = new Map<Column, number>();
  for (const [n, cell] of (header?.cells ?? []).entries()) {
    const column = columnOf(cell);
    if (column === null) continue;
    if (places.has(column)) {
      throw new ImportError(
        `${file}:1:${n + 1}`,
        `two columns are read as ${column}, the second is ${quoted(cell)}`,
        'Rename or remove one of them.',
      );
    }
    places.set(column, n + 1);
  }
  if (places.has('answer') && (places.has('question') || places.has('keywords'))) return places;
  const seen = (header?.cells ?? []).slice(0, MOST_SHOWN).map(quoted).join(', ');
  throw new ImportError(
    `${file}:1:1`,
    `needs a column for answers, and one for questions or keywords; it has ${seen === '' ? 'none' : seen}`,
    `Name the columns in the first row, such as: ${FAQ_COLUMNS.join(', ')}.`,
  );
}

const MOST_SHOWN = 20;
const LONGEST_SHOWN = 60;

function quoted(cell: string): string {
  return `"${cell.length > LONGEST_SHOWN ? `${cell.slice(0, LONGEST_SHOWN)}…` : cell}"`;
}

/** The apostrophe that `export` writes before a cell that looks like a formula. */
const PREFIX = /^'(?=[=@+\-\uFF1D\uFF0B\uFF0D\uFF20])/u;
/** Pattern of a formula: a call of a function or of a program, or a reference to a cell. */
const FORMULA = /^(?:=\s*(?:[A-Za-z][A-Za-z0-9._]*\(|[+-]?\$?[A-Za-z]{1,3}\$?\d|\d+[+*/-])|[=@+-]\s*\w+\|)/u;
/** Texts that spreadsheet programs show and export for a formula that failed. */
const FAILED = /^#(?:REF!|NAME\?|N\/A|VALUE!|DIV\/0!|NULL!|NUM!|ERROR!|SPILL!)$/iu;

interface Reading {
  readonly columns: ReadonlyMap<Column, number>;
  readonly accounts: readonly KnownAccount[];
  readonly problems: FaqProblem[];
}

/** An error of one cell. */
class CellError extends Error {
  constructor(
    message: string,
    readonly fix: string,
  ) {
    super(message);
  }
}

function refuse(message: string, fix: string): never {
  throw new CellError(message, fix);
}

function toFaqRow({ row, cells }: Row, { columns, accounts, problems }: Reading): FaqRow {
  const note = (column: Column, message: string, fix: string): void =>
    void problems.push({ row, column: columns.get(column) ?? 1, message: `${column}: ${message}`, fix });
  const read = <T>(column: Column, parse: (cell: string) => T, otherwise: T): T => {
    const place = columns.get(column);
    try {
      return parse(place === undefined ? '' : (cells[place - 1] ?? ''));
    } catch (error) {
      if (!(error instanceof CellError)) throw error;
      note(column, error.message, error.fix);
      return otherwise;
    }
  };
  const questions = read('question', (cell) => partsOf(textOf(cell), /[\n|]/u), NONE);
  const keywords = read('keywords', (cell) => partsOf(textOf(cell), /[\n|;,]/u), NONE);
  const answer = read('answer', answerOf, '');
  if (questions !== NONE && keywords !== NONE && questions.length + keywords.length === 0) {
    note(
      columns.has('keywords') ? 'keywords' : 'question',
      columns.has('keywords') && columns.has('question') ? 'are empty, and so is the question' : 'is empty',
      'Write keywords, separated by commas, or a question.',
    );
  }
  const givenKey = read('key', (cell) => textOf(cell) || null, null);
  return {
    row,
    givenKey,
    key: keyOf(givenKey ?? keywords[0] ?? questions[0] ?? ''),
    questions,
    keywords,
    answer,
    on: read('on', kindOf, null),
    platforms: read('platform', (cell) => partsOf(cell, LIST).map(platformOf), []),
    accounts: read('account', (cell) => partsOf(cell, LIST).map((name) => accountOf(name, accounts)), []),
    language: read('language', (cell) => cell || null, null),
    tags: read('tags', (cell) => partsOf(textOf(cell), LIST), []),
    priority: read('priority', priorityOf, null),
    isEnabled: read('enabled', isEnabled, true),
  };
}

const NONE: readonly string[] = [];
const LIST = /[\n|;,]/u;

/** The text of a cell. Refuses a formula, which was meant to be calculated and not to be sent. */
function textOf(cell: string): string {
  if (FAILED.test(cell)) refuse(`${cell} is the error of a formula`, 'Correct the formula in the sheet.');
  if (FORMULA.test(cell)) {
    refuse(
      `${quoted(cell)} is a formula`,
      "Export the sheet with values; to send it as it is, write an apostrophe before it: '=…",
    );
  }
  return cell.replace(PREFIX, '');
}

function answerOf(cell: string): string {
  const answer = textOf(cell);
  return answer === '' ? refuse('is empty', 'Write the answer, or remove the row.') : answer;
}

/**
 * Derives a key from the words alone, not from the place of the row, so that a sorted table has the same
 * keys.
 */
function keyOf(words: string): string {
  return idOf(words, `row-${createHash('sha256').update(words).digest('hex').slice(0, 8)}`);
}

function partsOf(cell: string, separator: RegExp): readonly string[] {
  const parts = cell
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return [...new Set(parts)];
}

function kindOf(cell: string): EventKind | null {
  const kind = cell.toLowerCase();
  if (kind === '') return null;
  if (/^(?:messages?|dms?|nachricht|message privé|mensaje)$/u.test(kind)) return 'message';
  if (/^(?:comments?|kommentare?|commentaires?|comentarios?)$/u.test(kind)) return 'comment';
  return refuse(`${quoted(cell)} is neither message nor comment`, 'Write message or comment.');
}

const SHORT: Readonly<Record<string, Platform>> = {
  ig: 'instagram',
  insta: 'instagram',
  fb: 'facebook',
  x: 'twitter',
};

function platformOf(name: string): Platform {
  const lower = name.toLowerCase();
  const platform = PLATFORMS.find((each) => each === lower) ?? SHORT[lower];
  return platform ?? refuse(`${quoted(name)} is not a platform`, `Write one of: ${PLATFORMS.join(', ')}.`);
}

function accountOf(name: string, accounts: readonly KnownAccount[]): string {
  const known = accounts.find((each) => each.name === name || each.id === name);
  if (known) return known.name;
  const names = accounts.map((each) => each.name).join(', ');
  return refuse(`${quoted(name)} is not an account of the configuration`, `Write one of: ${names}.`);
}

function priorityOf(cell: string): number | null {
  if (cell === '') return null;
  const priority = Number(cell);
  if (Number.isSafeInteger(priority) && Math.abs(priority) <= 1_000_000) return priority;
  return refuse(`${quoted(cell)} is not a whole number`, 'Write a number such as 10; higher comes first.');
}

const YES = '1 true yes y on x enabled active ja wahr oui vrai si sí sim aktiv actif activo'.split(' ');
const NO = '0 false no n off disabled inactive nein falsch non faux nao não inaktiv inactif inactivo'.split(
  ' ',
);

function isEnabled(cell: string): boolean {
  const word = cell.toLowerCase();
  if (word === '' || YES.includes(word)) return true;
  return NO.includes(word) ? false : refuse(`${quoted(cell)} is neither yes nor no`, 'Write yes or no.');
}

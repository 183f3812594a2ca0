import { type EventKind, type Platform, PLATFORMS } from '../domain/event.js';
import { readCsv, type Row } from './csv.js';
import { idOf, ImportError, type KnownAccount, type SourceFile } from './imported.js';

/** A row of a FAQ table: an answer with its question or keywords. */
export interface FaqRow {
  readonly line: number;
  /** The name of the row in ids of rules: its key, or else made of its first question or keyword. */
  readonly key: string;
  readonly questions: readonly string[];
  readonly keywords: readonly string[];
  readonly answer: string;
  readonly on: EventKind;
  readonly platforms: readonly Platform[];
  readonly accounts: readonly string[];
  readonly language: string | null;
  readonly tags: readonly string[];
  readonly priority: number | null;
  readonly isEnabled: boolean;
}

export const FAQ_COLUMNS = [
  'key',
  'question',
  'keywords',
  'answer',
  'on',
  'platform',
  'account',
  'language',
  'tags',
  'priority',
  'enabled',
] as const;
type Column = (typeof FAQ_COLUMNS)[number];

/** The spellings of a column's name, in lower case and without marks and punctuation. */
const SPELLINGS: Readonly<Record<Column, string>> = {
  key: 'key id name title schlussel titel',
  question:
    'question questions q ask asks pattern patterns phrase phrases example examples utterance utterances frage fragen pregunta preguntas pergunta perguntas domanda domande',
  keywords:
    'keywords keyword trigger triggers word words stichwort stichworte stichworter schlagwort schlagworte schlagworter schlusselworter motcle motscles palabraclave palabrasclave palavrachave palavraschave parolachiave parolechiave',
  answer:
    'answer answers a reply replies response responses text antwort antworten reponse reponses respuesta respuestas resposta respostas risposta risposte',
  on: 'on kind type art',
  platform:
    'platform platforms channel channels network plattform plattformen kanal plateforme plataforma piattaforma',
  account: 'account accounts page konto konten compte cuenta conta',
  language: 'language lang locale sprache langue idioma lingua',
  tags: 'tag tags label labels category categories kategorie categorie categoria',
  priority: 'priority prio rank prioritat priorite prioridad prioridade priorita',
  enabled: 'enabled active activated status aktiv actif activo ativo attivo',
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
 * answer, and a question or keywords. Throws ImportError with the line and the column.
 */
export function readFaq(file: SourceFile, accounts: readonly KnownAccount[]): readonly FaqRow[] {
  const [header, ...rows] = readCsv(file, (cell) => columnOf(cell) !== null);
  const places = placesOf(header, file.name);
  return rows.map((row) => toFaqRow(row, { places, file: file.name, accounts }));
}

function placesOf(header: Row | undefined, file: string): ReadonlyMap<Column, number> {
  const places = new Map<Column, number>();
  for (const [n, cell] of (header?.cells ?? []).entries()) {
    const column = columnOf(cell);
    if (column === null) continue;
    if (places.has(column)) {
      throw new ImportError(
        `${file}:1`,
        `two columns are read as ${column}, the second is "${cell}"`,
        'Rename or remove one of them.',
      );
    }
    places.set(column, n);
  }
  if (places.has('answer') && (places.has('question') || places.has('keywords'))) return places;
  const seen = (header?.cells ?? []).map((cell) => `"${cell}"`).join(', ');
  throw new ImportError(
    `${file}:1`,
    `needs a column for answers, and one for questions or keywords; it has ${seen === '' ? 'none' : seen}`,
    `Name the columns in the first row, such as: ${FAQ_COLUMNS.join(', ')}.`,
  );
}

/** The apostrophe that `export` writes before a cell that looks like a formula. */
const PREFIX = /^'(?=[=@+\-\uFF1D\uFF0B\uFF0D\uFF20])/u;

interface Reading {
  readonly places: ReadonlyMap<Column, number>;
  readonly file: string;
  readonly accounts: readonly KnownAccount[];
}

function toFaqRow(row: Row, reading: Reading): FaqRow {
  const cell = (column: Column): string => {
    const place = reading.places.get(column);
    return place === undefined ? '' : (row.cells[place] ?? '').trim().replace(PREFIX, '');
  };
  const refuse = (column: Column, message: string, fix: string): never => {
    throw new ImportError(`${reading.file}:${row.line}`, `${column}: ${message}`, fix);
  };
  const questions = partsOf(cell('question'), /[\n|]/u);
  const keywords = partsOf(cell('keywords'), /[\n|;,]/u);
  const answer = cell('answer');
  if (answer === '') refuse('answer', 'is empty', 'Write the answer, or remove the row.');
  if (questions.length + keywords.length === 0) {
    refuse(
      'keywords',
      'are empty, and so is the question',
      'Write keywords, separated by commas, or a question.',
    );
  }
  const line = row.line;
  const key = idOf(cell('key') || keywords[0] || questions[0] || '', `row-${line}`);
  return {
    line,
    key,
    questions,
    keywords,
    answer,
    on: kindOf(cell('on'), refuse),
    platforms: partsOf(cell('platform'), /[\n|;,]/u).map((name) => platformOf(name, refuse)),
    accounts: partsOf(cell('account'), /[\n|;,]/u).map((name) => accountOf(name, reading, refuse)),
    language: cell('language') || null,
    tags: partsOf(cell('tags'), /[\n|;,]/u),
    priority: priorityOf(cell('priority'), refuse),
    isEnabled: isEnabled(cell('enabled'), refuse),
  };
}

type Refuse = (column: Column, message: string, fix: string) => never;

function partsOf(cell: string, separator: RegExp): readonly string[] {
  const parts = cell
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return [...new Set(parts)];
}

function kindOf(cell: string, refuse: Refuse): EventKind {
  const kind = cell.toLowerCase();
  if (kind === '' || kind.startsWith('message') || kind === 'dm') return 'message';
  if (kind.startsWith('comment')) return 'comment';
  return refuse('on', `"${cell}" is neither message nor comment`, 'Write message or comment.');
}

const SHORT: Readonly<Record<string, Platform>> = {
  ig: 'instagram',
  insta: 'instagram',
  fb: 'facebook',
  x: 'twitter',
};

function platformOf(name: string, refuse: Refuse): Platform {
  const lower = name.toLowerCase();
  const platform = PLATFORMS.find((each) => each === lower) ?? SHORT[lower];
  return (
    platform ?? refuse('platform', `"${name}" is not a platform`, `Write one of: ${PLATFORMS.join(', ')}.`)
  );
}

function accountOf(name: string, { accounts }: Reading, refuse: Refuse): string {
  const known = accounts.find((each) => each.name === name || each.id === name);
  if (known) return known.name;
  const names = accounts.map((each) => each.name).join(', ');
  return refuse('account', `"${name}" is not an account of the configuration`, `Write one of: ${names}.`);
}

function priorityOf(cell: string, refuse: Refuse): number | null {
  if (cell === '') return null;
  const priority = Number(cell);
  if (Number.isSafeInteger(priority) && Math.abs(priority) <= 1_000_000) return priority;
  return refuse(
    'priority',
    `"${cell}" is not a whole number`,
    'Write a number such as 10; higher comes first.',
  );
}

const YES = [
  '',
  '1',
  'true',
  'yes',
  'y',
  'on',
  'x',
  'enabled',
  'active',
  'ja',
  'wahr',
  'oui',
  'vrai',
  'si',
  'sí',
  'sim',
  'aktiv',
  'actif',
  'activo',
];
const NO = [
  '0',
  'false',
  'no',
  'n',
  'off',
  'disabled',
  'inactive',
  'nein',
  'falsch',
  'non',
  'faux',
  'nao',
  'não',
  'inaktiv',
  'inactif',
  'inactivo',
];

function isEnabled(cell: string, refuse: Refuse): boolean {
  const word = cell.toLowerCase();
  if (YES.includes(word)) return true;
  return NO.includes(word) ? false : refuse('enabled', `"${cell}" is neither yes nor no`, 'Write yes or no.');
}

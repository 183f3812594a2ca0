import { fromAutomoderator } from './from-automoderator.js';
import { fromBlotato } from './from-blotato.js';
import { fromOpenreply, fromZernio } from './from-campaigns.js';
import { fromChatwoot } from './from-chatwoot.js';
import { fromCsv } from './from-csv.js';
import { fromDialogflow } from './from-dialogflow.js';
import { fromIntents } from './from-intents.js';
import { fromRasa } from './from-rasa.js';
import { fromReactbot } from './from-reactbot.js';
import { fromSieve } from './from-sieve.js';
import {
  imported,
  type Imported,
  type ImportedRule,
  type KnownAccount,
  type Losses,
  type SourceFile,
} from './imported.js';

export const FORMATS = [
  'blotato',
  'csv',
  'intents',
  'rasa',
  'dialogflow',
  'openreply',
  'zernio',
  'chatwoot',
  'automoderator',
  'reactbot',
  'sieve',
] as const;
export type Format = (typeof FORMATS)[number];

/** File name endings to read from a source that is a folder; of any other format, the source is one file. */
export const FOLDER_FILES: Readonly<Partial<Record<Format, RegExp>>> = {
  rasa: /\.ya?ml$/u,
  dialogflow: /(?:^|\/)intents\/[^/]+\.json$/u,
};

type Reader<Source> = (
  source: Source,
  losses: Losses,
  accounts: readonly KnownAccount[],
) => readonly ImportedRule[];

/** A reader of a format with one file. */
const ofEach =
  (read: Reader<SourceFile>): Reader<readonly SourceFile[]> =>
  (files, losses, accounts) =>
    files.flatMap((file) => read(file, losses, accounts));

const READERS: Readonly<Record<Format, Reader<readonly SourceFile[]>>> = {
  blotato: ofEach(fromBlotato),
  csv: ofEach(fromCsv),
  intents: ofEach(fromIntents),
  rasa: fromRasa,
  dialogflow: fromDialogflow,
  openreply: ofEach(fromOpenreply),
  zernio: ofEach(fromZernio),
  chatwoot: ofEach(fromChatwoot),
  automoderator: ofEach(fromAutomoderator),
  reactbot: ofEach(fromReactbot),
  sieve: ofEach(fromSieve),
};

/** Reads files of a format. Throws ImportError for a file that it cannot read. */
export function readAs(
  format: Format,
  files: readonly SourceFile[],
  accounts: readonly KnownAccount[],
): Imported {
  return imported((losses) => READERS[format](files, losses, accounts));
}

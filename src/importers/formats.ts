import { fromAutomoderator } from './from-automoderator.js';
import { automationsOf, fromBlotato } from './from-blotato.js';
import { fromOpenreply, fromZernio } from './from-campaigns.js';
import { fromChatwoot } from './from-chatwoot.js';
import { fromCsv } from './from-csv.js';
import { fromDialogflow } from './from-dialogflow.js';
import { fromIntents } from './from-intents.js';
import { fromRasa } from './from-rasa.js';
import { fromReactbot } from './from-reactbot.js';
import { fromSieve } from './from-sieve.js';
import type { Imported, KnownAccount, SourceFile } from './imported.js';

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

/** File name endings to read from a source that is a folder; null if the source is one file. */
export const FOLDER_FILES: Readonly<Record<Format, RegExp | null>> = {
  blotato: null,
  csv: null,
  intents: null,
  rasa: /\.ya?ml$/u,
  dialogflow: /(?:^|\/)intents\/[^/]+\.json$/u,
  openreply: null,
  zernio: null,
  chatwoot: null,
  automoderator: null,
  reactbot: null,
  sieve: null,
};

type Reader = (files: readonly SourceFile[], accounts: readonly KnownAccount[]) => Imported;

/** A reader of a format with one file. */
const ofEach =
  (read: (file: SourceFile, accounts: readonly KnownAccount[]) => Imported): Reader =>
  (files, accounts) => {
    const all = files.map((file) => read(file, accounts));
    return { rules: all.flatMap(({ rules }) => rules), lost: all.flatMap(({ lost }) => lost) };
  };

/** The readers of the formats. Each throws ImportError for a file that it cannot read. */
export const READERS: Readonly<Record<Format, Reader>> = {
  blotato: ofEach((file, accounts) => fromBlotato(automationsOf(file), accounts, file.name)),
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

import { FORMATS, type Format } from '../importers/formats.js';
import { Exit } from './exit.js';

/** A source of `init --from`: a format of `import`, and its file or folder. */
export interface InitialSource {
  readonly format: Format;
  /** Undefined for the automations of the account. */
  readonly path: string | undefined;
}

/** Parses `faq.csv`, `FORMAT:FILE` or `blotato`. Throws Exit if the format is not known. */
export function initialSource(from: string): InitialSource {
  if (from === 'blotato') return { format: from, path: undefined };
  const format = FORMATS.find((each) => from.startsWith(`${each}:`));
  if (format !== undefined) return { format, path: from.slice(format.length + 1) };
  if (/\.csv$/iu.test(from)) return { format: 'csv', path: from };
  throw new Exit(
    1,
    `--from ${from}: the format is not known; fix: write FORMAT:FILE with one of ${FORMATS.join(', ')}`,
  );
}

import { BlotatoError } from '../blotato/errors.js';
import { refusalOf } from '../blotato/refusals.js';
import { BLOCK_FIXES } from '../domain/block.js';

/** The result of one check. */
export interface Diagnosis {
  /** The subject of the check: `key`, `account shop-ig`, `clock`. */
  readonly about: string;
  readonly state: 'fine' | 'warning' | 'error';
  readonly message: string;
  readonly fix: string | null;
}

export function fine(about: string, message: string): Diagnosis {
  return { about, state: 'fine', message, fix: null };
}

export function wrong(about: string, message: string, fix: string): Diagnosis {
  return { about, state: 'error', message, fix };
}

export function doubtful(about: string, message: string, fix: string): Diagnosis {
  return { about, state: 'warning', message, fix };
}

/**
 * Diagnosis of a failed request: cause and fix from the table of refusals if listed there, otherwise the
 * error message and the given fix.
 */
export function refused(about: string, error: unknown, otherwise: string): Diagnosis {
  const said = error instanceof Error ? error.message : String(error);
  if (!(error instanceof BlotatoError)) return wrong(about, said, otherwise);
  const { meaning } = refusalOf(error);
  if (meaning.kind !== 'hold') return wrong(about, said, otherwise);
  const { cause, fix } = BLOCK_FIXES[meaning.cause];
  return wrong(about, `${cause}: ${said}`, asSentence(fix));
}

export function asSentence(words: string): string {
  return `${words[0]?.toUpperCase() ?? ''}${words.slice(1)}.`;
}

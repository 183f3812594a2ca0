import type { z } from 'zod';
import type { EventKind, Platform } from '../domain/event.js';

/** A rule made from another tool's configuration. */
export interface ImportedRule {
  /** Id of the rule, not unique yet: `rulesText` numbers repeated ones. */
  readonly id: string;
  /** Place in the source, such as `faq.csv:12`; becomes a comment above the rule. */
  readonly place: string;
  readonly on: EventKind;
  /** All other keys of the rule, as rule files write them. */
  readonly keys: Readonly<Record<string, unknown>>;
  /** Texts to which the source tool would reply by this rule. Each becomes a test. */
  readonly samples: readonly string[];
}

/** A part of the source that rules cannot express. */
export interface Lost {
  readonly place: string;
  readonly what: string;
}

export interface Imported {
  readonly rules: readonly ImportedRule[];
  readonly lost: readonly Lost[];
}

/** An account of the configuration, to which the ids of the source refer. */
export interface KnownAccount {
  readonly name: string;
  readonly id: string;
  readonly platform: Platform;
}

/** A file of the source: its name for messages, and its text. */
export interface SourceFile {
  readonly name: string;
  readonly text: string;
}

/** Error about the input of an import: the place, the problem, and the fix. */
export class ImportError extends Error {
  override readonly name = 'ImportError';

  constructor(
    readonly place: string,
    message: string,
    readonly fix: string,
  ) {
    super(`${place}: ${message}`);
  }
}

/** Checks the value of a file against a schema. Throws ImportError with the place of the first fault. */
export function parsed<T>(schema: z.ZodType<T>, value: unknown, file: string, fix: string): T {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const [issue] = error.issues;
  const place = issue && issue.path.length > 0 ? `${file}, ${issue.path.join('.')}` : file;
  throw new ImportError(place, issue?.message ?? 'does not have the expected form', fix);
}

/** Collects the parts that cannot be expressed. */
export interface Losses {
  note(place: string, what: string): void;
}

/** Runs a reader, and collects what it loses. */
export function imported(read: (losses: Losses) => readonly ImportedRule[]): Imported {
  const lost: Lost[] = [];
  return { rules: read({ note: (place, what) => void lost.push({ place, what }) }), lost };
}

const MOST_IN_ID = 40;
/** Number of characters of a name that an id is derived from. */
const MOST_READ = 400;

/** Derives the id of a rule from a name in the source: letters, digits and `-`. */
export function idOf(name: string, otherwise: string): string {
  const id = name
    .slice(0, MOST_READ)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, '-')
    .slice(0, MOST_IN_ID)
    .replace(/^-+|-+$/gu, '');
  return id === '' ? otherwise : id;
}

/** Makes ids distinct: the second `price` becomes `price-2`. */
export function distinct(ids: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  /** The next number to try for an id, so that thousands of one name take linear time. */
  const numbers = new Map<string, number>();
  return ids.map((id) => {
    let free = id;
    for (let n = numbers.get(id) ?? 2; taken.has(free); n += 1) {
      free = `${id}-${n}`;
      numbers.set(id, n + 1);
    }
    taken.add(free);
    return free;
  });
}

/** Keeps the keys that have a value: drops null, undefined, false and empty lists. */
export function given(keys: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const isEmpty = (value: unknown): boolean =>
    value === null || value === undefined || value === false || (Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(keys).filter(([, value]) => !isEmpty(value)));
}

/** The keys `enabled: false` and `mode: shadow`, each only if needed. */
export function stateKeys(isEnabled: boolean, isWhole = true): Readonly<Record<string, unknown>> {
  return { ...(isEnabled ? {} : { enabled: false }), ...(isWhole ? {} : { mode: 'shadow' }) };
}

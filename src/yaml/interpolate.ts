import type { Path, Problem } from './source.js';

/** Variables for `${NAME}`: the environment of the process, or a substitute. */
export type Environment = Readonly<Record<string, string | undefined>>;

const REFERENCE = /\$\{(?<inside>[^}]*)\}?/gu;
const INSIDE = /^(?<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?<fallback>.*))?$/su;

/** Result of replacing references in a text. */
interface Interpolated {
  readonly text: string;
  /** Names that occur in references. */
  readonly names: readonly string[];
  /** Names that are not set in the environment and have no default. */
  readonly missing: readonly string[];
  /** Malformed references: `${}`, `${a b}`, or one without its end. */
  readonly malformed: readonly string[];
}

/**
 * Replaces `${NAME}` and `${NAME:-default}` from the environment, once: inserted values are not searched
 * again. The default also replaces an empty value, as in a shell.
 */
export function interpolate(text: string, env: Environment): Interpolated {
  const names: string[] = [];
  const missing: string[] = [];
  const malformed: string[] = [];
  const replaced = text.replace(REFERENCE, (whole, inside: string) => {
    const { name, fallback } = (whole.endsWith('}') ? INSIDE.exec(inside) : null)?.groups ?? {};
    if (name === undefined) {
      malformed.push(whole);
      return whole;
    }
    names.push(name);
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (fallback !== undefined) return value === undefined || value === '' ? fallback : value;
    if (value === undefined) missing.push(name);
    return value ?? '';
  });
  return { text: replaced, names, missing, malformed };
}

/** The problem of a value at `path` that is empty because of these variables; null if it refers to none. */
export function emptyVariable(names: readonly string[], path: Path, env: Environment): Problem | null {
  const [name] = names;
  if (name === undefined) return null;
  const state = env[name] === undefined ? 'is not set, and its default is empty' : 'is empty';
  const key = path.findLast((step) => typeof step === 'string') ?? '';
  return {
    code: 'empty-variable',
    message: `${key}: the environment variable ${name} ${state}, but a value is expected`,
    fix: `Give ${name} a value where you set it, such as an \`export\` or a file of variables, and start again.`,
  };
}

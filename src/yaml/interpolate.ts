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

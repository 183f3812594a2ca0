/** Where `${NAME}` is looked up: the process's environment, or a stand-in. */
export type Environment = Readonly<Record<string, string | undefined>>;

const REFERENCE = /\$\{(?<inside>[^}]*)\}?/gu;
const INSIDE = /^(?<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?<fallback>.*))?$/su;

/** What became of a text with references. */
interface Interpolated {
  readonly text: string;
  /** The names that were referred to. */
  readonly names: readonly string[];
  /** Names that the environment does not have and that have no default. */
  readonly missing: readonly string[];
  /** References that are none: `${}`, `${a b}`, or one without its end. */
  readonly malformed: readonly string[];
}

/**
 * Replaces `${NAME}` and `${NAME:-default}` from the environment, once: what comes from the environment is not
 * looked at again. The default also stands in for an empty value, as in a shell.
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

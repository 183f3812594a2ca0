import type { HeaderTemplates } from '../../domain/request.js';

const REFERENCE = /\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)\}/gu;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Replaces `${NAME}` from the environment. Throws Error, which names the variable and never a value, if one is
 * not set.
 */
export function filled(text: string, env: Environment, what: string): string {
  return text.replace(REFERENCE, (_, name: string) => {
    const value = env[name];
    if (value === undefined || value === '')
      throw new Error(`the environment variable ${name} of ${what} is not set`);
    return value;
  });
}

/** Headers with their secrets, by lower-case names. */
export function filledHeaders(headers: HeaderTemplates, env: Environment): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]): [string, string] => {
    const whole = filled(value, env, `the header ${name}`);
    // Checked here, since Node would name the header and a log of the error might show more.
    if (/[^\t\x20-\x7e\x80-\xff]/u.test(whole))
      throw new Error(
        `the header ${name} has a character that no header may have: check its environment variable`,
      );
    return [name.toLowerCase(), whole];
  });
  return Object.fromEntries(entries);
}

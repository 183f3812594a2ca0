import { editDistance } from './nearest.js';

/**
 * Pattern of a value that needs no mask: a reference to the environment without a default, which might be a
 * secret. In a header it follows a scheme: `Bearer ${TOKEN}`.
 */
const REFERENCE = /^["']?(?:(?:Basic|Bearer|Token)\s+)?\$\{[A-Za-z_][A-Za-z0-9_]*(?::-)?\}["']?$/u;

/**
 * True if the value of this key must never be shown. Misspelt names are included, since their lines are the
 * ones shown in errors.
 */
export function isSecretKey(name: string): boolean {
  const letters = name.toLowerCase().replace(/[^a-z]/gu, '');
  if (/token|secret|password|apikey|authorization|cookie/u.test(letters)) return true;
  return editDistance(letters, 'apikey') <= 2 || editDistance(letters, 'token') <= 1;
}

/** Services whose webhook addresses are secrets: who knows one may post. */
const SECRET_ADDRESSES: ReadonlySet<string> = new Set(['slack', 'discord']);

/** True if the value at a path of keys must never be shown. */
export function isSecretPath(path: readonly PropertyKey[]): boolean {
  return path.some(
    (step, index) =>
      typeof step === 'string' &&
      (isSecretKey(step) || (step === 'url' && SECRET_ADDRESSES.has(String(path[index - 1])))),
  );
}

export function isReference(source: string): boolean {
  return REFERENCE.test(source.trim());
}

function stars(text: string): string {
  return text.replace(/[^\r\n]/gu, '*');
}

const LINE =
  /^(?<before>[^\S\n]*(?:-\s+|(?=\S).*[{,]\s*)?["']?(?<key>[\w-]+)["']?[^\S\n]*:[^\S\n]*)(?<value>\S.*)$/gmu;
/**
 * Secrets in a URL: the password, the whole query, where keys are put by mistake, and the path of a webhook of Slack or
 * Discord.
 */
const IN_ADDRESS =
  /(?<=:\/\/[^\s:@/]*:)[^\s@]+(?=@)|(?<=:\/\/(?:hooks\.slack|(?:[\w-]+\.)?discord)[^\s/"'`]*\/)[^\s"'`]+|(?<=:\/\/[^\s?"'`]*\?)[^\s"'`]+/gu;

/** Masks secrets in URLs. */
export function maskAddresses(text: string): string {
  return text.replace(IN_ADDRESS, stars);
}

/**
 * Masks secrets with asterisks of the same length, so that lines and columns stay. `ranges` are offsets of
 * secret values; secrets that the parser cannot see in a broken document are found line by line.
 */
export function maskSecrets(text: string, ranges: readonly (readonly [number, number])[]): string {
  let masked = '';
  let at = 0;
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (from < at) continue;
    masked += text.slice(at, from) + stars(text.slice(from, to));
    at = to;
  }
  masked += text.slice(at);
  return maskAddresses(masked);
}

/** Masks secrets in a text that cannot be parsed: every line from a secret's key to its end. */
export function maskSecretLines(text: string): string {
  return text.replace(LINE, (line, before: string, key: string, value: string) =>
    isSecretKey(key) && !isReference(value) ? before + stars(value) : line,
  );
}

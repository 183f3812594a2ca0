import { LIMITS } from '../domain/limits.js';
import { valueAt, type Path, type YamlSource } from '../yaml/source.js';

const CODE = 'short-token';
const FIX = 'Write 16 random characters or more, such as the output of: openssl rand -hex 16';

/** Warns about tokens that can be guessed; `base` is the path of the configuration or of a workspace. */
export function reportShortTokens(source: YamlSource, base: Path): void {
  const tokens = valueAt(source.value, [...base, 'server', 'tokens']);
  const several = Array.isArray(tokens)
    ? [...tokens.keys()].map((index) => ['server', 'tokens', index, 'token'])
    : [];
  for (const path of [['token'], ['server', 'token'], ['server', 'agency_token'], ...several]) {
    const token = valueAt(source.value, [...base, ...path]);
    if (typeof token !== 'string' || token.trim() === '' || token.length >= LIMITS.shortestSecret) continue;
    const message = `${String(path.at(-1))}: shorter than ${LIMITS.shortestSecret} characters: it can be guessed, and the log does not hide it`;
    source.report([...base, ...path], { code: CODE, message, fix: FIX, severity: 'warning' });
  }
}

import { LIMITS } from '../domain/limits.js';
import { type Path, valueAt, type YamlSource } from '../yaml/source.js';
import { isLoopback } from './address.js';

/** A workspace, with its place. */
export interface Placed {
  readonly name: string;
  readonly source: YamlSource;
  /** Path within the source. */
  readonly path: Path;
}

/** A token as written, with its holder for messages. */
interface Held {
  readonly token: string;
  readonly source: YamlSource;
  readonly path: Path;
  readonly holder: string;
}

/** Keys of `server` with tokens. */
const OF_SERVER = ['token', 'agency_token'];
const SHORT = 'short-token';
const LONGER = 'Write 16 random characters or more, such as the output of: openssl rand -hex 16';

/** Reports empty tokens, which would leave a dashboard open; `base` is the path of the configuration or of a workspace. */
export function reportEmptyTokens(source: YamlSource, base: Path): void {
  for (const path of [...OF_SERVER.map((key) => ['server', key]), ['token']].map((each) => [
    ...base,
    ...each,
  ])) {
    if (!isEmpty(source, path)) continue;
    const name = String(path.at(-1));
    source.report(path, {
      code: 'empty-token',
      message: `${name}: empty, which is no token`,
      fix: `Write ${name}: \${AUTORESPONDER_TOKEN}, or remove the key where nobody needs a token.`,
    });
  }
}

/** True for a token that is written and empty, unless its default is. */
function isEmpty(source: YamlSource, path: Path): boolean {
  const token = valueAt(source.value, path);
  return typeof token === 'string' && token.trim() === '' && !source.isOptional(path);
}

/** Warns about tokens that can be guessed; `base` is the path of the configuration or of a workspace. */
export function reportShortTokens(source: YamlSource, base: Path): void {
  const held = [
    ...heldIn(source, [...base, 'server'], OF_SERVER, ''),
    ...heldIn(source, base, ['token'], ''),
  ];
  for (const { token, path } of held) {
    if (token.length >= LIMITS.shortestSecret) continue;
    const message = `${String(path.at(-1))}: shorter than ${LIMITS.shortestSecret} characters: it can be guessed, and the log does not hide it`;
    source.report(path, { code: SHORT, message, fix: LONGER, severity: 'warning' });
  }
}

/** Reports a token that opens two dashboards, or is that of two people. */
export function reportSharedTokens(source: YamlSource, workspaces: readonly Placed[]): void {
  const ofServer = heldIn(source, ['server'], OF_SERVER, 'another caller has');
  const ofWorkspaces = workspaces.flatMap(({ name, source: own, path }) =>
    heldIn(own, path, ['token'], `workspace ${name} has`),
  );
  const holders = new Map<string, string>();
  for (const { token, source: own, path, holder } of [...ofServer, ...ofWorkspaces]) {
    const other = holders.get(token);
    holders.set(token, other ?? holder);
    if (other === undefined) continue;
    own.report(path, {
      code: 'shared-token',
      message: `${String(path.at(-1))}: ${other} the same token`,
      fix: 'Give each person and each workspace a token of their own, or leave it out where nobody needs the dashboard.',
    });
  }
}

/**
 * Reports a server that other machines can reach although a dashboard on it would need no token: that of any workspace
 * when it is served alone.
 */
export function reportOpenServer(source: YamlSource, workspaces: readonly Placed[]): void {
  const path = ['server', 'host'];
  const host = valueAt(source.value, path);
  if (typeof host !== 'string' || isLoopback(host)) return;
  if (heldIn(source, ['server'], OF_SERVER, '').length > 0) return;
  // Reported already.
  if (OF_SERVER.some((key) => isEmpty(source, ['server', key]))) return;
  const missing = { code: 'missing-token', fix: 'Set token: ${AUTORESPONDER_TOKEN}, or host: 127.0.0.1.' };
  const message = 'host: other machines can reach this address, but there is no token';
  if (workspaces.length === 0) source.report(path, { ...missing, message });
  for (const { name, source: own, path: base } of workspaces) {
    if (heldIn(own, base, ['token'], '').length > 0) continue;
    const fix = `Set agency_token: \${AGENCY_TOKEN} in \`server\`, give workspace ${name} a token, or set host: 127.0.0.1.`;
    if (isEmpty(own, [...base, 'token'])) continue;
    const problem = { ...missing, fix, message: `${message} of workspace ${name}` };
    // Of a token that is written only the variable is reported, at its place.
    if (valueAt(own.value, [...base, 'token']) !== undefined) own.report([...base, 'token'], problem);
    else source.report(path, problem);
  }
}

/** Reports tokens of the server beside several workspaces, each of which has its own. */
export function reportServerTokens(source: YamlSource, workspaces: readonly Placed[]): void {
  const [first, ...others] = heldIn(source, ['server'], ['token'], '');
  if (others.length > 0 || first?.path.includes('tokens') === true) {
    source.report(['server', 'tokens'], {
      code: 'unsupported',
      message: 'tokens: with several workspaces each has its own',
      fix: 'Write `tokens` in each workspace.',
    });
  } else if (first !== undefined && workspaces.length > 1) {
    source.report(first.path, {
      code: 'unused-token',
      message: 'token: opens nothing, because each of several workspaces has its own',
      fix: 'Remove it. `agency_token` opens all dashboards, and `token` in a workspace that of the workspace.',
      severity: 'warning',
    });
  }
}

/** The tokens of a block: those at its own keys, then those of its list `tokens`. */
function heldIn(source: YamlSource, base: Path, keys: readonly string[], holder: string): readonly Held[] {
  const tokens = valueAt(source.value, [...base, 'tokens']);
  const people = Array.isArray(tokens) ? [...tokens.keys()].map((index) => ['tokens', index, 'token']) : [];
  return [...keys.map((key) => [key]), ...people].flatMap((under) => {
    const path = [...base, ...under];
    const token = valueAt(source.value, path);
    if (typeof token !== 'string' || token.trim() === '') return [];
    const name = base[0] === 'server' && under.length === 1 ? `\`server.${under[0]}\` is` : holder;
    return [{ token, source, path, holder: name }];
  });
}

/** True if only this machine can reach the host. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/gu, '');
  return name === 'localhost' || name === '::1' || /^127(?:\.\d{1,3}){3}$/u.test(name);
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

/** True for an http or https address without user name, password, query and fragment. */
export function isBaseUrl(text: string): boolean {
  const url = parseUrl(text);
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) return false;
  return url.username === '' && url.password === '' && url.search === '' && url.hash === '';
}

/** True if requests to the address are encrypted, or never leave this machine. */
export function isPrivateUrl(text: string): boolean {
  const url = parseUrl(text);
  return url !== undefined && (url.protocol === 'https:' || isLoopback(url.hostname));
}

/** True for the address of a PostgreSQL database. */
export function isPostgresUrl(text: string): boolean {
  const url = parseUrl(text);
  if (url === undefined || !['postgres:', 'postgresql:'].includes(url.protocol)) return false;
  return url.hostname !== '' && url.pathname.length > 1;
}

import type { AccountConfig } from './config.js';

/** Fields of a listed account that help to recognise one that came back under another id. */
interface Listed {
  readonly id: string;
  readonly platform: string;
  readonly username: string | null;
}

/**
 * The probable new id of a configured account that is no longer listed: the only other account of the
 * platform with its username or, if the username is unknown, the only other account of the platform. Null if
 * not certain.
 */
export function likelyIdOf(
  { platform, username }: Pick<AccountConfig, 'platform'> & { readonly username: string | null },
  listed: readonly Listed[],
  configured: readonly Pick<AccountConfig, 'id'>[],
): string | null {
  const taken = new Set(configured.map(({ id }) => id));
  const others = listed.filter((each) => each.platform === platform && !taken.has(each.id));
  const likely = username === null ? others : others.filter((each) => isSameName(each.username, username));
  return likely.length === 1 ? (likely[0]?.id ?? null) : null;
}

function isSameName(a: string | null, b: string): boolean {
  return a?.toLowerCase() === b.toLowerCase();
}

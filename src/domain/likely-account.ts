import type { AccountConfig } from './config.js';

/** An account as Blotato lists it, as far as it tells which one came back under another id. */
interface Listed {
  readonly id: string;
  readonly platform: string;
  readonly username: string | null;
}

/**
 * The id under which a configured account that is no longer listed probably came back: the one other account of the
 * platform with its username or, if that was never known, the one other account of the platform. Null if not certain.
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

import type { AccountConfig } from '../domain/config.js';
import type { Platform } from '../domain/event.js';
import type { Rule } from '../domain/rule.js';

/** The platforms whose comments the API lists. */
const COMMENT_PLATFORMS: readonly Platform[] = ['facebook', 'instagram'];

/** True if an event of this account can match the rule's scope. */
export function reaches(rule: Rule, { name, platform }: Pick<AccountConfig, 'name' | 'platform'>): boolean {
  if (rule.on === 'comment' && !COMMENT_PLATFORMS.includes(platform)) return false;
  const isOnPlatform = rule.platforms.length === 0 || rule.platforms.includes(platform);
  return isOnPlatform && (rule.accounts.length === 0 || rule.accounts.includes(name));
}

/** The accounts whose events can match the rule's scope. */
export function reached(rule: Rule, accounts: readonly AccountConfig[]): readonly AccountConfig[] {
  return accounts.filter((account) => reaches(rule, account));
}

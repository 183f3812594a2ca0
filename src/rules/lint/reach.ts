import type { Platform } from '../../domain/event.js';
import type { Rule } from '../../domain/rule.js';

/** An account, as far as lint cares. */
export interface Reachable {
  readonly name: string;
  readonly platform: Platform;
}

/** The platforms whose comments the API lists. */
const COMMENT_PLATFORMS: readonly Platform[] = ['facebook', 'instagram'];

/** Whether an event of this account can ever fulfil the rule's scope. */
export function reaches(rule: Rule, { name, platform }: Reachable): boolean {
  if (rule.on === 'comment' && !COMMENT_PLATFORMS.includes(platform)) return false;
  const isOnPlatform = rule.platforms.length === 0 || rule.platforms.includes(platform);
  return isOnPlatform && (rule.accounts.length === 0 || rule.accounts.includes(name));
}

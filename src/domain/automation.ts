import type { EventKind } from './event.js';
import type { Instant } from './time.js';

/**
 * One of Blotato's own automations, which may reply to the same contacts. Fields that the API leaves out are
 * null.
 */
export interface Automation {
  readonly id: string;
  readonly name: string | null;
  /** Blotato's id of the account. */
  readonly accountId: string | null;
  readonly isActive: boolean;
  readonly triggers: readonly AutomationTrigger[];
  readonly publishedVersionId: string | null;
  readonly updatedAt: Instant | null;
  /**
   * Texts that the automation sends, as far as the API lists them. Absent if an earlier release stored the
   * automation.
   */
  readonly texts?: readonly string[];
}

export interface AutomationTrigger {
  readonly on: EventKind;
  /** Keywords, matched as case-sensitive substrings; if empty, any text matches. */
  readonly keywords: readonly string[];
  /** The post whose comments trigger the automation; null for any post. */
  readonly postId: string | null;
}

/** Difference between an automation and its previous version. */
export type AutomationChange = 'added' | 'changed' | 'switched on' | 'switched off' | 'removed';

/** An automation as the API last listed it. */
export interface SeenAutomation extends Automation {
  /** The latest change; null if unchanged since it was first seen. */
  readonly change: { readonly is: AutomationChange; readonly at: Instant } | null;
}

/** The automations as last read. */
export interface SeenAutomations {
  readonly readAt: Instant;
  /** Automations, including recently removed ones as inactive. */
  readonly automations: readonly SeenAutomation[];
}

/** Display name of an automation. */
export function automationName({ name, id }: Pick<Automation, 'name' | 'id'>): string {
  return name === null ? id : `${name} (${id})`;
}

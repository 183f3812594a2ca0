import type { EventKind } from './event.js';
import type { Instant } from './time.js';

/** One of Blotato's own automations, which answers beside us. Whatever the API leaves out is null. */
export interface Automation {
  readonly id: string;
  readonly name: string | null;
  /** Blotato's id of the account. */
  readonly accountId: string | null;
  readonly isActive: boolean;
  readonly triggers: readonly AutomationTrigger[];
  readonly publishedVersionId: string | null;
  readonly updatedAt: Instant | null;
}

export interface AutomationTrigger {
  readonly on: EventKind;
  /** Matched as parts of a text, upper and lower case told apart. Empty: every text. */
  readonly keywords: readonly string[];
  /** Null: any post. */
  readonly postId: string | null;
}

/** How an automation differs from what was read before. */
export type AutomationChange = 'added' | 'changed' | 'switched on' | 'switched off' | 'removed';

/** An automation as it was last listed. */
export interface SeenAutomation extends Automation {
  /** The latest change; null if it is as it was at the first read. */
  readonly change: { readonly is: AutomationChange; readonly at: Instant } | null;
}

/** The automations as they were last read. */
export interface SeenAutomations {
  readonly readAt: Instant;
  /** Those that were removed lately are among them, not active. */
  readonly automations: readonly SeenAutomation[];
}

/** What people know it by. */
export function automationName({ name, id }: Pick<Automation, 'name' | 'id'>): string {
  return name === null ? id : `${name} (${id})`;
}

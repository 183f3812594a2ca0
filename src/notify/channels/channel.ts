import type { LinkedNotice } from '../../domain/notice.js';
import type { Instant } from '../../domain/time.js';
import type { ChatService } from './service.js';

/** A notification channel. `tell` throws if the notification was not delivered. */
export interface Channel {
  readonly name: ChatService['name'] | 'webhook' | 'email' | 'command' | `email ${string}`;
  /** Name without the address of a receiver, for links and the audit trail. */
  readonly via: string;
  readonly tell: (notices: readonly LinkedNotice[], now: Instant, signal: AbortSignal) => Promise<void>;
  /** Number of the first notices that fit into one message. @default all */
  readonly fitting?: (notices: readonly LinkedNotice[]) => number;
}

export interface ChannelParts {
  /** Named in each message; null if it is the only one. */
  readonly workspace: string | null;
  readonly allowHosts: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

import type { Reason } from '../domain/reason.js';
import type { AnswerSettings } from './settings.js';
import type { CompiledSet } from '../engine/rule-set.js';
import type { AccountConfig } from '../domain/config.js';
import type { InboundEvent } from '../domain/event.js';
import type { Facts } from '../domain/facts.js';
import type { ComposeContext } from './compose/compose.js';
import type { Decision, Trace } from '../domain/decision.js';
import type { GuardSubject } from './guards/guard.js';

const REASON_OF_ANSWER: Readonly<Record<AnswerSettings['mode'], Reason>> = {
  live: 'queued',
  shadow: 'shadow',
  hypothetical: 'replied',
};

export interface ActContext {
  readonly set: CompiledSet;
  readonly settings: AnswerSettings;
}

export const GONE = 'the account is no longer in the configuration';

/** What texts are made of; null for an account that is gone. */
export function composeContext(
  event: InboundEvent,
  facts: Facts,
  { set, settings }: ActContext,
): ComposeContext | null {
  const account: AccountConfig | undefined = settings.accounts.get(event.account ?? '');
  return account ? { event, facts, account, set, humanPause: settings.guards.humanPause } : null;
}

/** The reason of an event that rules did something about. */
export function reasonOf({ mode }: AnswerSettings, hasSpoken: boolean): Reason {
  return hasSpoken || mode === 'shadow' ? REASON_OF_ANSWER[mode] : 'acted';
}

export function silence(
  reason: Reason,
  detail: string | null,
  trace: Trace,
  rule: string | null = null,
): Decision {
  return { rule, reason, detail, actions: [], optOut: null, trace };
}

/** What the guards are asked about. */
export function subjectOf(
  event: InboundEvent,
  more: Pick<GuardSubject, 'actions'> & Partial<Pick<GuardSubject, 'confirmsOptOut' | 'continues'>>,
): GuardSubject {
  return {
    kind: event.kind,
    platform: event.platform,
    contactId: event.contact.id,
    platformCommentId: event.comment?.platformCommentId ?? null,
    eventAt: event.at,
    confirmsOptOut: false,
    continues: false,
    ...more,
  };
}

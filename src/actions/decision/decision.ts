// Helpers that build a decision, shared by its stages.
import type { AccountConfig } from '../../domain/config.js';
import type { Decision, PlannedAction, Trace } from '../../domain/decision.js';
import type { InboundEvent } from '../../domain/event.js';
import type { Facts } from '../../domain/facts.js';
import type { Mode } from '../../domain/mode.js';
import type { Reason } from '../../domain/reason.js';
import type { CompiledSet } from '../../engine/rule-set.js';
import type { ComposeContext } from '../compose/compose.js';
import type { GuardSubject } from '../guards/guard.js';
import { askGuards, type GuardVerdict } from '../guards/guards.js';
import type { DecisionSettings } from './settings.js';

const REASON_OF_ANSWER: Readonly<Record<DecisionSettings['mode'], Reason>> = {
  live: 'queued',
  approve: 'awaiting_approval',
  shadow: 'shadow',
  hypothetical: 'replied',
};

export interface ActContext {
  readonly set: CompiledSet;
  readonly settings: DecisionSettings;
}

/** One event with everything that its decision depends on. */
export interface Subject extends ActContext {
  readonly event: InboundEvent;
  readonly facts: Facts;
}

export const GONE = 'the account is no longer in the configuration';

/** The input of the templates; null if the account is no longer configured. */
export function composeContext({ event, facts, set, settings }: Subject): ComposeContext | null {
  const account: AccountConfig | undefined = settings.accounts.get(event.account ?? '');
  return account ? { event, facts, account, set, humanPause: settings.guards.humanPause } : null;
}

/** Reason and actions of an event on which rules acted. */
type Acted = Pick<Decision, 'reason' | 'actions'>;

/**
 * The reason of an event on which rules acted, and its actions. An action waits for a person if the
 * configuration, the account or its rule says `mode: approve`. `modes` are those of rules that matched;
 * other rules, such as that of a running funnel, have the mode of the active rules.
 */
export function actedOn(
  { event, set, settings }: Subject,
  planned: readonly PlannedAction[],
  modes: ReadonlyMap<string, Mode> = new Map(),
): Acted {
  const { mode } = settings;
  if (mode === 'shadow') return { reason: 'shadow', actions: planned };
  if (planned.length === 0) return { reason: 'acted', actions: planned };
  const isHeld = mode === 'approve' || settings.accounts.get(event.account ?? '')?.mode === 'approve';
  const modeOf = (rule: string): Mode | undefined =>
    modes.get(rule) ?? set.written.find(({ id }) => id === rule)?.mode;
  const actions = planned.map((action) =>
    isHeld || modeOf(action.rule) === 'approve' ? { ...action, awaits: true as const } : action,
  );
  const awaits = actions.some((action) => 'awaits' in action);
  return { reason: awaits ? 'awaiting_approval' : REASON_OF_ANSWER[mode], actions };
}

/** Builds a decision that sends nothing. */
export function silence(
  reason: Reason,
  detail: string | null,
  trace: Trace,
  rule: string | null = null,
): Decision {
  return { rule, reason, detail, actions: [], optOut: null, trace };
}

/** Runs the guards for a planned decision. */
export function guardsOn(
  { event, facts, settings }: Subject,
  planned: Pick<GuardSubject, 'actions'> & Partial<Pick<GuardSubject, 'confirmsOptOut' | 'continues'>>,
): GuardVerdict {
  const subject: GuardSubject = {
    kind: event.kind,
    platform: event.platform,
    contactId: event.contact.id,
    platformCommentId: event.comment?.platformCommentId ?? null,
    // True for comments in the tests of rules that name no post at all.
    hasPost: event.comment === null || event.comment.postId !== null || event.comment.platformPostId === null,
    eventAt: event.at,
    confirmsOptOut: false,
    continues: false,
    ...planned,
  };
  return askGuards(subject, facts, settings.guards, 'deciding');
}

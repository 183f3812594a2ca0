import type { GuardTrace } from '../../domain/decision.js';
import type { ActionSpec } from '../../domain/rule.js';
import type { Match } from '../../engine/decide.js';
import { guardsOn, type Subject } from '../decision.js';
import type { Objection } from '../guards/guard.js';
import type { GuardVerdict } from '../guards/guards.js';

/** The guards' verdict on the matched rules. */
export interface Guarded {
  readonly objection: Objection | null;
  readonly trace: readonly GuardTrace[];
  /** The rules as far as they may act: after an objection those that send nothing, for their effects. */
  readonly allowed: readonly Match[];
  /** Why they say something else than usual; null if they do not. */
  readonly detail: string | null;
}

/** Runs the guards. A spent private reply silences the rules, unless they have a public answer for that case. */
export function guardMatches(matches: readonly Match[], subject: Subject): Guarded {
  const usual = guard(matches, subject);
  const isSpent = usual.objection?.reason === 'private_reply_used';
  const fallback = isSpent ? withoutPrivateReply(matches) : [];
  const { objection, trace } = fallback.length > 0 ? guard(fallback, subject) : usual;
  const detail = fallback.length > 0 ? `no private reply: ${usual.objection?.note ?? ''}` : null;
  const speaking = fallback.length > 0 ? fallback : matches;
  const quiet = matches.filter(({ rule }) => rule.actions.length === 0);
  return { objection, trace, allowed: objection ? quiet : speaking, detail };
}

function guard(matches: readonly Match[], subject: Subject): GuardVerdict {
  const actions = matches.flatMap(({ rule }) => rule.actions.map(({ type }) => type));
  return actions.length === 0 ? { objection: null, trace: [] } : guardsOn(subject, { actions });
}

/**
 * The public actions of the rules when the comment's private reply is known to be spent before anything is sent: the
 * text of `otherwise`, or the usual one with `when: always`. Empty if no rule has one.
 */
function withoutPrivateReply(matches: readonly Match[]): readonly Match[] {
  return matches.flatMap((match) => {
    const actions = match.rule.actions.flatMap(publicly);
    return actions.length === 0 ? [] : [{ ...match, rule: { ...match.rule, actions } }];
  });
}

function publicly({ type, reply, afterPrivate }: ActionSpec): readonly ActionSpec[] {
  if (type !== 'comment_reply' || !afterPrivate) return [];
  if (afterPrivate.when !== 'sent') return [{ type, reply }];
  return afterPrivate.otherwise === null
    ? []
    : [{ type, reply: { ...reply, texts: [afterPrivate.otherwise] } }];
}

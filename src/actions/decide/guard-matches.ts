import type { GuardTrace } from '../../domain/decision.js';
import type { ActionSpec } from '../../domain/rule.js';
import type { Match } from '../../engine/decide.js';
import { guardsOn, type Subject } from '../decision/decision.js';
import type { Objection } from '../guards/guard.js';
import type { GuardVerdict } from '../guards/guards.js';

/** Result of running the guards for the matched rules. */
export interface Guarded {
  readonly objection: Objection | null;
  /** The guards as they ran; objections to a dropped action come first. */
  readonly trace: readonly GuardTrace[];
  /**
   * The rules that may act. After an objection, only the rules that send nothing: their effects still apply.
   */
  readonly allowed: readonly Match[];
  /** The reason why an alternative text is sent; null if none is. */
  readonly detail: string | null;
}

/**
 * Runs the guards. A used private reply blocks the rules, unless they have a public reply for that case; an
 * objection to the public reply alone still allows the private reply.
 */
export function guardMatches(matches: readonly Match[], subject: Subject): Guarded {
  const left: string[] = [];
  const earlier: GuardTrace[] = [];
  let speaking = matches;
  for (;;) {
    const { objection, trace } = guard(speaking, subject);
    const rest = objection === null ? [] : withoutAction(objection, speaking);
    if (objection === null || !rest.some(({ rule }) => rule.actions.length > 0)) {
      const quiet = matches.filter(({ rule }) => rule.actions.length === 0);
      const detail = left.length === 0 ? null : left.join('; ');
      return { objection, trace: [...earlier, ...trace], allowed: objection ? quiet : speaking, detail };
    }
    left.push(`no ${objection.against === 'private_reply' ? 'private' : 'public'} reply: ${objection.note}`);
    earlier.push(...trace.filter(({ reason }) => reason !== null));
    speaking = rest;
  }
}

/** The rules without the action that the guard objects to. */
function withoutAction({ against }: Objection, matches: readonly Match[]): readonly Match[] {
  if (against === 'private_reply') return withoutPrivateReply(matches);
  return against === 'comment_reply' ? withoutPublicReply(matches) : [];
}

function guard(matches: readonly Match[], subject: Subject): GuardVerdict {
  const actions: ActionSpec['type'][] = [];
  for (const { rule } of matches) for (const { type } of rule.actions) actions.push(type);
  return actions.length === 0 ? { objection: null, trace: [] } : guardsOn(subject, { actions });
}

/**
 * The public replies of the rules for a comment whose private reply is known to be used before anything is
 * sent: the text of `otherwise`, or the usual one with `when: always`. Empty if no rule has one.
 */
function withoutPrivateReply(matches: readonly Match[]): readonly Match[] {
  return matches.flatMap((match) => {
    const actions = match.rule.actions.flatMap(publicly);
    return actions.length === 0 ? [] : [{ ...match, rule: { ...match.rule, actions } }];
  });
}

/** Drops the public replies of the rules. Rules with private replies or side effects remain. */
function withoutPublicReply(matches: readonly Match[]): readonly Match[] {
  return matches.flatMap((match) => {
    const actions = match.rule.actions.filter(({ type }) => type !== 'comment_reply');
    const isEmpty = actions.length + match.rule.effects.length === 0;
    return isEmpty ? [] : [{ ...match, rule: { ...match.rule, actions } }];
  });
}

function publicly({ type, reply, afterPrivate }: ActionSpec): readonly ActionSpec[] {
  if (type !== 'comment_reply' || !afterPrivate) return [];
  if (afterPrivate.when !== 'sent') return [{ type, reply }];
  return afterPrivate.otherwise === null
    ? []
    : [{ type, reply: { ...reply, texts: [afterPrivate.otherwise] } }];
}

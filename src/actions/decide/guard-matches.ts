import type { GuardTrace } from '../../domain/decision.js';
import type { ActionSpec } from '../../domain/rule.js';
import type { Match } from '../../engine/decide.js';
import { guardsOn, type Subject } from '../decision.js';
import type { Objection } from '../guards/guard.js';
import type { GuardVerdict } from '../guards/guards.js';

/** The guards' verdict on the matched rules. */
export interface Guarded {
  readonly objection: Objection | null;
  /** The guards as they ran; first the objections to an action that was left out. */
  readonly trace: readonly GuardTrace[];
  /** The rules as far as they may act: after an objection those that send nothing, for their effects. */
  readonly allowed: readonly Match[];
  /** Why they say something else than usual; null if they do not. */
  readonly detail: string | null;
}

/**
 * Runs the guards. A spent private reply silences the rules, unless they have a public answer for that case; what
 * stands against a public answer alone lets the private reply go.
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

/** The rules without the action that the guard objects to, which are fewer actions each time. */
function withoutAction({ against }: Objection, matches: readonly Match[]): readonly Match[] {
  if (against === 'private_reply') return withoutPrivateReply(matches);
  return against === 'comment_reply' ? withoutPublicReply(matches) : [];
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

/** The rules without their public answers: their private replies, and those that do something without a word. */
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

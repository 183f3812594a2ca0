import type { ActionSpec } from '../../domain/rule.js';
import type { Match } from '../../engine/decide.js';

/**
 * What rules still say in public when the comment's private reply is known to be spent before anything is sent: the
 * text of `otherwise`, or the usual one with `when: always`. Empty when no rule has a word for that.
 */
export function withoutPrivateReply(matches: readonly Match[]): readonly Match[] {
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

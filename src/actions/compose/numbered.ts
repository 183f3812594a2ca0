import type { PlannedAction } from '../../domain/decision.js';

/**
 * Numbers the messages of a rule that sends several: each waits for the previous one, like the parts of a
 * split text.
 */
export function numbered(actions: readonly PlannedAction[]): readonly PlannedAction[] {
  const counts = new Map<string, number>();
  const replies = (rule: string): number =>
    actions.filter((action) => action.rule === rule && action.type === 'reply').length;
  return actions.map((action) => {
    if (action.type !== 'reply' || replies(action.rule) === 1) return action;
    const part = (counts.get(action.rule) ?? 0) + 1;
    counts.set(action.rule, part);
    return { ...action, part };
  });
}

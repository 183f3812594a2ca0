import { END_OF_FUNNEL, type PlannedEffect } from '../../domain/funnel.js';
import { HOLD_OUT, type SplitStep } from '../../domain/split.js';
import { choice } from '../compose/choice.js';
import type { ComposeContext, Speaker } from '../compose/compose.js';

/**
 * The branch of a contact, and the effect that records it. It depends on nothing but the contact, the rule and the
 * split, so that a step that is repeated takes the same one. A test may name the branch.
 */
export function takeSplit(
  { name, branches, holdOut }: SplitStep,
  { rule }: Speaker,
  { event, facts }: Pick<ComposeContext, 'event' | 'facts'>,
): { readonly to: number; readonly effect: PlannedEffect } {
  const taken = (branch: string, to: number) => ({
    to,
    effect: { type: 'branch', rule: rule.id, split: name, branch } as const,
  });
  const given = branches.find((each) => each.name === facts.branch);
  if (given !== undefined) return taken(given.name, given.to);
  if (facts.branch === HOLD_OUT && holdOut > 0) return taken(HOLD_OUT, END_OF_FUNNEL);

  const who = event.contact.id === '' ? event.id : event.contact.id;
  const seed = `${event.account ?? ''}/${who}/${rule.id}/split/${name}`;
  // Two draws: a change of the share held out moves nobody from one branch to another.
  if (facts.branch === undefined && choice(`${seed}/${HOLD_OUT}`) < holdOut)
    return taken(HOLD_OUT, END_OF_FUNNEL);
  let left = choice(seed) * branches.reduce((sum, { weight }) => sum + weight, 0);
  const chosen = branches.find(({ weight }) => (left -= weight) < 0) ?? branches.at(-1);
  return chosen === undefined ? taken(HOLD_OUT, END_OF_FUNNEL) : taken(chosen.name, chosen.to);
}

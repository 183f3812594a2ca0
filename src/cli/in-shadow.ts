import pc from 'picocolors';
import type { Decision } from '../domain/decision.js';
import type { InboundEvent } from '../domain/event.js';
import { plain } from '../domain/terminal.js';
import { compileSet } from '../engine/rule-set.js';
import type { Project } from '../project/project.js';
import { createHistory } from '../rehearsal/history.js';
import { rehearseEvent } from '../rehearsal/rehearse.js';

/** A rule in shadow mode, and the decision if it alone were live; null if the rules no longer have it. */
export interface InShadow {
  readonly rule: string;
  readonly decision: Decision | null;
}

/** The rules that acted on an event in shadow mode, while another rule acted: their texts are not in the decision. */
export function shadowRulesOf({ trace: { rules } }: Pick<Decision, 'trace'>): readonly string[] {
  if (!rules.some(({ outcome }) => outcome === 'acts')) return [];
  return [...new Set(rules.flatMap(({ rule, outcome }) => (outcome === 'would_act_shadow' ? [rule] : [])))];
}

/** Decides the event by each of these rules alone, as it is written now, for a contact of whom nothing is known. */
export async function decideInShadow(
  event: InboundEvent,
  shadowing: readonly string[],
  { config, set, holidays }: Project,
): Promise<readonly InShadow[]> {
  const accounts = new Map(config.accounts.map((account) => [account.name, account]));
  const all: InShadow[] = [];
  for (const id of shadowing) {
    const rule = set.written.find((each) => each.id === id);
    if (rule === undefined) {
      all.push({ rule: id, decision: null });
      continue;
    }
    const alone = compileSet([{ ...rule, mode: 'live' }], config.calendars, holidays);
    const parts = { config, set: alone, history: createHistory(), accounts };
    all.push({ rule: id, decision: (await rehearseEvent(event, event.at, parts)).decision });
  }
  return all;
}

/** A line for each text; for a rule without one, its reason. */
export function shadowLines(all: readonly InShadow[]): readonly string[] {
  return all.flatMap(({ rule, decision }) => {
    if (decision === null) return [lineOf(rule, 'no rule has this id any more')];
    const { actions, reason, detail } = decision;
    if (actions.length === 0) return [lineOf(rule, detail === null ? reason : `${reason} (${detail})`)];
    return actions.map(({ type, text }) => lineOf(`${type} of ${rule}`, JSON.stringify(text)));
  });
}

function lineOf(what: string, says: string): string {
  return `  ${pc.yellow('in shadow:')} ${what}: ${plain(says)}`;
}

import { automationName, type SeenAutomation } from '../domain/automation.js';
import type { Notice } from '../domain/notice.js';
import { isClash, type Rival, sharedWords } from '../engine/rivals.js';

/** Maximum number of rules named in a notice. */
const NAMED = 10;

/** Creates a notice for each of Blotato's own automations that replies to the same events as our rules. */
export function aboutRivals(rivals: readonly Rival[], since: number): readonly Notice[] {
  return rivals.flatMap(({ automation, account, rules }) => {
    const clashing = rules.filter(isClash);
    if (clashing.length === 0) return [];
    const named = clashing.slice(0, NAMED).map((each) => `${each.rule} (${sharedWords(each)})`);
    const more = clashing.length > NAMED ? ` and ${clashing.length - NAMED} more` : '';
    const of = account === null ? '' : ` of ${account}`;
    const text = `Blotato's automation ${automationName(automation)}${of} replies to the same events as our rules, and is usually first: ${named.join(', ')}${more}`;
    return [
      {
        kind: 'rival_automation' as const,
        key: `${automation.id} ${clashing.map(({ rule }) => rule).join(' ')}`.slice(0, 500),
        at: since,
        text,
        fix: 'Let only one of the two reply: switch the automation off in Blotato, or give the rules other keywords.',
      },
    ];
  });
}

/** Creates a notice for each change of Blotato's own automations. */
export function aboutChanges(automations: readonly SeenAutomation[]): readonly Notice[] {
  return automations.flatMap(({ change, ...automation }) => {
    if (change === null) return [];
    const { id, publishedVersionId, updatedAt } = automation;
    return [
      {
        kind: 'automation_changed' as const,
        key: `${id} ${change.is} ${publishedVersionId ?? ''} ${updatedAt ?? ''} ${change.at}`,
        at: change.at,
        text: `Blotato's automation ${automationName(automation)} was ${change.is}`,
        fix: 'See `autoresponder doctor`: it names the rules that share a keyword, a post or an account with it.',
      },
    ];
  });
}

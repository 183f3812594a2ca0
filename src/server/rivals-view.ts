import { automationName } from '../domain/automation.js';
import { createRivalLookup, isClash, type RivalLookup, sharedWords } from '../engine/rivals.js';
import type { Panel } from './panel.js';
import type { RivalView } from './views.js';

/** Blotato's own automations that overlap with the active rules, as last listed by the API. */
export function createRivalsView(panel: Panel): () => Promise<readonly RivalView[]> {
  let lookup: RivalLookup | null = null;
  return async () => {
    lookup ??= createRivalLookup(panel.config.accounts);
    const read = await panel.store.automations();
    return lookup(read, panel.set()).map(({ automation, account, rules }) => ({
      automation: automationName(automation),
      account,
      isClash: rules.some(isClash),
      rules: rules.map((each) => ({ rule: each.rule, shares: sharedWords(each) })),
    }));
  };
}

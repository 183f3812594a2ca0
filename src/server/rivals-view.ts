import { automationName } from '../domain/automation.js';
import { createRivalLookup, isClash, type RivalLookup, sharedWords } from '../engine/rivals.js';
import type { Panel } from './panel.js';
import type { RivalView } from './views.js';

/** Blotato's own automations that share something with the active rules, as they were last read. */
export function createRivalsView({ config, store, set }: Panel): () => Promise<readonly RivalView[]> {
  const lookup: RivalLookup = createRivalLookup(config.accounts);
  return async () =>
    lookup(await store.automations(), set()).map(({ automation, account, rules }) => ({
      automation: automationName(automation),
      account,
      isClash: rules.some(isClash),
      rules: rules.map((each) => ({ rule: each.rule, shares: sharedWords(each) })),
    }));
}

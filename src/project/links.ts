import type { PlacedLink } from '../domain/link.js';
import type { Steps } from '../domain/steps.js';
import { linksOfRule, linksOfSaved } from '../lint/links.js';
import { inTurns } from './in-turns.js';
import type { Workspace } from './project.js';

/** The links in the texts of the active rules and saved replies, without blocking the program. */
export async function linksOf(workspace: Workspace): Promise<readonly PlacedLink[]> {
  return inTurns(linksInSteps(workspace));
}

function* linksInSteps({ config, set, saved = [] }: Workspace): Steps<readonly PlacedLink[]> {
  const links: PlacedLink[] = [];
  for (const rule of set.written) {
    const urls = new Set(linksOfRule(rule, config).map(({ url }) => url));
    for (const url of urls) links.push({ url, of: `rule ${rule.id}`, place: rule.place });
    yield;
  }
  for (const each of saved) {
    const { name, place } = each;
    for (const url of linksOfSaved(each, config)) links.push({ url, of: `saved reply ${name}`, place });
    yield;
  }
  return links;
}

/** Check of Blotato's own automations, which may reply to the same contacts. */
import { BlotatoError } from '../blotato/errors.js';
import { automationName } from '../domain/automation.js';
import { isClash, type Rival, rivalsOf, sharedWords, type SharingRule } from '../engine/rivals.js';
import type { AccountCheck } from './accounts.js';
import { type Diagnosis, doubtful, fine, refused } from './diagnosis.js';

const ABOUT = 'automations';
/** Maximum number of rules named in a line. */
const NAMED = 10;

/** One diagnosis for each automation that overlaps with our rules; a single one if none does. */
export async function examineAutomations(
  { client, config, rules }: AccountCheck,
  signal: AbortSignal,
): Promise<readonly Diagnosis[]> {
  try {
    const automations = await client.automations(signal);
    const rivals = rivalsOf(automations, rules, config.accounts);
    if (rivals.length > 0) return rivals.map(aboutRival);
    const active = automations.filter(({ isActive }) => isActive).length;
    return [fine(ABOUT, `${active} of Blotato's own are active; none overlaps with our rules`)];
  } catch (error) {
    if (error instanceof BlotatoError && (error.status === 404 || error.status === 403)) {
      const unknown = `Blotato does not list its own automations here (${error.status}): it is unknown whether they share keywords with our rules`;
      return [fine(ABOUT, unknown)];
    }
    const { message, fix } = refused(ABOUT, error, 'Try again later; the automations could not be listed.');
    return [doubtful(ABOUT, message, fix ?? '')];
  }
}

function aboutRival({ automation, account, rules }: Rival): Diagnosis {
  const clashing = rules.filter(isClash);
  const others = rules.filter((each) => !isClash(each));
  const who = `Blotato's automation ${automationName(automation)}${account === null ? '' : ` of ${account}`}`;
  const also = others.length === 0 ? '' : `; also, without a shared keyword: ${named(others)}`;
  if (clashing.length === 0) return fine(ABOUT, `${who} shares no keyword with our rules${also}`);
  const isComment = clashing.some(({ on }) => on === 'comment');
  const outcome = isComment
    ? 'it will usually be first, and a comment takes only one private reply'
    : 'both will reply, and it will usually be first';
  return doubtful(
    ABOUT,
    `${who} replies to the same events as our rules (${outcome}): ${named(clashing)}${also}`,
    'Let only one of the two reply: switch the automation off in Blotato, or give the rules other keywords.',
  );
}

function named(rules: readonly SharingRule[]): string {
  const some = rules.slice(0, NAMED).map((each) => `${each.rule} (${sharedWords(each)})`);
  const more = rules.length > NAMED ? ` and ${rules.length - NAMED} more` : '';
  return `${some.join(', ')}${more}`;
}

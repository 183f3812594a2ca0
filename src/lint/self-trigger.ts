import type { ActionSpec, Rule } from '../domain/rule.js';
import { everyText } from '../domain/reply.js';
import { SECOND } from '../domain/time.js';
import type { CompiledSet } from '../engine/rule-set.js';
import type { LintParts } from './parts.js';
import { sampleFor } from './sample.js';
import { exampleOf, type Sample, tryOut } from './trial.js';
import { type RuleWarning, type Warning } from './warning.js';

/** Number of echoes followed before a rule counts as safe. */
const MOST_ECHOES = 4;

/**
 * Rules that reply to their own reply when a person or another program sends it back: a loop that only the
 * limit per contact ends. Rules with `once_per` are in cooldown instead.
 */
export async function selfTriggers(rule: Rule, parts: LintParts): Promise<readonly RuleWarning[]> {
  if (!rule.enabled || rule.mode === 'shadow' || rule.oncePer !== null) return [];
  const sample = await sampleFor(rule, parts);
  if (!sample) return [];
  const found: RuleWarning[] = [];
  for (const spec of rule.actions) {
    for (const text of everyText(spec.reply)) {
      const alone = { ...spec, reply: { texts: [text], delay: spec.reply.delay } };
      const warning = await followEcho(rule, alone, sample, parts);
      if (warning) found.push([[spec.type], warning]);
    }
  }
  return found;
}

async function followEcho(
  rule: Rule,
  spec: ActionSpec,
  sample: Sample,
  parts: LintParts,
): Promise<Warning | null> {
  const changed = { ...rule, actions: [spec] };
  const set = parts.compile(parts.rules.rules.map((each) => (each === rule ? changed : each)));
  const chain = await echoes(sample, rule.id, { parts, set });
  const [answered] = chain;
  if (!answered || chain.at(-1)?.by !== rule.id || chain.length < 2) return null;
  const others = [...new Set(chain.map(({ by }) => by))].filter((by) => by !== rule.id);
  const through = others.length === 0 ? '' : ` by way of ${others.map((by) => `"${by}"`).join(' and ')}`;
  const { replies } = parts.config.guards.perContact;
  return {
    code: 'self-trigger',
    message: `"${rule.id}" replies to its own reply${through} when it is sent back: two programs would talk until the limit of ${replies} replies`,
    fix: 'Give it once_per: 1h, or leave its keywords out of its reply.',
    example: exampleOf(
      { ...sample, ...answered.echo },
      `this is the reply of "${rule.id}" sent back, and "${chain[1]?.by ?? ''}" replies to it`,
    ),
  };
}

interface Echo {
  readonly by: string;
  /** Converts a reply to the contact's next message or comment, as if it were sent back. */
  readonly echo: Pick<Sample, 'kind' | 'text' | 'post' | 'isReply' | 'at'>;
}

/** Sends each reply back until no rule replies, or the first rule replies again. */
async function echoes(
  first: Sample,
  rule: string,
  { parts, set }: { readonly parts: LintParts; readonly set: CompiledSet },
): Promise<readonly Echo[]> {
  const said: Sample[] = [first];
  const chain: Echo[] = [];
  while (chain.length <= MOST_ECHOES) {
    const outcome = (await tryOut(said, parts, set)).at(-1);
    const action = outcome?.decision.actions.find((each) => chain.length > 0 || each.rule === rule);
    if (!outcome || !action) break;
    const isComment = action.type === 'comment_reply';
    const echo = {
      kind: isComment ? ('comment' as const) : ('message' as const),
      text: action.text,
      post: isComment ? first.post : null,
      isReply: isComment,
      at: outcome.event.at + SECOND,
    };
    chain.push({ by: action.rule, echo });
    if (chain.length > 1 && action.rule === rule) break;
    said.push({ ...first, ...echo });
  }
  return chain;
}

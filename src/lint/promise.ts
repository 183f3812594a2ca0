import { type Funnel, pathOfStep } from '../domain/funnel.js';
import { everyText, type ReplySpec } from '../domain/reply.js';
import type { Rule } from '../domain/rule.js';
import { nextOf } from './funnel-steps.js';
import type { LintParts } from './parts.js';
import { reached } from './reach.js';
import { plainSample, tryOne } from './trial.js';
import { type RulePath, type RuleWarning } from './warning.js';

/** Invitations to answer, with the words that follow: `Reply with your e-mail`, `Antworte mit JA`. */
const INVITATION =
  /(?<![\p{L}\p{N}])(?:(?:reply|answer|respond|write back)\s+(?:with|by writing)|antworte(?:n\s+sie|t)?\s+(?:mit|einfach\s+mit)|respond[ea]\s+con|contest[ae]\s+con|r[ée]pond(?:s|ez)\s+(?:par|avec)|rispond[ia]\s+con|respond[ae]\s+com|antwoord\s+met)(?![\p{L}\p{N}])\s*(?<asked>[^.!?\n]*)/iu;
/** Number of words tried as a keyword of a rule. */
const MOST_WORDS = 4;

interface Said {
  readonly path: RulePath;
  readonly reply: ReplySpec;
  /** True if a question follows in the funnel. */
  readonly isAsked: boolean;
}

/** Texts that invite to an answer where nothing asks: the answer would get no reply, or one of another rule. */
export async function promises(rule: Rule, parts: LintParts): Promise<readonly RuleWarning[]> {
  const warnings: RuleWarning[] = [];
  for (const { path, reply, isAsked } of saidBy(rule)) {
    if (isAsked) continue;
    const found = everyText(reply).map((text) => INVITATION.exec(text));
    const invitation = found.find((each) => each !== null);
    if (!invitation || (await isKeyword(invitation.groups?.['asked'] ?? '', rule, parts))) continue;
    const message = `this text says "${invitation[0].trim()}", and no question follows: the answer reaches no step`;
    const fix = 'Add an ask behind it, or a rule with that keyword, or change the text.';
    warnings.push([path, { code: 'no-question', message, fix }]);
  }
  return warnings;
}

/** Texts of a rule as direct messages. A public reply usually points to the messages, where any rule may reply. */
function saidBy({ actions, funnel }: Rule): readonly Said[] {
  const isAsked = funnel !== null && asksFrom(funnel, 0);
  const own = actions.flatMap(({ type, reply }): readonly Said[] =>
    type === 'comment_reply' ? [] : [{ path: [type], reply, isAsked }],
  );
  const then = (funnel?.steps ?? []).flatMap((step, index): readonly Said[] => {
    if (step.type !== 'reply' || funnel === null) return [];
    const path = ['then', ...pathOfStep(funnel, index)] as const;
    return [{ path, reply: step.reply, isAsked: asksFrom(funnel, index) }];
  });
  const otherwise = (funnel?.otherwise ?? []).flatMap((step): readonly Said[] =>
    step.type === 'reply' ? [{ path: ['otherwise'], reply: step.reply, isAsked: false }] : [],
  );
  return [...own, ...then, ...otherwise];
}

/** True if a question may follow the step. */
function asksFrom({ steps }: Funnel, from: number): boolean {
  const seen = new Set<number>();
  const left = [from];
  for (let index = left.pop(); index !== undefined; index = left.pop()) {
    const step = steps[index];
    if (step === undefined || seen.has(index)) continue;
    if (step.type === 'ask') return true;
    seen.add(index);
    left.push(...nextOf(step, index));
  }
  return false;
}

/** True if one of the first words that are asked for is an opt-out, or a keyword of a rule for messages. */
async function isKeyword(asked: string, rule: Rule, parts: LintParts): Promise<boolean> {
  const words = asked.match(/[\p{L}\p{M}\p{N}]+/gu)?.slice(0, MOST_WORDS) ?? [];
  for (const account of reached(rule, parts.config.accounts)) {
    const sample = plainSample({ on: 'message', posts: [] }, account, parts.now);
    for (const text of [...words, words.join(' ')]) {
      const { decision } = await tryOne({ ...sample, text }, parts, parts.set);
      const { rules } = decision.trace;
      if (
        decision.optOut !== null ||
        rules.some(({ keyword, outcome }) => keyword !== null && outcome === 'acts')
      )
        return true;
    }
  }
  return false;
}

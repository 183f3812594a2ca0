import type { RulePath } from './warning.js';
import { type Ask, pathOfStep, type Step } from '../domain/funnel.js';
import { everyText, type ReplySpec } from '../domain/reply.js';
import { textsIn } from '../domain/request.js';
import type { Rule } from '../domain/rule.js';

/** A template of a rule, with the key that contains it. */
export interface RuleText {
  readonly text: string;
  readonly path: RulePath;
}

/** Every template of a rule: its replies, its effects, and the steps of its funnel. */
export function textsOf({ actions, effects, funnel }: Rule): readonly RuleText[] {
  const spoken = actions.flatMap(({ type, reply, afterPrivate }) =>
    [...textsOfReply(reply), ...(afterPrivate?.otherwise == null ? [] : [afterPrivate.otherwise])].map(
      (text) => {
        return { text, path: [type] as const };
      },
    ),
  );
  const done = effects.flatMap((effect) => inStep(effect, [effect.type]));
  const then =
    funnel?.steps.flatMap((step, index) => inStep(step, ['then', ...pathOfStep(funnel, index)])) ?? [];
  const otherwise = funnel?.otherwise.flatMap((step) => inStep(step, ['otherwise'])) ?? [];
  return [...spoken, ...done, ...then, ...otherwise];
}

/** Every template of the requests of a rule: addresses and bodies of its webhooks and fetches. */
export function requestTextsOf({ effects, funnel }: Rule): readonly RuleText[] {
  return [
    ...effects.flatMap((effect) => inRequest(effect, [effect.type])),
    ...(funnel?.steps ?? []).flatMap((step, index) =>
      inRequest(step, ['then', ...pathOfStep(funnel ?? {}, index), step.type]),
    ),
    ...(funnel?.otherwise ?? []).flatMap((step) => inRequest(step, ['otherwise'])),
  ];
}

function inRequest(step: Step, path: RulePath): readonly RuleText[] {
  if (step.type !== 'webhook' && step.type !== 'fetch') return [];
  const { url, body } = step;
  return [url, ...(body === undefined ? [] : textsIn(body))].map((text) => ({ text, path }));
}

function inStep(step: Step, path: RulePath): readonly RuleText[] {
  return textsOfStep(step).map((text) => ({ text, path }));
}

function textsOfStep(step: Step): readonly string[] {
  switch (step.type) {
    case 'ask':
      return textsOfAsk(step.ask);
    case 'reply':
      return textsOfReply(step.reply);
    case 'set':
      return Object.values(step.fields);
    case 'handoff':
      return step.note === null ? [] : [step.note];
    default:
      return [];
  }
}

/** The texts of a reply and of its buttons. */
function textsOfReply(reply: ReplySpec): readonly string[] {
  return [...everyText(reply), ...(reply.buttons ?? []).flatMap(({ title, url }) => [title, url])];
}

function textsOfAsk({ question, retry, retryIn, reminders = [] }: Ask): readonly string[] {
  const again = retry === null ? [] : [retry];
  return [
    ...(question === null ? [] : textsOfReply(question)),
    ...everyText({ texts: again, ...retryIn }),
    ...reminders.flatMap(({ reply }) => textsOfReply(reply)),
  ];
}

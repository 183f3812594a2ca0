import { z } from 'zod';
import { idOf, type ImportedRule, type Losses, type SourceFile, stateKeys } from './imported.js';
import { listOf } from './from-campaigns.js';
import { tagsOf, template, usable } from './texts.js';

const condition = z.looseObject({
  attribute_key: z.string(),
  filter_operator: z.string(),
  values: z.array(z.unknown()).nullish(),
  query_operator: z.string().nullish(),
});
const rule = z.looseObject({
  name: z.string().nullish(),
  event_name: z.string().nullish(),
  active: z.boolean().nullish(),
  conditions: z.array(condition).nullish(),
  actions: z
    .array(z.looseObject({ action_name: z.string(), action_params: z.array(z.unknown()).nullish() }))
    .nullish(),
});
type Rule = z.output<typeof rule>;
type Condition = z.output<typeof condition>;

/** Chatwoot's operators on the text, which ignore case, with the keyword options of the same effect. */
const MATCH: Readonly<Record<string, { readonly match: string; readonly list: 'any' | 'none' }>> = {
  contains: { match: 'contains', list: 'any' },
  does_not_contain: { match: 'contains', list: 'none' },
  equal_to: { match: 'exact', list: 'any' },
  not_equal_to: { match: 'exact', list: 'none' },
  starts_with: { match: 'starts_with', list: 'any' },
};

/** Imports automation rules of Chatwoot that send a message, as its API lists them (`payload`). */
export function fromChatwoot(file: SourceFile, losses: Losses): readonly ImportedRule[] {
  return listOf(file, rule, ['payload']).flatMap((each, n) => {
    const place = `${file.name}, rule ${n + 1}${each.name ? ` (${each.name})` : ''}`;
    return ruleOf(each, place, losses);
  });
}

function ruleOf(each: Rule, place: string, losses: Losses): ImportedRule[] {
  if (each.event_name !== 'message_created') {
    losses.note(place, `the event ${each.event_name ?? 'without a name'}: rules reply to messages alone`);
    return [];
  }
  const effects = effectsOf(each, place, losses);
  const conditions = (each.conditions ?? []).filter((one) => !isIncoming(one));
  const texts = conditions.filter(({ attribute_key }) => attribute_key === 'content');
  for (const { attribute_key } of conditions.filter((one) => !texts.includes(one))) {
    losses.note(place, `the condition on ${attribute_key}: the rule is written in shadow mode`);
  }
  const tree = treeOf(texts, place, losses);
  if (effects === null || tree === null) return [];
  const isWhole = texts.length === conditions.length;
  const isActive = each.active !== false;
  const keys = { ...tree.keys, ...effects, ...stateKeys(isActive, isWhole) };
  const samples = isWhole && isActive ? tree.samples : [];
  return [{ id: idOf(each.name ?? '', 'chatwoot'), place, on: 'message', keys, samples }];
}

const isIncoming = ({ attribute_key, filter_operator, values }: Condition): boolean =>
  attribute_key === 'message_type' && filter_operator === 'equal_to' && values?.[0] === 'incoming';

function effectsOf({ actions }: Rule, place: string, losses: Losses): Record<string, unknown> | null {
  const effects: Record<string, unknown> = {};
  for (const { action_name, action_params } of actions ?? []) {
    const params = (action_params ?? []).filter((one) => typeof one === 'string');
    const [first] = params;
    if (action_name === 'send_message' && first && effects['reply'] === undefined)
      effects['reply'] = template(first, place, losses);
    else if (action_name === 'add_label') effects['tag'] = tagsOf(params, place, losses);
    else if (action_name === 'assign_agent' || action_name === 'assign_team') effects['handoff'] = true;
    else losses.note(place, `the action ${action_name}`);
  }
  if (effects['reply'] !== undefined) return effects;
  losses.note(place, 'it sends no message');
  return null;
}

interface Tree {
  readonly keys: Readonly<Record<string, unknown>>;
  readonly samples: readonly string[];
}

/**
 * Converts the conditions on the text, from left to right as in Chatwoot, where AND and OR have the same
 * precedence. Null if a condition cannot be expressed.
 */
function treeOf(conditions: readonly Condition[], place: string, losses: Losses): Tree | null {
  const parts = conditions.map((one) => keywordsOf(one, place, losses));
  const whole = parts.filter((part) => part !== null);
  const [first, ...more] = whole;
  if (whole.length < parts.length) return null;
  if (!first) return { keys: {}, samples: [] };
  if (more.length === 0) return { keys: { keywords: first }, samples: first.any ?? [] };
  const joins = conditions.map(({ query_operator }) =>
    query_operator?.toLowerCase() === 'or' ? 'any' : 'all',
  );
  const fact = (params: object): object => ({ fact: 'keywords', params, operator: 'equal', value: true });
  const tree = more.reduce(
    (left: object, next, n) => ({ [joins[n] ?? 'all']: [left, fact(next)] }),
    fact(first),
  );
  return {
    keys: { when: tree },
    samples: joins.slice(0, -1).includes('all') ? [] : whole.flatMap(({ any }) => any ?? []),
  };
}

interface Keywords {
  readonly any?: readonly string[];
  readonly none?: readonly string[];
  readonly match: string;
  readonly accents: true;
}

function keywordsOf({ filter_operator, values }: Condition, place: string, losses: Losses): Keywords | null {
  const how = MATCH[filter_operator];
  const texts = (values ?? []).filter((one) => typeof one === 'string');
  const words = usable(texts, place, losses);
  if (how && words.length > 0) return { [how.list]: words, match: how.match, accents: true };
  losses.note(place, `the condition ${filter_operator} on the text`);
  return null;
}

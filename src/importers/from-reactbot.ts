import { z } from 'zod';
import { idOf, type ImportedRule, type Losses, parsed, type SourceFile } from './imported.js';
import { template } from './texts.js';
import { readYaml } from './yaml-source.js';

const flags = z.union([z.string().transform((flag) => [flag]), z.array(z.string())]).nullish();
const pattern = z.union([
  z.string().transform((text) => ({ pattern: text, flags: null, raw: false })),
  z.looseObject({ pattern: z.string(), flags, raw: z.boolean().nullish() }),
]);
const content = z
  .looseObject({ msgtype: z.enum(['m.text', 'm.notice']), body: z.string() })
  .optional()
  .catch(undefined);
const schema = z.looseObject({
  templates: z.record(z.string(), z.looseObject({ content })).nullish(),
  default_flags: flags,
  rules: z.record(
    z.string(),
    z.looseObject({
      rooms: z.array(z.string()).nullish(),
      not_rooms: z.array(z.string()).nullish(),
      matches: z.union([pattern.transform((one) => [one]), z.array(pattern)]),
      template: z.string(),
      variables: z.record(z.string(), z.unknown()).nullish(),
    }),
  ),
});
type Raw = z.output<typeof schema>;

/** Imports the configuration of reactbot (maubot, Matrix): rules whose template is a text message. */
export function fromReactbot(file: SourceFile, losses: Losses): readonly ImportedRule[] {
  const raw = parsed(schema, readYaml(file)[0], file.name, 'It has the keys templates and rules.');
  return Object.entries(raw.rules).flatMap(([name, rule]): ImportedRule[] => {
    const place = `${file.name}, rules.${name}`;
    const text = textOf(raw, rule, place, losses);
    if (text === null) return [];
    if (rule.rooms?.length || rule.not_rooms?.length)
      losses.note(place, 'its rooms: the rule holds for all accounts');
    const expressions = rule.matches.map((one) => expressionOf(one, raw.default_flags ?? []));
    const keywords = { any: expressions, match: 'regex', case_sensitive: true, accents: true };
    const keys = { keywords, reply: template(text, place, losses) };
    return [{ id: idOf(name, 'reactbot'), place, on: 'message', keys, samples: [] }];
  });
}

/** The text that a rule sends. If the rule sends something else, notes it as lost and returns null. */
function textOf(
  { templates }: Raw,
  { template: name, variables }: Raw['rules'][string],
  place: string,
  losses: Losses,
): string | null {
  const body = templates?.[name]?.content?.body;
  if (body === undefined) {
    losses.note(place, `the template ${name} is no text`);
    return null;
  }
  return body.replace(/\$\$\{(?<key>\w+)\}/gu, (whole, key: string) => {
    const value = variables?.[key];
    if (typeof value === 'string' && !value.includes('{{')) return value;
    losses.note(place, `the variable ${key} is sent as it is written`);
    return whole;
  });
}

const FLAGS: Readonly<Record<string, string>> = {
  i: 'i',
  ignorecase: 'i',
  s: 's',
  dotall: 's',
  m: 'm',
  multiline: 'm',
};

function expressionOf(
  { pattern: text, flags: own, raw }: z.output<typeof pattern>,
  otherwise: readonly string[],
): string {
  const letters = (own ?? otherwise).flatMap((flag) => FLAGS[flag.toLowerCase()] ?? []);
  const start = raw && text.startsWith('^') ? '^' : '';
  const end = raw && text.endsWith('$') ? '$' : '';
  const inner = raw
    ? text.slice(start.length, text.length - end.length).replace(/[.*+?^${}()|[\]\\]/gu, '\\$&')
    : text;
  return `${letters.length > 0 ? `(?${[...new Set(letters)].join('')})` : ''}${start}${inner}${end}`;
}

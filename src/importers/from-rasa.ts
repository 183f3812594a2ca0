import { z } from 'zod';
import { idOf, type ImportedRule, type Losses, parsed, type SourceFile } from './imported.js';
import { exampleKeys, reply, template } from './texts.js';
import { readYaml } from './yaml-source.js';

const nlu = z.array(
  z.looseObject({
    intent: z.string().nullish(),
    examples: z.union([z.string(), z.array(z.looseObject({ text: z.string() }))]).nullish(),
  }),
);
const variant = z.union([
  z.string().transform((text) => ({ text })),
  z.looseObject({ text: z.string().nullish() }),
]);
const schema = z.looseObject({
  nlu: nlu.nullish(),
  responses: z.record(z.string(), z.array(variant).nullable()).nullish(),
  rules: z.array(z.looseObject({ steps: z.array(z.looseObject({})).nullish() })).nullish(),
  stories: z.array(z.unknown()).nullish(),
});
type RasaDocument = z.output<typeof schema>;
type Intent = z.output<typeof nlu>[number];

interface Answers {
  /** The texts of each response, keyed by its name. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
  /** The response of each intent that a Rasa rule names. */
  readonly responseOf: ReadonlyMap<string, string>;
}

/**
 * Imports Rasa's training data, version 3: `nlu`, `responses` and `rules` of any number of YAML files. A rule
 * of two steps joins an intent and a response; without such a rule, `utter_NAME` is the response to the
 * intent NAME.
 */
export function fromRasa(files: readonly SourceFile[], losses: Losses): readonly ImportedRule[] {
  const documents = files.flatMap((file) =>
    readYaml(file).map((value) => ({ file, data: parse(file, value) })),
  );
  const all = documents.map(({ data }) => data);
  const answers: Answers = {
    texts: new Map(all.flatMap(({ responses }) => Object.entries(responses ?? {}).map(textsOf))),
    responseOf: new Map(all.flatMap(responsesOf)),
  };
  return documents.flatMap(({ file, data }) => {
    const stories = data.stories?.length ?? 0;
    if (stories > 0) losses.note(file.name, `${stories} stories: a rule replies to one message at a time`);
    return (data.nlu ?? []).flatMap((intent) => ruleOf(intent, answers, file.name, losses));
  });
}

function parse(file: SourceFile, value: unknown): RasaDocument {
  const fix = 'Give the files of a Rasa project: data/*.yml and domain.yml.';
  return parsed(schema, value ?? {}, file.name, fix);
}

const textsOf = ([name, variants]: [string, readonly z.output<typeof variant>[] | null]) =>
  [name, (variants ?? []).flatMap(({ text }) => (text ? [text] : []))] as const;

/** Finds the response to each intent in the rules of two steps. */
function responsesOf({ rules }: RasaDocument): readonly (readonly [string, string])[] {
  return (rules ?? []).flatMap(({ steps }) => {
    const [first, second, ...rest] = steps ?? [];
    const [intent, action] = [first?.['intent'], second?.['action']];
    const isPair = typeof intent === 'string' && typeof action === 'string' && rest.length === 0;
    return isPair ? [[intent, action] as const] : [];
  });
}

function ruleOf(
  { intent, examples }: Intent,
  answers: Answers,
  file: string,
  losses: Losses,
): ImportedRule[] {
  if (!intent) return [];
  const place = `${file}, intent ${intent}`;
  const said = answers.responseOf.get(intent) ?? `utter_${intent}`;
  const texts = answers.texts.get(said) ?? [];
  const asked = phrasesOf(examples);
  if (texts.length === 0 || asked.length === 0) {
    losses.note(place, texts.length === 0 ? `there is no text for ${said}` : 'it has no example');
    return [];
  }
  if (hasEntities(examples)) losses.note(place, 'its entities: the text alone is kept');
  const says = reply(texts.map((text) => template(text, place, losses)));
  const keys = { ...exampleKeys(asked, place, losses), reply: says };
  return [{ id: idOf(intent, 'intent'), place, on: 'message', keys, samples: asked }];
}

/** Pattern of an entity, of bounded length: a text of a million brackets would take quadratic time. */
const ENTITY = /\[(?<said>[^\][]{1,200})\](?:\([^)(]{0,200}\)|\{[^}]{0,500}\})/gu;

function linesOf(examples: Intent['examples']): readonly string[] {
  if (!examples) return [];
  return typeof examples === 'string' ? examples.split('\n') : examples.map(({ text }) => text);
}

const hasEntities = (examples: Intent['examples']): boolean =>
  linesOf(examples).some((line) => line.search(ENTITY) >= 0);

function phrasesOf(examples: Intent['examples']): readonly string[] {
  const phrases = linesOf(examples).map((line) => line.replace(/^\s*-\s*/u, '').replace(ENTITY, '$<said>'));
  return phrases.map((phrase) => phrase.trim()).filter((phrase) => phrase !== '');
}

import { z } from 'zod';
import { idOf, type ImportedRule, type Losses, parsed, type SourceFile } from './imported.js';
import { parseJson } from './json.js';
import { exampleKeys, reply, template } from './texts.js';

const speech = z.union([z.string().transform((text) => [text]), z.array(z.string())]).nullish();
const intent = z.looseObject({
  name: z.string(),
  contexts: z.array(z.unknown()).nullish(),
  webhookUsed: z.boolean().nullish(),
  fallbackIntent: z.boolean().nullish(),
  responses: z
    .array(
      z.looseObject({
        parameters: z.array(z.looseObject({ required: z.boolean().nullish() })).nullish(),
        messages: z.array(z.looseObject({ lang: z.string().nullish(), speech })).nullish(),
      }),
    )
    .nullish(),
});
const said = z.array(z.looseObject({ data: z.array(z.looseObject({ text: z.string() })).nullish() }));

const USERSAYS = /^(?<name>.*)_usersays_(?<lang>[^_]+)\.json$/u;

/** Imports the intents of a Dialogflow ES agent, exported and unpacked: the folder's `intents/*.json`. */
export function fromDialogflow(files: readonly SourceFile[], losses: Losses): readonly ImportedRule[] {
  const phrases = new Map<string, string[]>();
  const base = (name: string): string => name.split('/').at(-1) ?? name;
  for (const file of files) {
    const { name } = USERSAYS.exec(base(file.name))?.groups ?? {};
    if (name === undefined) continue;
    const list = parse(said, file);
    const texts = list.map(({ data }) =>
      (data ?? [])
        .map(({ text }) => text)
        .join('')
        .trim(),
    );
    phrases.set(name, [...(phrases.get(name) ?? []), ...texts.filter((text) => text !== '')]);
  }
  return files
    .filter((file) => !USERSAYS.test(base(file.name)))
    .flatMap((file) =>
      ruleOf(file, parse(intent, file), phrases.get(base(file.name).replace(/\.json$/u, '')) ?? [], losses),
    );
}

function parse<T>(schema: z.ZodType<T>, file: SourceFile): T {
  return parsed(
    schema,
    parseJson(file),
    file.name,
    'Give the folder of an exported agent, which holds intents/.',
  );
}

function ruleOf(
  file: SourceFile,
  raw: z.output<typeof intent>,
  asked: readonly string[],
  losses: Losses,
): ImportedRule[] {
  const place = `${file.name} (${raw.name})`;
  if (raw.fallbackIntent) losses.note(place, 'the fallback intent: what no rule matches gets no reply');
  if (raw.contexts && raw.contexts.length > 0)
    losses.note(place, 'its contexts: the rule applies in every context');
  if (raw.webhookUsed) losses.note(place, 'its webhook');
  const responses = raw.responses ?? [];
  if (responses.some(({ parameters }) => parameters?.some(({ required }) => required)))
    losses.note(place, 'its required parameters: nothing is asked');
  const texts = responses
    .flatMap(({ messages }) => (messages ?? []).flatMap((message) => message.speech ?? []))
    .filter((text) => text.trim() !== '');
  if (texts.length === 0 || asked.length === 0) {
    if (!raw.fallbackIntent)
      losses.note(place, texts.length === 0 ? 'it has no text to reply' : 'it has no training phrase');
    return [];
  }
  const keys = {
    ...exampleKeys(asked, place, losses),
    reply: reply(texts.map((text) => template(text, place, losses))),
  };
  return [{ id: idOf(raw.name, 'intent'), place, on: 'message', keys, samples: asked }];
}

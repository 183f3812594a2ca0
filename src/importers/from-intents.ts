import { z } from 'zod';
import { idOf, type ImportedRule, type Losses, parsed, type SourceFile } from './imported.js';
import { parseJson } from './json.js';
import { exampleKeys, reply, template } from './texts.js';

const list = z.union([z.array(z.string()), z.string().transform((text) => [text])]).nullish();
const schema = z.looseObject({
  intents: z.array(
    z.looseObject({
      tag: z.string(),
      patterns: list,
      responses: list,
      context_set: z.unknown().optional(),
      context: z.unknown().optional(),
      context_filter: z.unknown().optional(),
    }),
  ),
});

/** True if there is a text: neither absent nor empty, nor a list of empty texts. */
const isSet = (value: unknown): boolean =>
  Array.isArray(value) ? value.some(isSet) : value !== undefined && value !== null && value !== '';

/** Imports the JSON of chatbot tutorials: `intents` with `tag`, `patterns` and `responses`. */
export function fromIntents(file: SourceFile, losses: Losses): readonly ImportedRule[] {
  const fix = 'It is { "intents": [ { "tag", "patterns", "responses" } ] }.';
  const { intents } = parsed(schema, parseJson(file), file.name, fix);
  return intents.flatMap((intent, n): ImportedRule[] => {
    const { tag, patterns, responses } = intent;
    const place = `${file.name}, intents.${n} (${tag})`;
    for (const key of ['context_set', 'context_filter', 'context'] as const) {
      const value = intent[key];
      if (isSet(value)) losses.note(place, `${key}: the rule applies in every context`);
    }
    const texts = (responses ?? []).filter((text) => text.trim() !== '');
    const asked = (patterns ?? []).filter((text) => text.trim() !== '');
    if (texts.length === 0 || asked.length === 0) {
      losses.note(place, texts.length === 0 ? 'it has no response' : 'it has no pattern');
      return [];
    }
    const keys = {
      ...exampleKeys(asked, place, losses),
      reply: reply(texts.map((text) => template(text, place, losses))),
    };
    return [{ id: idOf(tag, `intent-${n + 1}`), place, on: 'message', keys, samples: asked }];
  });
}

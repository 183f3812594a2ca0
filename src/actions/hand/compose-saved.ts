import { everyLanguage } from '../../domain/reply.js';
import { LIMITS } from '../../domain/limits.js';
import type { InboundEvent } from '../../domain/event.js';
import { HUMAN_RULE } from '../../domain/rule.js';
import type { SavedReply } from '../../domain/saved-reply.js';
import type { Config } from '../../domain/config.js';
import type { Instant } from '../../domain/time.js';
import { createLanguages } from '../../engine/language/languages.js';
import type { CompiledSet } from '../../engine/rule-set.js';
import type { JournalStore } from '../../store/ports/journal.js';
import { type ComposeContext, inLanguage, renderText } from '../compose/compose.js';

/** A saved reply as it reads for one contact, or the error that keeps it from being used. */
export type ComposedReply =
  { readonly name: string; readonly text: string } | { readonly name: string; readonly error: string };

export interface SavedParts {
  readonly config: Config;
  readonly set: CompiledSet;
  readonly store: Pick<JournalStore, 'factsFor'>;
}

const SPEAKER = { rule: { id: HUMAN_RULE, mode: 'live' }, keyword: null, groups: {} } as const;

/**
 * Renders saved replies for the contact of an event, as the replies of rules are. They are not split: a person edits
 * them. Throws the errors of the store.
 */
export async function composeSaved(
  saved: readonly SavedReply[],
  event: InboundEvent,
  now: Instant,
  { config, set, store }: SavedParts,
): Promise<readonly ComposedReply[]> {
  const account = config.accounts.find(({ name }) => name === event.account);
  if (account === undefined || saved.length === 0) return [];
  const languages = createLanguages(
    [],
    saved.flatMap(({ reply }) => everyLanguage(reply)),
  );
  await languages.prepare();
  const window = { answers: LIMITS.answerMemory, mode: 'live', said: languages.isUsed } as const;
  const facts = await store.factsFor(event, now, window);
  const context: ComposeContext = { event, facts, account, set, humanPause: config.guards.humanPause };
  const evidence = { text: event.text, keyword: null, earlier: facts.said };
  return saved.map(({ name, reply }) => {
    const choice = languages.choose(reply, evidence);
    const [template = ''] = (choice && reply.languages?.[choice.language]) ?? reply.texts;
    const rendered = renderText(template, SPEAKER, inLanguage(context, choice));
    return rendered.ok ? { name, text: rendered.text } : { name, error: rendered.error };
  });
}

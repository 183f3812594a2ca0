import { z } from 'zod';
import {
  given,
  idOf,
  ImportError,
  type ImportedRule,
  type KnownAccount,
  type Losses,
  type SourceFile,
  stateKeys,
} from './imported.js';
import { parseJson } from './json.js';
import { literal, usable, withLinks } from './texts.js';

const text = z.string().nullish();
const block = z.looseObject({ enabled: z.boolean().nullish(), message: text, text });
const trigger = z.looseObject({
  type: z.string().nullish(),
  keywords: z.array(z.string()).nullish(),
  postId: z.union([z.string(), z.number()]).nullish(),
});
/** One of Blotato's own automations. Every field may be absent (listings seen 2026-08/09). */
const automationSchema = z.looseObject({
  id: z.union([z.string(), z.number()]).nullish(),
  name: text,
  accountId: z.union([z.string(), z.number()]).nullish(),
  isActive: z.boolean().nullish(),
  trigger: trigger.nullish(),
  triggers: z.array(trigger).nullish(),
  dmMessage: z.unknown().optional(),
  buttons: z.array(z.looseObject({ title: text, url: text })).nullish(),
  emailGate: z.unknown().optional(),
  followGate: z.unknown().optional(),
  commentReply: text,
});
type Automation = z.output<typeof automationSchema>;
type Trigger = z.output<typeof trigger>;

/** Imports the automations in a JSON file: a list, or a response of `GET /v2/dm-automations` with `items`. */
function automationsOf(file: SourceFile): readonly Automation[] {
  const schema = z.union([
    z.array(automationSchema),
    z.looseObject({ items: z.array(automationSchema) }).transform(({ items }) => items),
  ]);
  const parsed = schema.safeParse(parseJson(file));
  if (parsed.success) return parsed.data;
  throw new ImportError(
    file.name,
    'holds no list of automations',
    'Save the response of GET /v2/dm-automations, or leave the file out to read it with your key.',
  );
}

/**
 * Imports Blotato's own automations. Their keywords are substrings, upper and lower case differ, and a blank
 * at both ends stands for a whole word (observed 2026-08/09).
 */
export function fromBlotato(
  file: SourceFile,
  losses: Losses,
  accounts: readonly KnownAccount[],
): readonly ImportedRule[] {
  return automationsOf(file).flatMap((automation, n) => {
    const place = `${file.name}, automation ${automation.id ?? n + 1}`;
    return triggersOf(automation).flatMap((each) => ruleOf(automation, each, { place, accounts, losses }));
  });
}

function triggersOf({ triggers, trigger: only }: Automation): readonly Trigger[] {
  return triggers ?? (only ? [only] : []);
}

interface Reading {
  readonly place: string;
  readonly accounts: readonly KnownAccount[];
  readonly losses: Losses;
}

const KINDS: Readonly<Record<string, ImportedRule['on']>> = {
  'comment-received': 'comment',
  'message-received': 'message',
};

function ruleOf(
  automation: Automation,
  { type, keywords, postId }: Trigger,
  reading: Reading,
): ImportedRule[] {
  const { place, losses } = reading;
  const on = KINDS[type ?? 'comment-received'];
  const message = withLinks(literal(textIn(automation.dmMessage)), automation.buttons ?? []);
  if (on === undefined || message === '') {
    losses.note(place, on === undefined ? `the trigger ${type}` : 'it sends no message');
    return [];
  }
  const written = keywords ?? [];
  const match = keywordKeys(written, place, losses);
  if (match === null) return [];
  const isActive = automation.isActive !== false;
  const keys = {
    ...scopeOf(automation, postId, reading),
    ...match,
    ...saysOf(automation, message, on, reading),
    ...stateKeys(isActive),
  };
  const id = idOf((automation.name ?? written[0] ?? '').trim(), `automation-${on}`);
  return [{ id, place, on, keys, samples: isActive ? samplesOf(written) : [] }];
}

function scopeOf({ accountId }: Automation, postId: Trigger['postId'], { accounts, place, losses }: Reading) {
  const account = accounts.find(({ id }) => id === String(accountId ?? ''));
  if (accountId && !account) {
    losses.note(
      place,
      `the account ${accountId}, which is not in the configuration: the rule holds for all accounts`,
    );
  }
  return given({ accounts: account ? [account.name] : [], posts: postId ? [String(postId)] : [] });
}

/** The text of a step: itself, or the text in its block. */
function textIn(step: unknown): string {
  if (typeof step === 'string') return step.trim();
  const parsed = block.safeParse(step);
  return (parsed.data?.message ?? parsed.data?.text ?? '').trim();
}

/** True for a step that exists and is not switched off. */
function isOn(step: unknown): boolean {
  const parsed = block.safeParse(step);
  return step !== null && step !== undefined && step !== false && parsed.data?.enabled !== false;
}

const isWord = (keyword: string): boolean => /^\s.*\s$/u.test(keyword);

/**
 * Converts keywords to case-sensitive substrings, and those with blanks at both ends to words. Null if no
 * keyword is usable.
 */
function keywordKeys(all: readonly string[], place: string, losses: Losses): Record<string, unknown> | null {
  const kept = usable(all, place, losses);
  if (kept.length === 0) {
    if (all.length === 0) return {};
    losses.note(place, 'none of its keywords can be used');
    return null;
  }
  const words = kept.filter(isWord).map((keyword) => keyword.trim());
  const parts = kept.filter((keyword) => !isWord(keyword)).map((keyword) => keyword.trim());
  const options = { case_sensitive: true, accents: true };
  const asWords = { any: words, match: 'word', ...options };
  const asParts = { any: parts, match: 'contains', ...options };
  if (parts.length === 0) return { keywords: asWords };
  if (words.length === 0) return { keywords: asParts };
  const fact = (params: object) => ({ fact: 'keywords', params, operator: 'equal', value: true });
  return { when: { any: [fact(asParts), fact(asWords)] } };
}

function samplesOf(keywords: readonly string[]): readonly string[] {
  return keywords.map((keyword) => keyword.trim()).filter((keyword) => keyword !== '');
}

/** Order of steps at Blotato: follow gate, e-mail gate, message, webhook. */
function saysOf(
  { emailGate, followGate, commentReply }: Automation,
  message: string,
  on: ImportedRule['on'],
  { place, losses }: Reading,
) {
  if (isOn(followGate)) {
    losses.note(place, 'the follow gate: the API does not say who follows, so everybody gets the message');
  }
  const isAsked = isOn(emailGate);
  const first = isAsked ? literal(textIn(emailGate) || 'What is your e-mail address?') : message;
  const then = [{ ask: { expect: 'email', save: 'email', within: '24h' } }, { reply: message }];
  const publicly = on === 'comment' && commentReply ? literal(commentReply) : null;
  return {
    [on === 'comment' ? 'private_reply' : 'reply']: first,
    ...given({ comment_reply: publicly, then: isAsked ? then : null }),
  };
}

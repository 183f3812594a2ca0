import { z } from 'zod';
import {
  given,
  idOf,
  type ImportedRule,
  type KnownAccount,
  type Losses,
  parsed,
  type SourceFile,
  stateKeys,
} from './imported.js';
import { parseJson } from './json.js';
import { reply, template, usable, withLinks } from './texts.js';

const text = z.string().nullish();
const id = z.union([z.string(), z.number()]).nullish();
const texts = z.array(z.string()).nullish();

/** A campaign of openreply, as its import takes it. */
const openreply = z.looseObject({
  name: text,
  postId: id,
  keywords: texts,
  dmMessage: text,
  publicReplyMessage: text,
  trackedUrl: text,
  wholeWordMatch: z.boolean().nullish(),
  isActive: z.boolean().nullish(),
});

/** A comment automation of Zernio (API reference, version 1.0.4). */
const zernio = z.looseObject({
  name: text,
  platform: z.enum(['instagram', 'facebook']).nullish(),
  trigger: z.enum(['comment', 'story_reply']).nullish(),
  accountId: id,
  platformPostId: id,
  keywords: texts,
  excludeKeywords: texts,
  matchMode: z.enum(['exact', 'contains', 'word']).nullish(),
  typoTolerance: z.boolean().nullish(),
  dmMessage: text,
  dmMessageVariations: texts,
  buttons: z.array(z.looseObject({ title: text, url: text })).nullish(),
  commentReply: text,
  commentReplyVariations: texts,
  clickTag: text,
  isActive: z.boolean().nullish(),
});

interface Campaign {
  readonly name: string;
  readonly place: string;
  /** Scope of a rule: `platforms`, `accounts` and `posts`. */
  readonly scope: Readonly<Record<string, unknown>>;
  readonly keywords: Readonly<Record<string, unknown>>;
  readonly samples: readonly string[];
  readonly direct: readonly string[];
  readonly publicly: readonly string[];
  readonly isActive: boolean;
}

/** Imports campaigns of openreply in JSON: a list, or `{ campaigns: [...] }`. */
export function fromOpenreply(file: SourceFile, losses: Losses): readonly ImportedRule[] {
  return listOf(file, openreply, ['campaigns', 'automations', 'data']).flatMap((each, n) => {
    const place = `${file.name}, campaign ${n + 1}`;
    const any = usable(each.keywords ?? [], place, losses);
    const isWord = each.wholeWordMatch !== false;
    if (each.trackedUrl) losses.note(place, `the tracked link ${each.trackedUrl}: clicks are not counted`);
    if (isWord) losses.note(place, 'a plural matches its singular there; write both as keywords');
    return ruleOf(
      {
        name: each.name ?? '',
        place,
        scope: given({ platforms: ['instagram'], posts: asList(each.postId) }),
        keywords: { any, match: isWord ? 'word' : 'contains' },
        samples: any,
        direct: texted([each.dmMessage]),
        publicly: texted([each.publicReplyMessage]),
        isActive: each.isActive !== false,
      },
      losses,
    );
  });
}

/**
 * Imports comment automations of Zernio in JSON: a list, or `{ automations: [...] }` as in a response of its
 * API.
 */
export function fromZernio(
  file: SourceFile,
  losses: Losses,
  accounts: readonly KnownAccount[],
): readonly ImportedRule[] {
  return listOf(file, zernio, ['automations', 'data']).flatMap((each, n) => {
    const place = `${file.name}, automation ${n + 1}`;
    if (each.trigger === 'story_reply') {
      losses.note(place, 'the trigger story_reply: the API does not say which message replies to a story');
      return [];
    }
    if (each.clickTag) losses.note(place, `the tag ${each.clickTag} for a click: clicks are not counted`);
    return ruleOf(zernioCampaign(each, place, { accounts, losses }), losses);
  });
}

function zernioCampaign(
  each: z.output<typeof zernio>,
  place: string,
  { accounts, losses }: { readonly accounts: readonly KnownAccount[]; readonly losses: Losses },
): Campaign {
  const any = usable(each.keywords ?? [], place, losses);
  const none = usable(each.excludeKeywords ?? [], place, losses);
  const match = each.matchMode ?? 'contains';
  const direct = texted([each.dmMessage, ...(each.dmMessageVariations ?? [])]);
  return {
    name: each.name ?? '',
    place,
    scope: given({
      platforms: each.platform ? [each.platform] : [],
      accounts: accountOf(asList(each.accountId), accounts, place, losses),
      posts: asList(each.platformPostId),
    }),
    keywords: {
      any,
      match,
      ...given({ none, typos: each.typoTolerance === true && match === 'word' ? 1 : null }),
    },
    samples: any,
    direct: direct.map((one) => withLinks(one, each.buttons ?? [])),
    publicly: texted([each.commentReply, ...(each.commentReplyVariations ?? [])]),
    isActive: each.isActive !== false,
  };
}

function accountOf(
  [id]: readonly string[],
  accounts: readonly KnownAccount[],
  place: string,
  losses: Losses,
): readonly string[] {
  const known = accounts.find((one) => one.id === id || one.name === id);
  if (id !== undefined && !known) losses.note(place, `the account ${id}: the rule holds for all accounts`);
  return known ? [known.name] : [];
}

function ruleOf(campaign: Campaign, losses: Losses): ImportedRule[] {
  const { name, place, scope, keywords, samples, direct, publicly, isActive } = campaign;
  if (direct.length + publicly.length === 0) {
    losses.note(place, 'it sends nothing');
    return [];
  }
  const say = (all: readonly string[]) =>
    all.length === 0 ? null : reply(all.map((one) => template(one, place, losses)));
  const keys = {
    ...scope,
    ...given({
      keywords: samples.length > 0 ? keywords : null,
      private_reply: say(direct),
      comment_reply: say(publicly),
    }),
    ...stateKeys(isActive),
  };
  const first = name.trim() === '' ? (samples[0] ?? '') : name;
  return [{ id: idOf(first, 'campaign'), place, on: 'comment', keys, samples: isActive ? samples : [] }];
}

const asList = (value: string | number | null | undefined): readonly string[] =>
  value === null || value === undefined || value === '' ? [] : [String(value)];

const texted = (all: readonly (string | null | undefined)[]): readonly string[] =>
  all.flatMap((one) => (one?.trim() ? [one] : []));

/**
 * Returns the list in a JSON file: the file itself, or the value of one of the keys. Throws ImportError for
 * another shape.
 */
export function listOf<T>(file: SourceFile, schema: z.ZodType<T>, keys: readonly string[]): readonly T[] {
  const value = parseJson(file);
  const inside = keys.map(
    (key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined) as unknown,
  );
  const list: unknown = Array.isArray(value) ? value : inside.find(Array.isArray);
  return parsed(z.array(schema), list, file.name, `It is a list, or a block with ${keys.join(' or ')}.`);
}

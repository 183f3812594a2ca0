import type { Button } from '../../domain/button.js';
import type { AccountConfig } from '../../domain/config.js';
import type { PlannedAction } from '../../domain/decision.js';
import type { InboundEvent, Platform } from '../../domain/event.js';
import type { Facts } from '../../domain/facts.js';
import type { Phrase } from '../../domain/phrase.js';
import type { Reason } from '../../domain/reason.js';
import type { LanguageChoice, ReplySpec } from '../../domain/reply.js';
import type { ActionSpec, ActionType, AfterPrivate, Rule } from '../../domain/rule.js';
import { DAY, type Instant, type Millis } from '../../domain/time.js';
import type { Match } from '../../engine/decide.js';
import type { CompiledSet } from '../../engine/rule-set.js';
import { fitsButtons, linksAfter, renderButtons } from './buttons.js';
import { choice, turnOf } from './choice.js';
import { localeIn } from '../../domain/locale.js';
import { limitOf, tooLong } from '../../domain/platforms.js';
import { speak } from './phrase.js';
import { render, renderForProgram } from './render.js';
import { MOST_PARTS, splitText } from './split.js';
import type { TemplateRoots } from './scope.js';

/**
 * Time after which the disclosure is repeated; it is also repeated after a human wrote (Meta: "a significant
 * lapse").
 */
const DISCLOSE_AGAIN: Millis = 7 * DAY;

export interface ComposeContext {
  readonly event: InboundEvent;
  readonly facts: Facts;
  readonly account: AccountConfig;
  readonly set: CompiledSet;
  /** Time that the program stays silent after a human wrote. */
  readonly humanPause: Millis;
}

/** The rule that replies and its keyword match. */
export interface Speaker extends Pick<Match, 'keyword' | 'groups'> {
  readonly rule: Pick<Rule, 'id' | 'mode'>;
}

/** A text that cannot be rendered or sent. */
export interface Refused {
  readonly ok: false;
  readonly reason: Reason;
  readonly detail: string;
  /** The rule of the text; null if unknown. */
  readonly rule: string | null;
}

/**
 * Renders the replies of the rules. All or nothing: a text with a missing value, or too long for the
 * platform, refuses the whole reply. A reply to a message may be split into up to three sends; other texts
 * are one send each. A comment has only one private reply, so of several rules only the first sends one.
 */
export function composeActions(
  matches: readonly Match[],
  context: ComposeContext,
): { readonly ok: true; readonly actions: readonly PlannedAction[] } | Refused {
  const actions: PlannedAction[] = [];
  let disclosure = disclosureFor(context);
  let privateReplySpent = false;

  for (const match of matches) {
    for (const spec of inSendingOrder(match.rule.actions)) {
      if (spec.type === 'private_reply' && privateReplySpent) continue;
      privateReplySpent ||= spec.type === 'private_reply';
      const isPublic = spec.type === 'comment_reply';
      const result = compose(spec, match, context, isPublic ? null : disclosure);
      if (!result.ok) return result;
      if (!isPublic) disclosure = null;
      actions.push(...result.actions);
    }
  }
  return { ok: true, actions };
}

/**
 * The private reply comes first, since "check your DMs" must be true, unless the rule sets the public reply
 * first.
 */
function inSendingOrder(actions: readonly ActionSpec[]): readonly ActionSpec[] {
  const place = ({ type, afterPrivate }: ActionSpec): number => {
    if (type !== 'comment_reply') return 1;
    return afterPrivate?.when === 'first' ? 0 : 2;
  };
  return [...actions].sort((a, b) => place(a) - place(b));
}

/** Renders one reply, split into as many sends as the platform needs. */
export function compose(
  spec: ActionSpec,
  match: Speaker,
  context: ComposeContext,
  disclosure: Phrase | null,
): { readonly ok: true; readonly actions: readonly PlannedAction[] } | Refused {
  const { type, afterPrivate } = spec;
  const rule = match.rule.id;
  const language = languageOf(spec.reply, match, context);
  const template = textOf(spec, language, match.rule, context);
  const opening =
    disclosure === null ? null : speak(disclosure, { ...context, keyword: match.keyword }, language).text;
  const here = inLanguage(context, language);
  const written = writeWithButtons(template, spec.reply, { type, match, context: here, disclosure: opening });
  if (!written.ok) return { ...written, detail: `${type}: ${written.detail}`, rule };
  const fallback = composeFallback(afterPrivate, { type, match, context, disclosure: null });
  if (!fallback.ok) return { ...fallback, detail: `${type}: otherwise: ${fallback.detail}`, rule };
  const delay = delayOf(spec.reply, `${context.event.id}/${rule}/${type}`);
  const actions = written.texts.map((text, index): PlannedAction => {
    const action = { type, rule, text, delay, disclosed: disclosure !== null && index === 0 };
    // Most replies are one text without any of these.
    if (written.texts.length === 1 && !written.buttons && language === null && !afterPrivate) return action;
    return {
      ...action,
      ...(index === written.texts.length - 1 && written.buttons ? { buttons: written.buttons } : {}),
      ...(language === null ? {} : { language }),
      ...(written.texts.length > 1 ? { part: index + 1 } : {}),
      ...(afterPrivate ? { afterPrivate: { ...afterPrivate, otherwise: fallback.texts[0] ?? null } } : {}),
    };
  });
  return { ok: true, actions };
}

type Written =
  | { readonly ok: true; readonly texts: readonly string[]; readonly buttons?: readonly Button[] }
  | { readonly ok: false; readonly reason: Reason; readonly detail: string };

interface Writing {
  readonly type: ActionType;
  readonly match: Speaker;
  readonly context: ComposeContext;
  readonly disclosure: string | null;
  /** Links that follow the text. */
  readonly links?: string;
}

/** Renders a text with its buttons, or with links in place of buttons that cannot be sent. */
function writeWithButtons(template: string, { buttons = [] }: ReplySpec, writing: Writing): Written {
  if (buttons.length === 0) return write(template, writing);
  const { type, match, context } = writing;
  const rendered = renderButtons(buttons, (text) => renderText(text, match, context));
  if (!rendered.ok) return { ok: false, reason: 'template_error', detail: rendered.error };
  const bare = write(template, writing);
  const last = bare.ok ? (bare.texts.at(-1) ?? '') : '';
  if (bare.ok && fitsButtons(rendered.buttons, last, { account: context.account, type }))
    return { ...bare, buttons: rendered.buttons };
  return write(template, { ...writing, links: linksAfter(rendered.buttons) });
}

/** Renders one template, split into as many texts as the platform needs. */
function write(template: string, { type, match, context, disclosure, links = '' }: Writing): Written {
  const rendered = renderText(template, match, context);
  if (!rendered.ok) return { ok: false, reason: 'template_error', detail: rendered.error };
  if (rendered.text === '') return { ok: false, reason: 'template_error', detail: 'the text is empty' };
  const said = `${rendered.text}${links}`;
  const text = disclosure === null ? said : `${disclosure}\n\n${said}`;
  const parts = partsOf(text, context.event.platform, type);
  return parts.ok ? parts : { ok: false, reason: 'too_long', detail: parts.excess };
}

/** Renders a template for the contact of the event. */
export function renderText(
  template: string,
  match: Speaker,
  context: ComposeContext,
): ReturnType<typeof render> {
  const { account, set } = context;
  const timezone = timezoneFor(template, set);
  return render(template, rootsFor(template, match, context), timezone, account.locale ?? null);
}

/** Renders a part of a request for the contact of the event. */
export function renderPart(
  template: string,
  match: Speaker,
  context: ComposeContext,
  encode?: (value: string) => string,
): ReturnType<typeof render> {
  const { account, set } = context;
  const options = { timezone: timezoneFor(template, set), locale: account.locale ?? null, encode };
  return renderForProgram(template, rootsFor(template, match, context), options);
}

/**
 * Renders the fallback for a private reply that cannot be sent. It is rendered when the rule decides, because
 * the texts that it quotes may be deleted by the time it is needed.
 */
function composeFallback(afterPrivate: AfterPrivate | undefined, writing: Writing): Written {
  const otherwise = afterPrivate?.otherwise ?? null;
  return otherwise === null ? { ok: true, texts: [] } : write(otherwise, writing);
}

type Parts = { readonly ok: true; readonly texts: readonly string[] } | { ok: false; excess: string };

/**
 * A comment has only one private reply, and a public reply in several comments would clutter the thread: only
 * replies to messages are split.
 */
function partsOf(text: string, platform: Platform, type: ActionType): Parts {
  const excess = tooLong(platform, type, text);
  if (excess === null) return { ok: true, texts: [text] };
  if (type !== 'reply') return { ok: false, excess };
  const limit = limitOf(platform, type);
  const texts = limit && splitText(text, limit);
  return texts
    ? { ok: true, texts }
    : { ok: false, excess: `${excess} per send, and at most ${MOST_PARTS} sends` };
}

/** The same context for a text in that language: names of days and months, numbers and money are in it as well. */
export function inLanguage(context: ComposeContext, choice: LanguageChoice | null): ComposeContext {
  if (choice === null) return context;
  const { account } = context;
  return { ...context, account: { ...account, locale: localeIn(choice.language, account.locale) } };
}

/** The language in which this contact gets the reply; null if it is the same for all. */
function languageOf(
  reply: ReplySpec,
  { keyword }: Speaker,
  { event, facts, set }: ComposeContext,
): LanguageChoice | null {
  return set.languages.choose(reply, { text: event.text, keyword, earlier: facts.said });
}

/** The next text in the rotation for this contact: none is repeated before all were used. */
function textOf(
  { type, reply }: ActionSpec,
  language: LanguageChoice | null,
  rule: Speaker['rule'],
  { event, facts }: ComposeContext,
): string {
  const texts = (language && reply.languages?.[language.language]) ?? reply.texts;
  const seed = `${event.contact.id === '' ? event.id : event.contact.id}/${rule.id}/${type}`;
  // Comments without an author's id may be from different people, so they share no rotation.
  const before = event.contact.id === '' ? 0 : timesAnswered(rule, facts);
  return texts[turnOf(texts.length, before, seed)] ?? '';
}

function timesAnswered(rule: Speaker['rule'], { replies }: Facts): number {
  return replies
    .filter((answer) => answer.rule === rule.id && (!answer.isShadow || rule.mode === 'shadow'))
    .reduce((sum, answer) => sum + answer.times, 0);
}

function delayOf({ delay }: ReplySpec, seed: string): Millis {
  return delay === null ? 0 : Math.round(delay.from + choice(`${seed}/delay`) * (delay.to - delay.from));
}

/** The disclosure before the next text to the contact; null if none is due. */
export function disclosureFor({ account, facts }: Pick<ComposeContext, 'account' | 'facts'>): Phrase | null {
  const { lastDisclosedAt, lastHumanAt, now } = facts;
  if (lastDisclosedAt === null || lastDisclosedAt + DISCLOSE_AGAIN <= now) return account.disclosure;
  return lastHumanAt !== null && lastHumanAt > lastDisclosedAt ? account.disclosure : null;
}

function rootsFor(
  template: string,
  match: Speaker,
  { event, facts, account, set }: ComposeContext,
): TemplateRoots {
  const { contact, comment } = event;
  const said = { id: event.sourceId, text: event.text, at: new Date(event.at) };
  return {
    contact: {
      ...{ id: contact.id, name: contact.name, username: contact.username },
      ...{ fields: facts.fields, tags: facts.tags },
    },
    ...(comment === null
      ? { message: said }
      : { comment: { ...said, post: comment.postId ?? comment.platformPostId } }),
    account: { name: account.name, id: account.id, platform: account.platform, vars: account.vars },
    match: { keyword: match.keyword, groups: match.groups },
    hours: template.includes('hours') ? hoursRoots(set, facts.now) : {},
    now: new Date(facts.now),
  };
}

/** The opening hours of all calendars, as templates see them. */
export function hoursRoots(set: CompiledSet, now: Instant): TemplateRoots['hours'] {
  const date = (at: number | null) => (at === null ? null : new Date(at));
  const entries = [...set.calendars.keys()].map((name) => {
    const hours = set.hours(name, now);
    const { state = 'closed', nextOpen = null, nextClose = null } = hours ?? {};
    return [name, { state, next_open: date(nextOpen), next_close: date(nextClose) }] as const;
  });
  return Object.fromEntries(entries);
}

/** Dates use the zone of the first calendar named in the template, else of the first one configured. */
function timezoneFor(template: string, set: CompiledSet): string {
  const all = [...set.calendars.values()];
  const named = all.find((calendar) => template.includes(`hours.${calendar.name}`));
  return (named ?? all[0])?.timezone ?? 'UTC';
}

import { OPT_OUT_WORDS } from '../domain/opt-out.js';
import { resolve } from 'node:path';
import type { Calendar, DateRange, Span, Weekday } from '../domain/calendar.js';
import type { AccountConfig, Config, ServerConfig, StoreAddress } from '../domain/config.js';
import type { NotifyConfig } from '../domain/notice.js';
import { millis, settleOf } from '../yaml/values.js';
import type { RawCalendar } from './calendar-schema.js';
import { isDate, parseDates, parseDays, parseSpan, parseWeekly } from './clock-values.js';
import type { RawNotify } from './notify-schema.js';
import { toPhrase } from './phrase-schema.js';
import type { RawConfig } from './schema.js';

/** Name of a workspace, and tokens for its dashboard. */
interface Named extends Pick<Config, 'token' | 'tokens'> {
  readonly name: string;
}

/**
 * Converts the checked values of a configuration, or of one workspace, for the program. Paths are resolved
 * against `folder`.
 */
export function toConfig(raw: RawConfig, { name, token, tokens = [] }: Named, folder: string): Config {
  const { poll, throttle, delivery, guards, server } = raw;
  return {
    workspace: name,
    token,
    ...(tokens.length > 0 ? { tokens } : {}),
    mode: raw.mode,
    ...settleOf(raw.settle),
    blotato: { baseUrl: raw.blotato.base_url.replace(/\/+$/u, ''), apiKey: raw.blotato.api_key },
    store: toStore(raw.store, folder),
    rulesPath: resolve(folder, raw.rules),
    accounts: raw.accounts.map(toAccount),
    poll: {
      schedule: poll.schedule,
      comments: poll.comments,
      overlap: millis(poll.overlap),
      lookback: poll.start === 'now' ? 0 : millis(poll.start.lookback),
    },
    throttle: {
      sendsPerMinute: throttle.sends_per_minute,
      readsPerMinute: throttle.reads_per_minute,
      concurrency: throttle.concurrency,
      sendsPerHourPerAccount: throttle.per_account.sends_per_hour,
    },
    delivery: { ambiguous: delivery.ambiguous, visibleWithin: millis(delivery.visible_within) },
    guards: {
      humanPause: millis(guards.human_pause),
      automationPause: millis(guards.automation_pause),
      perContact: { replies: guards.per_contact.replies, per: millis(guards.per_contact.per) },
      loopBreaker: guards.loop_breaker === false ? null : toLoopBreaker(guards.loop_breaker),
      optOut:
        guards.opt_out === false
          ? null
          : {
              reply: toPhrase(guards.opt_out.reply),
              keywords: guards.opt_out.keywords ?? OPT_OUT_WORDS,
            },
    },
    calendars: Object.entries(raw.calendars).map(([name, calendar]) => toCalendar(name, calendar)),
    webhooks: { allowHosts: raw.webhooks.allow_hosts },
    retention: millis(raw.retention),
    notify: raw.notify ? toNotify(raw.notify) : null,
    server: server ? toServer(server) : null,
    log: raw.log,
  };
}

function toServer(raw: NonNullable<RawConfig['server']>): ServerConfig {
  const { host, port, token, tokens, agency_token: agency, edit_rules: editRules } = raw;
  const given = (text: string): string | null => (text.trim() === '' ? null : text);
  return {
    host,
    port,
    token: given(token),
    ...(tokens.length > 0 ? { tokens } : {}),
    agencyToken: given(agency),
    editRules,
  };
}

/** The address of a store; a path is relative to `folder`. */
export function toStore(store: string, folder: string): StoreAddress {
  if (!store.startsWith('sqlite:')) return { kind: 'postgres', url: store };
  return { kind: 'sqlite', path: resolve(folder, store.slice('sqlite:'.length)) };
}

function toNotify({ quiet, weekly, link, webhook, email, command, ...raw }: RawNotify): NotifyConfig {
  const span = quiet === undefined ? undefined : parseSpan(quiet.hours);
  return {
    kinds: raw.kinds,
    digest: millis(raw.digest),
    silentAfter: millis(raw.silent_after),
    quiet: quiet === undefined || span === undefined ? null : { ...span, timezone: quiet.timezone },
    ...toWeekly(weekly, quiet?.timezone ?? 'UTC'),
    ...toLinks(raw),
    link: link?.replace(/\/+$/u, '') ?? null,
    webhook: webhook ? { url: webhook.url, secret: webhook.secret ?? null } : null,
    email: email ?? null,
    command: command ?? null,
    ...toChats(raw),
  };
}

function toLinks({ links }: Pick<RawNotify, 'links'>): Pick<NotifyConfig, 'links'> {
  return links === 'daily' ? { links } : {};
}

function toChats({ slack, discord, telegram }: Pick<RawNotify, 'slack' | 'discord' | 'telegram'>) {
  return {
    ...(slack ? { slack } : {}),
    ...(discord ? { discord } : {}),
    ...(telegram ? { telegram: toTelegram(telegram) } : {}),
  };
}

function toTelegram({ token, chat_id: chatId, base_url: baseUrl }: NonNullable<RawNotify['telegram']>) {
  return { token, chatId: String(chatId), baseUrl: baseUrl.replace(/\/+$/u, '') };
}

function toWeekly(weekly: RawNotify['weekly'], timezone: string): Pick<NotifyConfig, 'weekly'> {
  const time = parseWeekly(weekly?.at ?? 'mon 09:00');
  return time === undefined ? {} : { weekly: { ...time, timezone: weekly?.timezone ?? timezone } };
}

function toLoopBreaker({ rounds, within, wait }: Exclude<RawConfig['guards']['loop_breaker'], false>) {
  return { rounds, within: millis(within), wait: millis(wait) };
}

function toAccount(raw: RawConfig['accounts'][number]): AccountConfig {
  return {
    name: raw.name,
    id: raw.id,
    platform: raw.platform,
    nativeId: raw.native_id ?? null,
    pageId: raw.page_id ?? null,
    disclosure: raw.disclosure === undefined ? null : toPhrase(raw.disclosure),
    ...(raw.locale === undefined ? {} : { locale: raw.locale }),
    vars: raw.vars,
    ...(raw.buttons === 'never' ? { buttons: raw.buttons } : {}),
    ...(raw.mode === undefined ? {} : { mode: raw.mode }),
    ...settleOf(raw.settle),
  };
}

function toCalendar(name: string, raw: RawCalendar): Calendar {
  const open: Partial<Record<Weekday, readonly Span[]>> = {};
  for (const [days, spans] of Object.entries(raw.open)) {
    for (const day of parseDays(days) ?? []) open[day] = toSpans(spans);
  }
  return {
    name,
    timezone: raw.timezone,
    open,
    closed: raw.closed.map((dates) => parseDates(dates)).filter((dates) => dates !== undefined),
    ...toSpecial(raw.special),
    holidays: raw.holidays ?? null,
  };
}

function toSpans(texts: readonly string[]): readonly Span[] {
  return texts.map(parseSpan).filter((span) => span !== undefined);
}

/**
 * Splits dates into single ones, which are looked up, and ranges, which are searched: ranges with a year
 * before yearly ones.
 */
function toSpecial(raw: RawCalendar['special']): Pick<Calendar, 'special' | 'ranges'> {
  const entries = Object.entries(raw).flatMap(([dates, spans]) => {
    const range = parseDates(dates);
    return range ? [{ ...range, spans: toSpans(spans) }] : [];
  });
  const isSingle = ({ from, to }: DateRange) => from === to && isDate(from);
  const ranges = entries.filter((entry) => !isSingle(entry));
  return {
    special: Object.fromEntries(entries.filter(isSingle).map(({ from, spans }) => [from, spans])),
    ...(ranges.length === 0 ? {} : { ranges: ranges.sort((a, b) => b.from.length - a.from.length) }),
  };
}

import { dirname, resolve } from 'node:path';
import type { Calendar, Span, Weekday } from '../domain/calendar.js';
import type { AccountConfig, Config } from '../domain/config.js';
import { isPlatform, type Platform } from '../domain/event.js';
import type { Checked, Finding } from '../domain/finding.js';
import { openYaml } from '../yaml/document.js';
import type { Environment } from '../yaml/interpolate.js';
import { checkShape, reportMisreadLists } from '../yaml/issues.js';
import { readText } from '../yaml/read.js';
import type { YamlSource } from '../yaml/source.js';
import { millis } from '../yaml/values.js';
import type { RawCalendar } from './calendar-schema.js';
import { reportClashes } from './clashes.js';
import type { NotifyConfig } from '../domain/notice.js';
import { parseDates, parseDays, parseSpan } from './clock-values.js';
import type { RawNotify } from './notify-schema.js';
import { CONFIG_NOT_YET, configSchema, type RawConfig } from './schema.js';

const NO_FILE = '`autoresponder demo` runs without one; copy config.example.yaml';

/** Reads and checks the configuration file. Every fault is a finding, a missing file as well; it never throws for one. */
export function loadConfig(file: string, env: Environment): Checked<Config> {
  const text = readText(file, NO_FILE);
  return text.ok ? parseConfig(text.value, file, env) : text;
}

/**
 * Checks the text of a configuration file, with references to `env` filled in and all that is wrong at once. Relative
 * paths in it are seen from the folder of `file`.
 */
export function parseConfig(text: string, file: string, env: Environment): Checked<Config> {
  const source = openYaml(text, file, env);
  const raw = source.value === undefined ? undefined : checkShape(configSchema, source, [], CONFIG_NOT_YET);
  reportMisreadLists(source, ['guards', 'opt_out']);
  reportClashes(source);
  const findings = source.findings();
  if (raw === undefined || findings.some((finding) => finding.severity === 'error')) {
    return { ok: false, findings };
  }
  return { ok: true, value: toConfig(raw, dirname(resolve(file))), warnings: findings };
}

/** What rules need of a configuration, as far as a broken one still says it. */
export interface ConfigSketch {
  readonly rulesPath: string;
  readonly accounts: readonly { readonly name: string; readonly platform: Platform }[];
  readonly calendars: readonly string[];
}

/**
 * Reads from a configuration with faults what its rules can be checked against, so that the faults of both are told at
 * once. Null when not even that can be read.
 */
export function sketchConfig(file: string, env: Environment): ConfigSketch | null {
  const text = readText(file, NO_FILE);
  if (!text.ok) return null;
  const { value } = openYaml(text.value, file, env);
  if (!isRecord(value)) return null;
  const { rules = './rules', accounts = [], calendars = {} } = value;
  if (typeof rules !== 'string' || !Array.isArray(accounts) || !isRecord(calendars)) return null;
  const named = accounts.filter(isRecord).flatMap(({ name, platform }) => {
    if (typeof name !== 'string') return [];
    return [
      {
        name,
        platform: typeof platform === 'string' && isPlatform(platform) ? platform : 'instagram',
      } as const,
    ];
  });
  return {
    rulesPath: resolve(dirname(resolve(file)), rules),
    accounts: named,
    calendars: Object.keys(calendars),
  };
}

/** A way to point at values of a configuration file that was read before. Null when it cannot be read any more. */
export function pointInConfig(file: string, env: Environment): YamlSource['point'] | null {
  const text = readText(file, NO_FILE);
  return text.ok ? openYaml(text.value, file, env).point : null;
}

/** A fault at `path` that only others can see, such as a library that knows the value, with its place and frame. */
export interface LateFault {
  readonly path: readonly (string | number)[];
  readonly code: string;
  readonly message: string;
  readonly mend: string;
}

/** Gives such faults the places that they have in the file. */
export function placeFaults(
  file: string,
  env: Environment,
  faults: readonly LateFault[],
): readonly Finding[] {
  const text = readText(file, NO_FILE);
  if (!text.ok || faults.length === 0) return [];
  const source = openYaml(text.value, file, env);
  for (const { path, ...fault } of faults) source.report(path, fault);
  return source.findings();
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toConfig(raw: RawConfig, folder: string): Config {
  const { poll, throttle, delivery, guards, server } = raw;
  return {
    mode: raw.mode,
    blotato: { baseUrl: raw.blotato.base_url.replace(/\/+$/u, ''), apiKey: raw.blotato.api_key },
    storePath: resolve(folder, raw.store.slice('sqlite:'.length)),
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
      perContact: { replies: guards.per_contact.replies, per: millis(guards.per_contact.per) },
      loopBreaker: guards.loop_breaker === false ? null : toLoopBreaker(guards.loop_breaker),
      optOut: guards.opt_out === false ? null : guards.opt_out,
    },
    calendars: Object.entries(raw.calendars).map(([name, calendar]) => toCalendar(name, calendar)),
    webhooks: { allowHosts: raw.webhooks.allow_hosts },
    retention: millis(raw.retention),
    notify: raw.notify ? toNotify(raw.notify) : null,
    server: server ? { ...server, token: server.token.trim() === '' ? null : server.token } : null,
    log: raw.log,
  };
}

function toNotify({ quiet, webhook, email, command, ...raw }: RawNotify): NotifyConfig {
  const span = quiet === undefined ? undefined : parseSpan(quiet.hours);
  return {
    kinds: raw.kinds,
    digest: millis(raw.digest),
    silentAfter: millis(raw.silent_after),
    quiet: quiet === undefined || span === undefined ? null : { ...span, timezone: quiet.timezone },
    webhook: webhook ? { url: webhook.url, secret: webhook.secret ?? null } : null,
    email: email ?? null,
    command: command ?? null,
  };
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
    disclosure: raw.disclosure ?? null,
    vars: raw.vars,
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
    special: Object.fromEntries(Object.entries(raw.special).map(([date, spans]) => [date, toSpans(spans)])),
    holidays: raw.holidays ?? null,
  };
}

function toSpans(texts: readonly string[]): readonly Span[] {
  return texts.map(parseSpan).filter((span) => span !== undefined);
}

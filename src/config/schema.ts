import { z } from 'zod';
import { PLATFORMS } from '../domain/event.js';
import { isLocale, LOCALE_FIX } from '../domain/locale.js';
import { MODES } from '../domain/mode.js';
import { DAY, HOUR } from '../domain/time.js';
import { formed, section, says, sentence } from '../yaml/shape.js';
import { count, duration, settleSchema, text } from '../yaml/values.js';
import { isBaseUrl, isPostgresUrl, isPrivateUrl } from './address.js';
import { calendarSchema } from './calendar-schema.js';
import { notifySchema } from './notify-schema.js';
import { guards } from './guards-schema.js';
import { phrase } from './phrase-schema.js';
import { serverSchema, tokensSchema } from './server-schema.js';

const FIND_PAGE = 'Copy it from what `autoresponder doctor` prints for the account, in quotes.';

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const digits = (what: string) =>
  formed(z.string(), /^\d+$/u, `is not a ${what}: it must consist of digits`, FIND_PAGE);

const accountSchema = section({
  name: text().describe('The name that rules use for this account.'),
  id: text().describe("Blotato's id of the account, in quotes."),
  platform: z.enum(PLATFORMS).describe('The platform of the account.'),
  native_id: text().optional().describe("The account's own id on the platform, in quotes."),
  page_id: digits('page id')
    .optional()
    .describe('The id of the Facebook page, in quotes. Facebook accounts need it.'),
  disclosure: phrase
    .optional()
    .describe(
      'A text before the first automatic reply of a conversation, and again after 7 days or after a human wrote.',
    ),
  locale: text()
    .refine(isLocale, says('is not a language that is known here', LOCALE_FIX))
    .optional()
    .describe(
      'The language of names of days and months, of numbers and of money: fr, de-AT. Default: English.',
    ),
  vars: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('Your own values for templates: {{ account.vars.NAME }}.'),
  buttons: z
    .enum(['auto', 'never'])
    .optional()
    .describe(
      'never: buttons of messages are sent as plain links. auto, the default: where they are possible, as buttons.',
    ),
  settle: settleSchema(),
  mode: z
    .enum(['live', 'approve'])
    .optional()
    .describe('approve: replies of this account wait for a person.'),
});

const blotato = section({
  base_url: z
    .string()
    .refine(isBaseUrl, { ...says('is not a web address', 'Write https://backend.blotato.com.'), abort: true })
    .refine(
      isPrivateUrl,
      says('is not encrypted, so the API key could be read on the way', 'Write https://.'),
    )
    .default('https://backend.blotato.com')
    .describe('Address of the Blotato API.'),
  api_key: text().describe('The API key, best from the environment: ${BLOTATO_API_KEY}.'),
});

/** The store of a configuration that names none. */
export const DEFAULT_STORE = 'sqlite:./data/autoresponder.db';

const store = z
  .string()
  .superRefine((value, context) => {
    if (value.startsWith('sqlite:') && value.length > 'sqlite:'.length) return;
    if (isPostgresUrl(value)) return;
    const isPostgres = /^postgres(?:ql)?:/u.test(value);
    const message = isPostgres
      ? 'store: this is not a complete address of a PostgreSQL database'
      : 'store: unknown kind of store';
    const fix = isPostgres
      ? 'Write postgres://USER:PASSWORD@HOST:PORT/DATABASE, best as ${DATABASE_URL}.'
      : 'Write sqlite: and a file, such as sqlite:./data/autoresponder.db; or postgres://USER:PASSWORD@HOST:PORT/DATABASE.';
    context.addIssue(sentence([], message, { code: 'wrong-value', fix }));
  })
  .default(DEFAULT_STORE)
  .describe(
    'The database of journal and outbox: sqlite: and a file, relative to the folder of this file; or postgres:// for several workers.',
  );

const poll = section({
  // `reportSchedule` checks the syntax: only the scheduler's library knows what it accepts.
  schedule: z
    .string()
    .default('*/5 * * * * *')
    .describe('When to poll, as a cron expression; six fields begin with seconds.'),
  comments: z.boolean().default(true).describe('Whether comments are read too.'),
  overlap: duration(DAY)
    .default('2m')
    .describe('How far before the newest known row each poll goes back, for rows that show up late.'),
  start: z
    .union(
      [
        z.literal('now'),
        section({ lookback: duration(30 * DAY).describe('How far the very first start looks back.') }),
      ],
      { error: 'is neither `now` nor { lookback: 30m }' },
    )
    .default('now')
    .describe('Which messages the very first start replies to: `now` nothing older, or { lookback: 30m }.'),
});

const throttle = section({
  sends_per_minute: count(1, 10_000)
    .default(30)
    .describe('Maximum number of sends per minute, for each API route.'),
  reads_per_minute: count(1, 10_000)
    .default(60)
    .describe('Maximum number of reads per minute, for each API route.'),
  concurrency: count(1, 100).default(4).describe('Maximum number of sends at the same time.'),
  per_account: section({
    sends_per_hour: count(1, 100_000)
      .default(200)
      .describe('Maximum number of sends per hour for one account.'),
  })
    .prefault({})
    .describe('Limits for each account.'),
});

const delivery = section({
  ambiguous: z
    .enum(['resend_once', 'leave'])
    .default('resend_once')
    .describe('What to do if an ambiguous send is not found: resend it once, or leave it.'),
  visible_within: duration(HOUR)
    .default('30s')
    .describe("The time in which an accepted send shows up in Blotato's lists."),
});

const log = section({
  texts: z.boolean().default(false).describe('true: texts of contacts are in the log as well.'),
  level: z.enum(LEVELS).default('info').describe('The log level.'),
  pretty: z
    .union([z.boolean(), z.literal('auto')], { error: 'is neither auto, true nor false' })
    .default('auto')
    .describe('Readable lines instead of JSON; auto: on a terminal.'),
});

const webhooks = section({
  allow_hosts: z
    .array(text())
    .default([])
    .describe(
      'Names or addresses of this machine or its network that webhooks may be sent to, also by http.',
    ),
});

const calendarName = formed(
  z.string(),
  /^[A-Za-z_][A-Za-z0-9_-]*$/u,
  'is not a calendar name: letters, digits, - and _ only, a letter or _ first',
  'Write it as one word: shop, or summer_2027.',
);

/** Keys that a workspace may set itself. A missing key has the value of the main file. */
const OWN = {
  mode: z.enum(MODES).optional().describe('shadow, approve or live, for this workspace.'),
  settle: settleSchema(),
  blotato: section({
    base_url: blotato.shape.base_url.unwrap().optional().describe('Address of the Blotato API.'),
    api_key: text().describe("The workspace's API key. Each workspace has its own: limits are by key."),
  }).describe('Connection to Blotato.'),
  rules: text().optional().describe('Rules of the workspace, in place of the shared ones.'),
  accounts: z.array(accountSchema).min(1).describe('Accounts of the workspace.'),
  poll: poll.optional().describe('Replaces the shared block.'),
  throttle: throttle.optional().describe('Replaces the shared block.'),
  delivery: delivery.optional().describe('Replaces the shared block.'),
  guards: guards.optional().describe('Replaces the shared block.'),
  calendars: z
    .record(calendarName, calendarSchema)
    .optional()
    .describe('Added to the shared calendars; one of the same name replaces it.'),
  webhooks: webhooks.optional().describe('Replaces the shared block.'),
  retention: duration().optional().describe('Replaces the shared value.'),
  notify: notifySchema.optional().describe('Replaces the shared block.'),
  token: z.string().default('').describe('Opens the dashboard of this workspace only, with the role owner.'),
  tokens: tokensSchema.describe('Further tokens for the dashboard of this workspace, each with a role.'),
};

/** A file in a folder of workspaces; its file name is the name of the workspace. */
export const workspaceFileSchema = section(OWN);

/** The keys that a workspace may have. */
export const WORKSPACE_KEYS: ReadonlySet<string> = new Set(Object.keys(OWN));

const workspaceName = formed(
  z.string(),
  /^[a-z0-9][a-z0-9_-]{0,62}$/u,
  'is not a workspace name: lower-case letters, digits, - and _ only, 63 at most',
  'Write it as one word in small letters: flower-shop.',
);

/** Workspaces, for a configuration with several. */
export const workspacesSchema = z
  .union(
    [text(), z.array(section({ name: workspaceName.describe('The name of the workspace.'), ...OWN })).min(1)],
    {
      error: 'is neither a list of workspaces nor a folder of files',
    },
  )
  .describe('Several customers with a key each: a list, or a folder with a file for each. PostgreSQL only.');

/** The configuration file, before durations and paths are parsed. */
export const configSchema = section({
  version: z.literal(1).describe('The version of this format.'),
  mode: z
    .enum(MODES)
    .default('shadow')
    .describe('shadow: decide and journal, send nothing. approve: replies wait for a person. live: send.'),
  settle: settleSchema(),
  blotato: blotato.describe('Connection to Blotato.'),
  store,
  rules: text()
    .default('./rules')
    .describe('A rule file, or a folder of them, relative to the folder of this file.'),
  accounts: z.array(accountSchema).min(1).describe('The accounts to reply for.'),
  poll: poll.prefault({}).describe('Polling of messages and comments.'),
  throttle: throttle.prefault({}).describe('Limits of our own calls; they survive a restart.'),
  delivery: delivery.prefault({}).describe('Handling of ambiguous sends.'),
  guards: guards.prefault({}).describe('Checks that stop a reply although a rule applies.'),
  calendars: z.record(calendarName, calendarSchema).default({}).describe('Opening hours, by name.'),
  webhooks: webhooks.prefault({}).describe('Hosts to which webhooks of rules may be sent.'),
  retention: duration().default('45d').describe('Texts and contacts older than this are deleted.'),
  notify: notifySchema.optional().describe('Channels of notices to the owner. Without it none are sent.'),
  server: serverSchema
    .optional()
    .describe('The server of the dashboard, /healthz and /readyz. Without this key no port is opened.'),
  log: log.prefault({}).describe('The log, on stderr.'),
});

/** The configuration file with several workspaces, which have their own `blotato` and `accounts`. */
export const hostSchema = section({
  ...configSchema.shape,
  blotato: section({ base_url: blotato.shape.base_url }).optional().describe('Connection to Blotato.'),
  accounts: z.optional(
    z.unknown().refine(() => false, says('cannot be shared', 'Move it to each workspace.')),
  ),
  workspaces: workspacesSchema,
});

export type RawHost = z.output<typeof hostSchema>;
export type RawConfig = z.output<typeof configSchema>;
export type RawWorkspace = z.output<typeof workspaceFileSchema>;

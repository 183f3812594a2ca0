import { z } from 'zod';
import { NOTICE_KINDS } from '../domain/notice.js';
import { DAY } from '../domain/time.js';
import { says, section, sentence } from '../yaml/shape.js';
import { timezone } from '../yaml/timezone.js';
import { duration, text } from '../yaml/values.js';
import { parseSpan, parseWeekly } from './clock-values.js';

const url = (schemes: readonly string[], fix: string) =>
  text().refine(
    (value) => URL.canParse(value) && schemes.includes(new URL(value).protocol),
    says('is not an address of this kind', fix),
  );

/** Pattern of a single e-mail address, optionally with a name before it. */
const address = text().refine(
  (value) => {
    const [, plain = value] = /^[^<>@]*<([^<>]*)>$/u.exec(value.trim()) ?? [];
    return z.email({ pattern: z.regexes.unicodeEmail }).safeParse(plain.trim()).success;
  },
  says('is not an e-mail address', 'Write one address per entry: [owner@shop.example, help@shop.example].'),
);

/** Address of a chat webhook. `others` are hosts of services with another form. */
const hook = (name: string, example: string, others: RegExp) =>
  url(['http:', 'https:'], `Write ${example}, best from the environment.`).refine(
    (value) => !URL.canParse(value) || !others.test(new URL(value).hostname),
    says(`is not an address of ${name}`, `Each service has a key of its own: slack, discord, telegram.`),
  );
const SLACK = /(?:^|\.)slack(?:-gov)?\.com$/u;
const DISCORD = /(?:^|\.)discord(?:app)?\.com$/u;
const TELEGRAM = /(?:^|\.)telegram\.org$/u;
const either = (...hosts: readonly RegExp[]) => new RegExp(hosts.map(({ source }) => source).join('|'), 'u');

const slackSchema = section({
  url: hook('Slack', '${SLACK_WEBHOOK_URL}', either(DISCORD, TELEGRAM)).describe(
    'Address of the incoming webhook, a secret: ${SLACK_WEBHOOK_URL}.',
  ),
});
const discordSchema = section({
  url: hook('Discord', '${DISCORD_WEBHOOK_URL}', either(SLACK, TELEGRAM)).describe(
    'Address of the webhook of a channel, a secret: ${DISCORD_WEBHOOK_URL}.',
  ),
});
const telegramSchema = section({
  token: text()
    .refine(
      (value) => /^\d+:[\w-]+$/u.test(value),
      says(
        'is not a token of a bot',
        'Write ${TELEGRAM_BOT_TOKEN}; @BotFather shows it, such as 110201543:AAH….',
      ),
    )
    .describe('Token of the bot, from the environment: ${TELEGRAM_BOT_TOKEN}.'),
  chat_id: z
    .union([z.int(), text()])
    .refine(
      (value) => /^(?:-?\d+|@\w{4,})$/u.test(String(value)),
      says('is not an id of a chat', 'Write a number such as "-1001234567890", or "@channel".'),
    )
    .describe('The chat: a number such as "-1001234567890", or the name of a public channel, "@channel".'),
  base_url: url(['http:', 'https:'], 'Write https://api.telegram.org.')
    .default('https://api.telegram.org')
    .describe('Address of the Bot API, where a server of your own runs it.'),
});

/** Notification channels of the owner. */
export const notifySchema = section({
  kinds: z
    .array(z.enum(NOTICE_KINDS))
    .min(1)
    .default([...NOTICE_KINDS])
    .describe('The notices to send; default: all.'),
  digest: duration(DAY)
    .default('15m')
    .describe('At most one message in this time, with all notices of that time.'),
  silent_after: duration(7 * DAY)
    .default('30m')
    .describe('How long a list has to fail before a notice.'),
  quiet: section({
    hours: text()
      .refine((value) => parseSpan(value) !== undefined, says('is not a time span', 'Write "22:00-07:00".'))
      .describe('Hours without notices, such as "22:00-07:00".'),
    timezone: timezone().describe('The time zone of the hours.'),
  })
    .optional()
    .describe('Hours without notices; they are sent afterwards.'),
  weekly: section({
    at: text()
      .refine(
        (value) => parseWeekly(value) !== undefined,
        says('is not a day and time', 'Write "mon 09:00".'),
      )
      .describe('Day and time of the weekly summary, such as "mon 09:00".'),
    timezone: timezone().optional().describe('Its time zone. Default: that of quiet, else UTC.'),
  })
    .optional()
    .describe('Time of the weekly summary; default: Monday at 09:00.'),
  links: z
    .enum(['daily', 'never'])
    .default('never')
    .describe('When to check the links in texts of rules, for the notice dead_link.'),
  link: url(['http:', 'https:'], 'Write https://replies.shop.example.')
    .optional()
    .describe('Address of the dashboard as you open it; notices link to it.'),
  webhook: section({
    url: url(['http:', 'https:'], 'Write https://chat.example/hooks/1.').describe(
      'Gets a signed POST with JSON.',
    ),
    secret: text().optional().describe('The key of the signature, from the environment: ${ALERT_SECRET}.'),
  })
    .optional()
    .describe('Notices by webhook.'),
  email: section({
    smtp: url(
      ['smtp:', 'smtps:'],
      'Write smtps://user:password@mail.example:465, best from the environment.',
    ).describe('The mail server, with name and password: ${SMTP_URL}.'),
    from: text().describe('The sender.'),
    to: z.array(address).min(1).describe('The receivers.'),
  })
    .optional()
    .describe('Notices by e-mail.'),
  command: z
    .array(text())
    .min(1)
    .optional()
    .describe('Notices by a program, which gets JSON on its standard input.'),
  slack: slackSchema.optional().describe('Notices to a channel of Slack.'),
  discord: discordSchema.optional().describe('Notices to a channel of Discord.'),
  telegram: telegramSchema.optional().describe('Notices to a chat of Telegram.'),
}).superRefine(({ webhook, email, command, slack, discord, telegram, kinds, links }, context) => {
  if (links === 'daily' && !kinds.includes('dead_link')) {
    const fix = 'Add dead_link to notify.kinds, or remove notify.links.';
    const message = 'notify: links are checked for the notice dead_link, which kinds leaves out';
    context.addIssue(sentence(['links'], message, { code: 'notify-links', fix }));
  }
  if ([webhook, email, command, slack, discord, telegram].some((channel) => channel !== undefined)) return;
  const fix = 'Add webhook: { url: … }, email: { … }, slack: { url: … } or another of them.';
  const message = 'notify: no webhook, email, command, slack, discord or telegram is set';
  context.addIssue(sentence([], message, { code: 'notify', fix }));
});
export type RawNotify = z.output<typeof notifySchema>;

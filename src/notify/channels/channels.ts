import { spawn } from 'node:child_process';
import { createTransport } from 'nodemailer';
import { post } from '../../actions/webhook/post.js';
import type { LinkedNotice, NotifyConfig } from '../../domain/notice.js';
import { formatInstant, type Instant, type Millis, SECOND } from '../../domain/time.js';
import type { Channel, ChannelParts } from './channel.js';
import { chatChannel } from './chat.js';
import { discord } from './discord.js';
import { slack } from './slack.js';
import { telegram } from './telegram.js';
import { subjectOf } from './subject.js';

const TIMEOUT: Millis = 30 * SECOND;

/** The workspace that notices come from. */
type Sender = Pick<ChannelParts, 'workspace'>;

/** The channels in the configuration. */
export function channelsOf(config: NotifyConfig, parts: ChannelParts): readonly Channel[] {
  return [
    ...(config.webhook ? [webhookChannel(config.webhook, parts)] : []),
    ...(config.email ? emailChannels(config.email, parts) : []),
    ...(config.command ? [commandChannel(config.command, parts)] : []),
    ...(config.slack ? [chatChannel(slack(config.slack), parts)] : []),
    ...(config.discord ? [chatChannel(discord(config.discord), parts)] : []),
    ...(config.telegram ? [chatChannel(telegram(config.telegram), parts)] : []),
  ];
}

function webhookChannel(
  { url, secret }: NonNullable<NotifyConfig['webhook']>,
  { workspace, allowHosts, env }: ChannelParts,
): Channel {
  return {
    ...{ name: 'webhook', via: 'webhook' },
    async tell(notices, now, signal) {
      const first = notices[0];
      const key = `notice/${first?.kind ?? ''}/${first?.key ?? ''}/${notices.length}`;
      const body = JSON.stringify(payload(notices, now, { workspace }));
      const { status } = await post(
        { url, secret, key, body },
        { allowHosts, env, timeout: TIMEOUT, now, signal },
      );
      if (status < 200 || status >= 300) throw new Error(`responded with ${status}`);
    },
  };
}

/**
 * One channel per receiver: a mail server may accept a message for one and refuse another, who then was not
 * notified.
 */
function emailChannels(
  { to, smtp, from }: NonNullable<NotifyConfig['email']>,
  sender: Sender,
): readonly Channel[] {
  return to.map((receiver, index) => ({
    name: index === 0 ? 'email' : `email ${receiver}`,
    via: index === 0 ? 'email' : `email ${index + 1}`,
    async tell(notices, _now, signal) {
      const ending = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]);
      const transport = createTransport(smtp, { from });
      try {
        await transport.sendMail({
          to: receiver,
          subject: subjectOf(notices, sender),
          text: linesOf(notices).join('\n'),
          signal: ending,
        });
      } finally {
        transport.close();
      }
    },
  }));
}

function commandChannel([program = '', ...args]: readonly string[], sender: Sender): Channel {
  return {
    ...{ name: 'command', via: 'command' },
    tell: (notices, now, signal) =>
      new Promise((resolve, reject) => {
        const child = spawn(program, args, {
          stdio: ['pipe', 'ignore', 'ignore'],
          signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]),
        });
        child.on('error', reject);
        child.on('close', (code) => {
          if (code === 0) resolve();
          else reject(new Error(`${program} ended with ${code ?? 'a signal'}`));
        });
        // A program that does not read its input is not an error.
        child.stdin.on('error', () => undefined);
        child.stdin.end(`${JSON.stringify(payload(notices, now, sender))}\n`);
      }),
  };
}

function payload(notices: readonly LinkedNotice[], now: Instant, sender: Sender): object {
  const { workspace } = sender;
  return {
    program: 'blotato-autoresponder',
    ...(workspace === null ? {} : { workspace }),
    at: formatInstant(now),
    text: `${subjectOf(notices, sender)}\n${linesOf(notices).join('\n')}`,
    notices: notices.map(({ kind, at, text, fix, link }) => ({
      ...{ kind, at: formatInstant(at), text, mend: fix },
      ...(link === null ? {} : { link }),
    })),
  };
}

function linesOf(notices: readonly LinkedNotice[]): string[] {
  return notices.map(({ at, text, fix, link }) => {
    const where = link === null ? '' : `\n  ${link}`;
    return `- ${formatInstant(at)} ${text}\n  ${fix}${where}`;
  });
}

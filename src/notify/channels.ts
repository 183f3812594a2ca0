import { spawn } from 'node:child_process';
import { createTransport } from 'nodemailer';
import { post } from '../actions/webhook/post.js';
import type { Notice, NotifyConfig } from '../domain/notice.js';
import { formatInstant, type Instant, type Millis, SECOND } from '../domain/time.js';

/** A notification channel. `tell` throws if the notification was not delivered. */
export interface Channel {
  readonly name: 'webhook' | 'email' | 'command' | `email ${string}`;
  readonly tell: (notices: readonly Notice[], now: Instant, signal: AbortSignal) => Promise<void>;
}

export interface ChannelParts {
  readonly allowHosts: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

const TIMEOUT: Millis = 30 * SECOND;

/** The channels in the configuration. */
export function channelsOf(config: NotifyConfig, parts: ChannelParts): readonly Channel[] {
  return [
    ...(config.webhook ? [webhookChannel(config.webhook, parts)] : []),
    ...(config.email ? emailChannels(config.email) : []),
    ...(config.command ? [commandChannel(config.command)] : []),
  ];
}

function webhookChannel(
  { url, secret }: NonNullable<NotifyConfig['webhook']>,
  { allowHosts, env }: ChannelParts,
): Channel {
  return {
    name: 'webhook',
    async tell(notices, now, signal) {
      const first = notices[0];
      const key = `notice/${first?.kind ?? ''}/${first?.key ?? ''}/${notices.length}`;
      const body = JSON.stringify(payload(notices, now));
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
function emailChannels({ to, ...email }: NonNullable<NotifyConfig['email']>): readonly Channel[] {
  return to.map((receiver, index) =>
    emailChannel(receiver, email, index === 0 ? 'email' : `email ${receiver}`),
  );
}

function emailChannel(
  receiver: string,
  { smtp, from }: Omit<NonNullable<NotifyConfig['email']>, 'to'>,
  name: Channel['name'],
): Channel {
  return {
    name,
    async tell(notices, _now, signal) {
      const ending = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]);
      const transport = createTransport(smtp, { from });
      try {
        await transport.sendMail({
          to: receiver,
          subject: subjectOf(notices),
          text: linesOf(notices).join('\n'),
          signal: ending,
        });
      } finally {
        transport.close();
      }
    },
  };
}

function commandChannel([program = '', ...args]: readonly string[]): Channel {
  return {
    name: 'command',
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
        child.stdin.end(`${JSON.stringify(payload(notices, now))}\n`);
      }),
  };
}

function payload(notices: readonly Notice[], now: Instant): object {
  return {
    program: 'blotato-autoresponder',
    at: formatInstant(now),
    text: `${subjectOf(notices)}\n${linesOf(notices).join('\n')}`,
    notices: notices.map(({ kind, at, text, fix }) => ({ kind, at: formatInstant(at), text, mend: fix })),
  };
}

function subjectOf(notices: readonly Notice[]): string {
  const [first] = notices;
  return notices.length === 1 && first
    ? `autoresponder: ${first.kind}`
    : `autoresponder: ${notices.length} things need your attention`;
}

function linesOf(notices: readonly Notice[]): string[] {
  return notices.map(({ at, text, fix }) => `- ${formatInstant(at)} ${text}\n  ${fix}`);
}

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
  /** Named in each message; null if it is the only one. */
  readonly workspace: string | null;
  readonly allowHosts: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

const TIMEOUT: Millis = 30 * SECOND;

/** The workspace that notices come from, and its dashboard. */
interface Sender {
  readonly workspace: string | null;
  readonly link: string | null;
}

/** The channels in the configuration. */
export function channelsOf(config: NotifyConfig, parts: ChannelParts): readonly Channel[] {
  const from: Sender = { workspace: parts.workspace, link: config.link };
  return [
    ...(config.webhook ? [webhookChannel(config.webhook, from, parts)] : []),
    ...(config.email ? emailChannels(config.email, from) : []),
    ...(config.command ? [commandChannel(config.command, from)] : []),
  ];
}

function webhookChannel(
  { url, secret }: NonNullable<NotifyConfig['webhook']>,
  sender: Sender,
  { allowHosts, env }: ChannelParts,
): Channel {
  return {
    name: 'webhook',
    async tell(notices, now, signal) {
      const first = notices[0];
      const key = `notice/${first?.kind ?? ''}/${first?.key ?? ''}/${notices.length}`;
      const body = JSON.stringify(payload(notices, now, sender));
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
  { to, ...email }: NonNullable<NotifyConfig['email']>,
  sender: Sender,
): readonly Channel[] {
  return to.map((receiver, index) =>
    emailChannel(receiver, { ...email, sender }, index === 0 ? 'email' : `email ${receiver}`),
  );
}

function emailChannel(
  receiver: string,
  { smtp, from, sender }: Omit<NonNullable<NotifyConfig['email']>, 'to'> & { readonly sender: Sender },
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
          subject: subjectOf(notices, sender),
          text: linesOf(notices, sender).join('\n'),
          signal: ending,
        });
      } finally {
        transport.close();
      }
    },
  };
}

function commandChannel([program = '', ...args]: readonly string[], sender: Sender): Channel {
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
        child.stdin.end(`${JSON.stringify(payload(notices, now, sender))}\n`);
      }),
  };
}

function payload(notices: readonly Notice[], now: Instant, sender: Sender): object {
  const { workspace } = sender;
  return {
    program: 'blotato-autoresponder',
    ...(workspace === null ? {} : { workspace }),
    at: formatInstant(now),
    text: `${subjectOf(notices, sender)}\n${linesOf(notices, sender).join('\n')}`,
    notices: notices.map((notice) => {
      const { kind, at, text, fix } = notice;
      const link = linkOf(notice, sender);
      return { kind, at: formatInstant(at), text, mend: fix, ...(link === null ? {} : { link }) };
    }),
  };
}

function subjectOf(notices: readonly Notice[], { workspace }: Sender): string {
  const [first] = notices;
  const name = workspace === null ? 'autoresponder' : `autoresponder, ${workspace}`;
  return notices.length === 1 && first
    ? `${name}: ${first.kind}`
    : `${name}: ${notices.length} things need your attention`;
}

function linesOf(notices: readonly Notice[], sender: Sender): string[] {
  return notices.map((notice) => {
    const link = linkOf(notice, sender);
    const where = link === null ? '' : `\n  ${link}`;
    return `- ${formatInstant(notice.at)} ${notice.text}\n  ${notice.fix}${where}`;
  });
}

/** The page of the dashboard with the row; null if its address is not known. */
function linkOf({ kind, key }: Notice, { link }: Sender): string | null {
  if (link === null) return null;
  if (kind === 'weekly_summary') return link;
  return kind === 'unreadable' ? `${link}/events/${encodeURIComponent(key)}` : `${link}/attention`;
}

import { createTransport } from 'nodemailer';
import { exchange } from '../../actions/work/exchange.js';
import type { NotifyConfig } from '../../domain/notice.js';
import { type Millis, SECOND } from '../../domain/time.js';
import { withoutSecrets } from './chat.js';
import { objectIn, said } from './service.js';
import { telegramUrl } from './telegram.js';

const TIMEOUT: Millis = 10 * SECOND;

/** Result of the check of one channel; `fix` is null if nothing is wrong. */
export interface ChannelCheck {
  readonly name: 'webhook' | 'email' | 'slack' | 'discord' | 'telegram';
  readonly message: string;
  readonly fix: string | null;
}

interface Looked {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface ExamineParts {
  readonly allowHosts: readonly string[];
  readonly signal: AbortSignal;
}

/** A request that only the receiver can tell from a notice; `ADDRESS` stands for an address that may be a secret. */
const notAsked = (name: ChannelCheck['name'], why: string): ChannelCheck => {
  const message = `not asked, since ${why}; to try it: curl --json '{"text":"try"}' ADDRESS`;
  return { name, message, fix: null };
};

/** Checks the channels of notices but programs. Sends no message: what only a message would show is not checked. */
export async function examineChannels(
  { webhook, email, slack, discord, telegram }: Partial<NotifyConfig>,
  parts: ExamineParts,
): Promise<readonly ChannelCheck[]> {
  return [
    ...(webhook ? [aboutWebhook(webhook)] : []),
    ...(email ? [await aboutEmail(email)] : []),
    ...(slack ? [notAsked('slack', 'only a message can check an incoming webhook')] : []),
    ...(discord ? [await aboutDiscord(discord, parts)] : []),
    ...(telegram ? [await aboutTelegram(telegram, parts)] : []),
  ];
}

function aboutWebhook({ url, secret }: NonNullable<NotifyConfig['webhook']>): ChannelCheck {
  const unsigned = secret === null ? '' : ' (without the signature, which the receiver may refuse)';
  const { name, message } = notAsked('webhook', `${new URL(url).host} may take any request for a notice`);
  return { name, message: `${message}${unsigned}`, fix: null };
}

/** Connects, and signs in if the address has a name and a password; sends no mail. */
async function aboutEmail({ smtp }: NonNullable<NotifyConfig['email']>): Promise<ChannelCheck> {
  const timeouts = { connectionTimeout: TIMEOUT, greetingTimeout: TIMEOUT, socketTimeout: TIMEOUT };
  const transport = createTransport({ url: smtp, ...timeouts });
  const { host, password } = new URL(smtp);
  try {
    await transport.verify();
    const message = `${host} accepts the connection${password === '' ? '' : ' and the password'}; only a notice can check the receivers`;
    return { name: 'email', message, fix: null };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const secrets = [smtp, decodeURIComponent(password)].filter((secret) => secret !== '');
    const fix = 'Check address, name and password in notify.email.smtp, and the network of this machine.';
    return { name: 'email', message: `${host}: ${withoutSecrets(why, { secrets })}`, fix };
  } finally {
    transport.close();
  }
}

/** A webhook describes itself to who knows its address (docs.discord.com/developers/resources/webhook, Get Webhook with Token). */
async function aboutDiscord({ url }: { readonly url: string }, parts: ExamineParts): Promise<ChannelCheck> {
  const name = 'discord';
  const looked = await look(new URL(url), [url, new URL(url).pathname], parts);
  if (typeof looked === 'string')
    return { name, message: looked, fix: 'Check the address and the network of this machine.' };
  const { status, body } = looked;
  if (status === 200)
    return { name, message: `posts as ${said(body['name']) || 'a webhook without a name'}`, fix: null };
  const fix = 'Make a webhook in the settings of the channel (Integrations), and set its address.';
  return { name, message: `the webhook responds with ${status} ${said(body['message'])}`.trim(), fix };
}

/** getMe shows whether the token is valid, getChat whether the bot may see the chat (core.telegram.org/bots/api). */
async function aboutTelegram(
  config: NonNullable<NotifyConfig['telegram']>,
  parts: ExamineParts,
): Promise<ChannelCheck> {
  const name = 'telegram';
  const ask = (method: string) => look(telegramUrl(config, method), [config.token], parts);
  const me = await ask('getMe');
  if (typeof me === 'string')
    return { name, message: me, fix: 'Check the network of this machine and `base_url`.' };
  if (me.body['ok'] !== true)
    return {
      name,
      message: `the token is refused: ${said(me.body['description']) || me.status}`,
      fix: 'Ask @BotFather for the token of the bot.',
    };
  const chat = await ask(`getChat?chat_id=${encodeURIComponent(config.chatId)}`);
  if (typeof chat === 'string') return { name, message: chat, fix: 'Try again later.' };
  if (chat.body['ok'] === true) return { name, message: 'the bot may write to the chat', fix: null };
  const moved = (chat.body['parameters'] as { migrate_to_chat_id?: unknown } | undefined)?.migrate_to_chat_id;
  const fix =
    typeof moved === 'number' || typeof moved === 'string'
      ? `The group has another id now: set chat_id: "${moved}".`
      : 'Add the bot to the group, or write to it first; then check chat_id.';
  return { name, message: `the chat is refused: ${said(chat.body['description']) || chat.status}`, fix };
}

/** The response, or why it failed. */
async function look(
  url: URL,
  secrets: readonly string[],
  { allowHosts, signal }: ExamineParts,
): Promise<Looked | string> {
  const headers = { accept: 'application/json', 'user-agent': 'blotato-autoresponder' };
  try {
    const call = { url, method: 'GET', headers, body: '', allowHosts, timeout: TIMEOUT, signal };
    const { status, text } = await exchange(call);
    return { status, body: objectIn(text) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `cannot be reached: ${withoutSecrets(why, { secrets })}`;
  }
}

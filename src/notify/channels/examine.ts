import { exchange } from '../../actions/work/exchange.js';
import type { NotifyConfig } from '../../domain/notice.js';
import { type Millis, SECOND } from '../../domain/time.js';
import { withoutSecrets } from './chat.js';
import { objectIn, said } from './service.js';
import { telegramUrl } from './telegram.js';

const TIMEOUT: Millis = 10 * SECOND;

/** Result of the check of one service; `fix` is null if nothing is wrong. */
export interface ChatCheck {
  readonly name: 'slack' | 'discord' | 'telegram';
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

/** Checks the services that notices are sent to. Sends no message: what only a message would show is not checked. */
export async function examineChats(
  { slack, discord, telegram }: Pick<NotifyConfig, 'slack' | 'discord' | 'telegram'>,
  parts: ExamineParts,
): Promise<readonly ChatCheck[]> {
  return [
    ...(slack
      ? [
          {
            name: 'slack' as const,
            message: 'an incoming webhook is set; only a message can check it',
            fix: null,
          },
        ]
      : []),
    ...(discord ? [await aboutDiscord(discord, parts)] : []),
    ...(telegram ? [await aboutTelegram(telegram, parts)] : []),
  ];
}

/** A webhook describes itself to who knows its address (docs.discord.com/developers/resources/webhook, Get Webhook with Token). */
async function aboutDiscord({ url }: { readonly url: string }, parts: ExamineParts): Promise<ChatCheck> {
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
): Promise<ChatCheck> {
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

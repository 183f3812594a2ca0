import type { LinkedNotice } from '../../domain/notice.js';
import { type ChatService, fitting, objectIn, objectOf, said, seconds } from './service.js';
import { linesOf, shortened, withoutCommands, withoutMentions, woven } from './wording.js';

/** Characters of `text` (core.telegram.org/bots/api#sendmessage: "1-4096 characters after entities parsing"). */
const MOST = 4_096;
const MOST_OF_NOTICE = 3_000;

export interface TelegramChat {
  readonly token: string;
  readonly chatId: string;
  /** Address of the Bot API, or of an own server of it (core.telegram.org/bots/api#using-a-local-bot-api-server). */
  readonly baseUrl: string;
}

/**
 * Telegram's Bot API (core.telegram.org/bots/api#making-requests): `ok` in the body says whether the message was sent; a
 * refusal has `error_code`, `description` and perhaps `parameters`, with `retry_after` in seconds or
 * `migrate_to_chat_id` for a group that became a supergroup (#responseparameters). Without `parse_mode` no sign
 * formats; mentions and commands, which clients find in any text, are broken by a character without width.
 */
export function telegram({ token, chatId: configured, baseUrl }: TelegramChat): ChatService {
  let chatId = configured;
  return {
    name: 'telegram',
    secrets: [token],
    fitting: (notices, title) =>
      fitting([harmless(title).length, ...notices.map((notice) => 2 + textOf(notice).length)], MOST),
    request: (notices, title) => ({
      url: telegramUrl({ token, baseUrl }, 'sendMessage'),
      body: {
        chat_id: chatId,
        text: shortened([harmless(title), ...notices.map(textOf)].join('\n\n'), MOST),
        link_preview_options: { is_disabled: true },
      },
    }),
    refusal({ status, text, retryAfter }) {
      const { ok, error_code: code, description, parameters } = objectIn(text);
      if (ok === true) return null;
      const { retry_after: after, migrate_to_chat_id: movedTo } = objectOf(parameters);
      const isId = typeof movedTo === 'number' || typeof movedTo === 'string';
      if (isId) chatId = String(movedTo);
      return {
        // A body without `ok` is no response of the Bot API, whatever its status says.
        status: typeof code === 'number' ? code : status >= 400 ? status : 502,
        why: said(description),
        wait: seconds(after) ?? seconds(retryAfter),
        ...(isId ? { movedTo: String(movedTo) } : {}),
      };
    },
  };
}

/** Address of a method of the Bot API. */
export function telegramUrl(
  { token, baseUrl }: Pick<TelegramChat, 'token' | 'baseUrl'>,
  method: string,
): URL {
  return new URL(`${baseUrl}/bot${token}/${method}`);
}

function textOf(notice: LinkedNotice): string {
  const text = shortened(harmless(linesOf(notice)), MOST_OF_NOTICE);
  return notice.link === null ? text : `${text}\n${notice.link}`;
}

function harmless(text: string): string {
  return woven(text, { address: (url) => url, rest: (rest) => withoutCommands(withoutMentions(rest)) });
}

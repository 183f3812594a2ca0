import type { LinkedNotice } from '../../domain/notice.js';
import { type ChatService, fitting, objectIn, said, seconds } from './service.js';
import { linesOf, shortened, withoutMentions, woven } from './wording.js';

/** Characters of `content` (docs.discord.com/developers/resources/webhook, Execute Webhook). */
const MOST = 2_000;
/** One notice leaves room for the title and its link. */
const MOST_OF_NOTICE = 900;
/** Message flag SUPPRESS_EMBEDS, `1 << 2`: no previews, for which Discord would fetch pages of the dashboard. */
const SUPPRESS_EMBEDS = 4;

/**
 * Discord's webhooks (docs.discord.com/developers/resources/webhook, Execute Webhook). With `wait=true` the response is
 * the message that was saved; without it, "a message that is not saved does not return an error". `allowed_mentions`
 * with an empty `parse` lets no text mention anybody, and a backslash takes the format from a sign. Limits: 429 with
 * `Retry-After` and `retry_after` in seconds; a webhook that returned 404 must not be used again
 * (docs.discord.com/developers/topics/rate-limits).
 */
export function discord({ url }: { readonly url: string }): ChatService {
  const target = new URL(url);
  target.searchParams.set('wait', 'true');
  return {
    name: 'discord',
    secrets: [url, target.pathname],
    fitting: (notices, title) =>
      fitting([escaped(title).length, ...notices.map((notice) => 1 + contentOf(notice).length)], MOST),
    request: (notices, title) => ({
      url: target,
      body: {
        content: shortened([escaped(title), ...notices.map(contentOf)].join('\n'), MOST),
        allowed_mentions: { parse: [] },
        flags: SUPPRESS_EMBEDS,
      },
    }),
    refusal({ status, text, retryAfter }) {
      if (status >= 200 && status < 300) return null;
      const { message, code, retry_after: after } = objectIn(text);
      const why = typeof code === 'number' && code !== 0 ? `${said(message)} (${code})` : said(message);
      return { status, why, wait: seconds(after) ?? seconds(retryAfter) };
    },
  };
}

function contentOf(notice: LinkedNotice): string {
  const text = shortened(escaped(linesOf(notice)), MOST_OF_NOTICE);
  return notice.link === null ? text : `${text}\n<${notice.link}>`;
}

function escaped(text: string): string {
  return woven(text, {
    address: (url) => `<${url}>`,
    rest: (rest) =>
      withoutMentions(rest.replace(/[\\*_~`|<>[\]()]/gu, '\\$&')).replace(/^(?=[-+#>])/gmu, '\\'),
  });
}

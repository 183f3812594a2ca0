import type { LinkedNotice } from '../../domain/notice.js';
import { type ChatService, fitting, seconds } from './service.js';
import { linesOf, shortened, withoutMentions } from './wording.js';

/** Blocks of a message (docs.slack.dev/reference/block-kit/blocks: "up to 50 blocks in each message"). */
const MOST_BLOCKS = 50;
/** Characters of a text object (docs.slack.dev/reference/block-kit/composition-objects/text-object). */
const MOST_IN_BLOCK = 3_000;
/** Characters of `text`; longer ones are truncated at 40,000 (docs.slack.dev, chat.postMessage), readers stop earlier. */
const MOST_IN_TEXT = 4_000;

/**
 * Slack's incoming webhooks (docs.slack.dev/messaging/sending-messages-using-incoming-webhooks): a POST of JSON, 200 and
 * `ok` for a message that was posted; otherwise 400, 403, 404 or 410 with a code such as `no_service` as plain text, and
 * 429 with `Retry-After` above one message a second (docs.slack.dev/apis/web-api/rate-limits).
 *
 * The blocks are `plain_text`, in which nothing formats or mentions; `text` is what notifications and screen readers
 * show, where `&`, `<` and `>` must be entities (docs.slack.dev/messaging/formatting-message-text). Links are not unfurled:
 * Slack would fetch pages of the dashboard.
 */
export function slack({ url }: { readonly url: string }): ChatService {
  return {
    name: 'slack',
    secrets: [url, new URL(url).pathname],
    fitting: (notices) => fitting([1, ...notices.map((notice) => blocksOf(notice).length)], MOST_BLOCKS),
    request: (notices, title) => ({
      url: new URL(url),
      body: {
        text: fallback(notices, title),
        blocks: [plainBlock(title), ...notices.flatMap(blocksOf)],
        unfurl_links: false,
        unfurl_media: false,
      },
    }),
    refusal: ({ status, text, retryAfter }) =>
      status === 200 ? null : { status, why: codeIn(text), wait: seconds(retryAfter) },
  };
}

function blocksOf(notice: LinkedNotice): readonly object[] {
  const block = plainBlock(linesOf(notice));
  return notice.link === null ? [block] : [block, linkBlock(notice.link)];
}

function plainBlock(text: string): object {
  return {
    type: 'section',
    text: { type: 'plain_text', text: shortened(text, MOST_IN_BLOCK), emoji: false },
  };
}

/** A link needs `mrkdwn`; `verbatim` keeps Slack from finding names in the text. */
function linkBlock(link: string): object {
  return { type: 'section', text: { type: 'mrkdwn', text: `<${inLink(link)}|Open>`, verbatim: true } };
}

function fallback(notices: readonly LinkedNotice[], title: string): string {
  const lines = notices.map((notice) => linesOf(notice) + (notice.link === null ? '' : `\n${notice.link}`));
  return escaped(shortened(withoutMentions([title, ...lines].join('\n')), MOST_IN_TEXT));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** `|` and `>` would end the address. */
function inLink(link: string): string {
  return link.replaceAll('|', '%7C').replaceAll('<', '%3C').replaceAll('>', '%3E').replaceAll('&', '&amp;');
}

/** Codes are single words; anything else may be a page of a proxy. */
function codeIn(text: string): string {
  return /^[a-z_]{2,60}$/u.exec(text.trim())?.[0] ?? '';
}

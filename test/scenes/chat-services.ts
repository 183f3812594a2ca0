import { z } from 'zod';
import { aReceiver, type Received } from './receiver.js';

/** Shapes as documented; unknown keys are refused, so that a key of another service is found. */
const plainText = z.strictObject({
  type: z.literal('plain_text'),
  text: z.string().min(1).max(3_000),
  emoji: z.boolean().optional(),
});
const mrkdwn = z.strictObject({
  type: z.literal('mrkdwn'),
  text: z.string().min(1).max(3_000),
  verbatim: z.boolean().optional(),
});
const section = z.strictObject({ type: z.literal('section'), text: z.union([plainText, mrkdwn]) });
export const slackMessage = z.strictObject({
  // Outside of a link, only entities may begin with `&`, and no `<` begins a mention.
  text: z
    .string()
    .min(1)
    .max(40_000)
    .regex(/^(?:[^&<>]|&(?:amp|lt|gt);)*$/u),
  blocks: z.array(section).max(50).optional(),
  unfurl_links: z.boolean().optional(),
  unfurl_media: z.boolean().optional(),
});
export const discordMessage = z.strictObject({
  content: z.string().min(1).max(2_000),
  allowed_mentions: z.strictObject({ parse: z.array(z.enum(['roles', 'users', 'everyone'])) }),
  flags: z.literal([4, 4096, 4100]).optional(),
});
export const telegramMessage = z.strictObject({
  chat_id: z.string(),
  text: z.string().min(1).max(4_096),
  link_preview_options: z.strictObject({ is_disabled: z.boolean() }).optional(),
});

/** A response that the stand-in gives instead of its own, once for each in order. */
export interface Scripted {
  readonly status: number;
  readonly body: string | object;
  readonly headers?: Record<string, string>;
}

type Judge = (request: Received) => Scripted;

/** A service over loopback that checks each request against its documentation. */
async function aService(judge: Judge) {
  const receiver = await aReceiver();
  const scripted: Scripted[] = [];
  const delivered: Received[] = [];
  receiver.respond = (request) => {
    const response = scripted.shift() ?? judge(request);
    if (response.status === 200 && request.method === 'POST') delivered.push(request);
    const body = typeof response.body === 'string' ? response.body : JSON.stringify(response.body);
    return { status: response.status, headers: response.headers ?? {}, body };
  };
  return { origin: new URL(receiver.url).origin, received: receiver.received, delivered, scripted };
}

const isJson = ({ headers }: Received): boolean => headers['content-type'] === 'application/json';

function parsed(schema: z.ZodType, { body }: Received): string | null {
  const found = schema.safeParse(JSON.parse(body));
  return found.success ? null : z.prettifyError(found.error);
}

/** Slack: 200 `ok`, 400 `invalid_payload`, 404 `no_service` for an unknown path. */
export async function aSlack() {
  const path = '/services/T00000000/B00000000/sEcReTsLaCk';
  const service = await aService((request) => {
    if (request.path !== path) return { status: 404, body: 'no_service' };
    if (request.method !== 'POST' || !isJson(request)) return { status: 400, body: 'invalid_payload' };
    return parsed(slackMessage, request) === null
      ? { status: 200, body: 'ok' }
      : { status: 400, body: 'invalid_blocks' };
  });
  return { ...service, url: service.origin + path, secret: 'sEcReTsLaCk' };
}

/** Discord: 200 with the message only if `wait=true` is asked for, else 204. */
export async function aDiscord() {
  const path = '/api/webhooks/1290000000000000000/sEcReTdIsCoRd';
  const service = await aService((request) => {
    const { pathname, searchParams } = new URL(request.path, 'http://discord');
    if (pathname !== path) return { status: 404, body: { message: 'Unknown Webhook', code: 10015 } };
    if (request.method === 'GET') return { status: 200, body: { id: '129', name: 'Shop' } };
    const why = isJson(request) ? parsed(discordMessage, request) : 'not JSON';
    if (why !== null)
      return { status: 400, body: { message: 'Invalid Form Body', code: 50035, errors: why } };
    return searchParams.get('wait') === 'true'
      ? { status: 200, body: { id: '1', type: 0 } }
      : { status: 204, body: '' };
  });
  return { ...service, url: service.origin + path, secret: 'sEcReTdIsCoRd' };
}

/** Telegram: 200 and `ok`, or the status of `error_code` with `ok: false`. */
export async function aTelegram(chat = '-1001') {
  const token = '110201543:sEcReTtElEgRaM';
  const no = (code: number, description: string): Scripted => ({
    status: code,
    body: { ok: false, error_code: code, description },
  });
  const service = await aService((request) => {
    const { pathname, searchParams } = new URL(request.path, 'http://telegram');
    const [, bot, method] = /^\/bot([^/]+)\/(\w+)$/u.exec(pathname) ?? [];
    if (bot !== token) return no(401, 'Unauthorized');
    const yes = { status: 200, body: { ok: true, result: { message_id: 1 } } };
    if (method === 'getMe') return yes;
    if (method === 'getChat')
      return searchParams.get('chat_id') === chat ? yes : no(400, 'Bad Request: chat not found');
    if (method !== 'sendMessage' || !isJson(request)) return no(404, 'Not Found');
    const why = parsed(telegramMessage, request);
    if (why !== null) return no(400, `Bad Request: ${why}`);
    const { chat_id: given } = JSON.parse(request.body) as { chat_id: string };
    return given === chat ? yes : no(400, 'Bad Request: chat not found');
  });
  return { ...service, baseUrl: service.origin, token, chatId: chat, secret: 'sEcReTtElEgRaM' };
}

import { describe, expect, it } from 'vitest';
import type { NotifyConfig } from '../../src/domain/notice.js';
import { DAY, MINUTE, SECOND } from '../../src/domain/time.js';
import { aDecision, anAction, anEvent } from '../builders.js';
import { aDiscord, aSlack, aTelegram } from '../scenes/chat-services.js';
import { examineChannels } from '../../src/notify/channels/examine.js';
import { aWatch } from './watch.js';

const LINK = 'https://replies.shop.example';
const HOSTILE =
  '<!everyone> *bold* _it_ ~no~ `code` [a](b) <@U024BE7LH> @everyone @channel #tag & /stop || >';
/** The row of a failed send of a workspace of that name. */
const ROW =
  `${LINK}/attention?workspace=%3C%21everyone%3E%20%2Abold%2A%20%5Fit%5F%20%7Eno%7E%20%60code%60%20%5Ba%5D%28b%29%20` +
  '%3C%40U024BE7LH%3E%20%40everyone%20%40channel%20%23tag%20%26%20%2Fstop%20%7C%7C%20%3E#send-1';

type Watch = Awaited<ReturnType<typeof aWatch>>;

/** A send that failed for a rule and a workspace with such a name. */
async function failsFor({ store, time }: Watch, rule: string, id = '1'): Promise<void> {
  const event = anEvent({ sourceId: id, conversationId: id, at: time.now, text: 'words of a contact' });
  await store.recordPage('messages', [{ event, beforeStart: false }], null);
  await store.recordDecision(event, aDecision({ actions: [anAction({ rule })] }), time.now);
  const claim = await store.claimSend('POST /v2/messages', time.now, {
    perMinute: 99,
    perHourPerAccount: 99,
  });
  await store.endAttempt(claim.send!, { state: 'failed', reason: 'failed', detail: 'refused' }, time.now);
}

/** Each service, with the configuration that uses it and the text of a message that it got. */
const SERVICES = {
  slack: async () => {
    const service = await aSlack();
    const text = (body: string): string => {
      const { blocks } = JSON.parse(body) as { blocks: { text: { text: string } }[] };
      return blocks.map((block) => block.text.text).join('\n');
    };
    return { service, config: { slack: { url: service.url } }, text };
  },
  discord: async () => {
    const service = await aDiscord();
    const text = (body: string): string => (JSON.parse(body) as { content: string }).content;
    return { service, config: { discord: { url: service.url } }, text };
  },
  telegram: async () => {
    const service = await aTelegram();
    const { token, chatId, baseUrl } = service;
    const text = (body: string): string => (JSON.parse(body) as { text: string }).text;
    return { service, config: { telegram: { token, chatId, baseUrl } }, text };
  },
} satisfies Record<string, () => Promise<{ config: Partial<NotifyConfig>; service: object; text: object }>>;
const NAMES = ['slack', 'discord', 'telegram'] as const;

describe.each(NAMES)('notices to %s', (name) => {
  it('have the documented shape, a link to the row and no words of a contact', async () => {
    const { service, config, text } = await SERVICES[name]();
    const watch = await aWatch({ ...config, link: LINK }, 'bakery');
    await failsFor(watch, 'pricing');
    await watch.notifier.runOnce();
    await watch.passes(MINUTE);
    expect(watch.trouble).toEqual([]);
    expect(service.delivered).toHaveLength(1);
    const { body } = service.delivered[0]!;
    expect(text(body)).toContain(`${LINK}/attention?workspace=bakery#send-1`);
    expect(text(body)).toContain('rule pricing');
    expect(text(body)).toContain('bakery: failed');
    expect(body).not.toContain('words of a contact');
  });

  it('mention and format nothing, whatever the names of rules and workspaces', async () => {
    const { service, config, text } = await SERVICES[name]();
    const watch = await aWatch({ ...config, link: LINK }, HOSTILE);
    await failsFor(watch, HOSTILE);
    await watch.notifier.runOnce();
    expect(watch.trouble).toEqual([]);
    const { body } = service.delivered[0]!;
    if (name === 'slack') {
      // Signs have no meaning in plain_text; the only mrkdwn is our link.
      const { text: fallback, blocks } = JSON.parse(body) as {
        text: string;
        blocks: { text: { type: string; text: string } }[];
      };
      expect(fallback).not.toMatch(/<|@(?:everyone|channel)/u);
      const formatted = blocks.filter((block) => block.text.type === 'mrkdwn');
      expect(formatted.map((block) => block.text.text)).toEqual([`<${ROW}|Open>`]);
    } else expect(text(body)).not.toMatch(/@(?:everyone|channel)|#tag/u);
    if (name === 'telegram') expect(text(body)).not.toMatch(/\s\/stop/u);
    if (name === 'discord') {
      expect(text(body)).not.toMatch(/(?<!\\)[*_~`|]/u);
      expect(text(body).replace(`<${ROW}>`, '')).not.toMatch(/(?<!\\)[<>[\]]/u);
      expect(JSON.parse(body)).toMatchObject({ allowed_mentions: { parse: [] }, flags: 4 });
    }
  });

  it('are split into messages within the limits, each notice once', async () => {
    const { service, config, text } = await SERVICES[name]();
    const watch = await aWatch({ ...config, link: LINK });
    for (let n = 0; n < 45; n += 1) await failsFor(watch, `rule-${n}-${'é𝒳*'.repeat(40)}`, `c${n}`);
    for (let run = 0; run < 12; run += 1) await watch.passes(MINUTE);
    expect(watch.trouble).toEqual([]);
    const all = service.delivered.map(({ body }) => text(body)).join('\n');
    for (let n = 0; n < 45; n += 1) expect(all.split(`rule-${n}-`)).toHaveLength(2);
    expect(all).not.toMatch(/\p{Surrogate}/u);
    expect(service.delivered.length).toBe(service.received.length);
  });

  it('wait as long as a limited service asks, and then continue without `digest`', async () => {
    const { service, config } = await SERVICES[name]();
    const watch = await aWatch({ ...config, kinds: ['failed', 'failed_notice'] });
    const retry = {
      ok: false,
      error_code: 429,
      description: 'Too Many Requests',
      parameters: { retry_after: 150 },
    };
    service.scripted.push(
      name === 'slack'
        ? { status: 429, body: 'rate_limited', headers: { 'retry-after': '150' } }
        : name === 'discord'
          ? {
              status: 429,
              body: { message: 'You are being rate limited.', retry_after: 149.57, global: false },
            }
          : { status: 429, body: retry },
    );
    await failsFor(watch, 'pricing');
    await watch.notifier.runOnce();
    await watch.passes(149 * SECOND);
    expect(service.received).toHaveLength(1);
    await watch.passes(2 * SECOND);
    expect(service.delivered).toHaveLength(1);
    // A limit is no fault of the channel, so no notice tells of it.
    await watch.passes(DAY);
    expect(service.received).toHaveLength(2);
  });

  it('are tried again a day after a refusal that stays, which names neither address nor token', async () => {
    const { service, config } = await SERVICES[name]();
    const watch = await aWatch(config);
    const { secret } = service;
    for (let n = 0; n < 2; n += 1)
      service.scripted.push(
        name === 'slack'
          ? { status: 404, body: 'no_service' }
          : name === 'discord'
            ? { status: 404, body: { message: `Unknown Webhook ${secret}`, code: 10015 } }
            : {
                status: 403,
                body: { ok: false, error_code: 403, description: `Forbidden: kicked ${secret}` },
              },
      );
    await failsFor(watch, 'pricing');
    for (let n = 0; n < 100; n += 1) await watch.passes(10 * MINUTE);
    expect(service.received).toHaveLength(1);
    await watch.passes(DAY);
    await watch.passes(DAY);
    expect(service.delivered).toHaveLength(1);
    const { trouble } = watch;
    expect(trouble).toHaveLength(2);
    expect(trouble[0]).toMatch(
      { slack: /404: no_service/u, discord: /404: Unknown Webhook/u, telegram: /403: Forbidden/u }[name],
    );
    if (name !== 'telegram') expect(trouble.join()).not.toContain(service.origin);
    expect(trouble.join()).not.toContain(name === 'telegram' ? `110201543:${secret}` : `/${secret}`);
  });

  it('are tried again at the next run after a failure of the service or the network', async () => {
    const { service, config } = await SERVICES[name]();
    const watch = await aWatch(config);
    service.scripted.push({ status: 500, body: 'rollup_error' }, { status: 502, body: '<html>' });
    await failsFor(watch, 'pricing');
    await watch.notifier.runOnce();
    await watch.passes(MINUTE);
    await watch.passes(MINUTE);
    expect(service.received).toHaveLength(3);
    expect(service.delivered).toHaveLength(1);
    expect(watch.trouble).toHaveLength(2);
  });
});

describe('notices to telegram', () => {
  it('are not taken for sent where `ok` is false or missing, whatever the status', async () => {
    const { service, config } = await SERVICES.telegram();
    const watch = await aWatch(config);
    service.scripted.push(
      { status: 200, body: { ok: false, error_code: 500, description: 'Internal' } },
      { status: 200, body: '<html>a login of the network</html>' },
    );
    await failsFor(watch, 'pricing');
    for (let n = 0; n < 4; n += 1) await watch.passes(MINUTE);
    expect(service.received).toHaveLength(3);
  });

  it('go to the supergroup that a group became, at once and from then on', async () => {
    const service = await aTelegram('-1002');
    const { token, baseUrl } = service;
    const watch = await aWatch({ telegram: { token, chatId: '-55', baseUrl }, digest: MINUTE });
    const moved = { ok: false, error_code: 400, description: 'Bad Request: group chat was upgraded' };
    service.scripted.push({ status: 400, body: { ...moved, parameters: { migrate_to_chat_id: -1002 } } });
    await failsFor(watch, 'pricing');
    await watch.notifier.runOnce();
    await failsFor(watch, 'shipping', '2');
    await watch.passes(MINUTE);
    await watch.passes(MINUTE);
    expect(watch.trouble).toEqual([]);
    expect(service.received).toHaveLength(3);
    expect(service.delivered).toHaveLength(2);
  });
});

describe('doctor', () => {
  const parts = { allowHosts: ['127.0.0.1'], signal: new AbortController().signal };

  it('checks the webhook of Discord and token and chat of Telegram, and posts nothing', async () => {
    const [discord, telegram, slack] = [await aDiscord(), await aTelegram(), await aSlack()];
    const { token, baseUrl, chatId } = telegram;
    const good = await examineChannels({ discord, slack, telegram: { token, baseUrl, chatId } }, parts);
    expect(good.map(({ fix }) => fix)).toEqual([null, null, null]);
    expect(good[0]).toMatchObject({
      name: 'slack',
      message: expect.stringMatching(/^not asked, .* curl /u) as unknown,
    });
    const bad = [
      ...(await examineChannels(
        { discord: { url: `${discord.origin}/api/webhooks/1/${discord.secret}` } },
        parts,
      )),
      ...(await examineChannels({ telegram: { token: `1:${telegram.secret}`, baseUrl, chatId } }, parts)),
      ...(await examineChannels({ telegram: { token, baseUrl, chatId: '-7' } }, parts)),
      ...(await examineChannels(
        { discord: { url: `http://127.0.0.1:1/api/webhooks/1/${discord.secret}` } },
        parts,
      )),
    ];
    expect(bad.map(({ message }) => message)).toEqual([
      'the webhook responds with 404 Unknown Webhook',
      'the token is refused: Unauthorized',
      'the chat is refused: Bad Request: chat not found',
      'cannot be reached: connect ECONNREFUSED 127.0.0.1:1',
    ]);
    expect([...discord.received, ...telegram.received].every(({ method }) => method === 'GET')).toBe(true);
    expect(slack.received).toEqual([]);
  });

  it('calls no inner address that the configuration does not allow', async () => {
    const { url } = await aDiscord();
    const [found] = await examineChannels({ discord: { url } }, { ...parts, allowHosts: [] });
    expect(found?.message).toContain('webhooks.allow_hosts');
  });
});

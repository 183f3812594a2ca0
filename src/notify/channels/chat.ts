import { exchange } from '../../actions/work/exchange.js';
import type { LinkedNotice } from '../../domain/notice.js';
import { type Millis, SECOND } from '../../domain/time.js';
import type { Channel, ChannelParts } from './channel.js';
import { subjectOf } from './subject.js';
import { ChannelRefusedError, type ChatRefusal, type ChatService, waitAfter } from './service.js';

const TIMEOUT: Millis = 30 * SECOND;

/** A channel that posts to a service. Its errors name status and code, and neither address nor token. */
export function chatChannel(service: ChatService, parts: Omit<ChannelParts, 'env'>): Channel {
  const { workspace } = parts;
  const titleOf = (notices: readonly LinkedNotice[]): string => subjectOf(notices, { workspace });
  return {
    name: service.name,
    via: service.name,
    fitting: (notices) => service.fitting(notices, titleOf(notices)),
    async tell(notices, _now, signal) {
      const post = () => posted(service, notices, { parts, signal, title: titleOf(notices) });
      const first = await post();
      // A group that became a supergroup has another id, which the service now uses.
      const refusal = first?.movedTo === undefined ? first : await post();
      if (refusal !== null) throw refusedBy(service, refusal);
    },
  };
}

interface Call {
  readonly parts: Omit<ChannelParts, 'env'>;
  readonly signal: AbortSignal;
  readonly title: string;
}

async function posted(
  service: ChatService,
  notices: readonly LinkedNotice[],
  { parts: { allowHosts }, signal, title }: Call,
): Promise<ChatRefusal | null> {
  const { url, body: content } = service.request(notices, title);
  const body = JSON.stringify(content);
  const headers = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'user-agent': 'blotato-autoresponder',
  };
  try {
    const call = { url, method: 'POST', headers, body, allowHosts, timeout: TIMEOUT, signal };
    return service.refusal(await exchange(call));
  } catch (error) {
    throw new Error(withoutSecrets(error instanceof Error ? error.message : String(error), service), {
      cause: undefined,
    });
  }
}

function refusedBy(service: ChatService, refusal: ChatRefusal): ChannelRefusedError {
  const { status, why } = refusal;
  const reason = why === '' ? '' : `: ${withoutSecrets(why, service)}`;
  return new ChannelRefusedError(`responded with ${status}${reason}`, waitAfter(refusal), {
    isLimit: status === 429,
  });
}

export function withoutSecrets(text: string, { secrets }: Pick<ChatService, 'secrets'>): string {
  return secrets
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .filter((secret) => secret.length > 1)
    .reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), text);
}

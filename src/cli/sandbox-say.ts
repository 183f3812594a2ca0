import { isLoopback } from '../config/address.js';
import { withoutKeys } from '../config/keyless.js';
import { loadConfigs } from '../config/load.js';
import { isSchedule } from '../poller/schedule.js';
import { SAY_ROUTE, type SayInput } from '../sandbox/say.js';
import { Exit } from './exit.js';
import { print, printJson } from './output.js';

export interface SandboxSayOptions {
  /** @default that of ./config.yaml if only this machine can reach it, else that of `autoresponder sandbox` */
  readonly url?: string;
  readonly key: string;
  readonly to?: string;
  readonly from?: string;
  readonly comment?: boolean;
  readonly replyTo?: string;
  readonly human?: boolean;
  readonly edit?: string;
  readonly json?: boolean;
}

const CONFIG = './config.yaml';
const USUAL = 'http://127.0.0.1:8788';

/** `sandbox say`: plays a person, or the owner in the platform's app, in a sandbox or demo that is running. */
export async function sandboxSay(text: string, options: SandboxSayOptions): Promise<void> {
  const { url = projectUrl() ?? USUAL, key, json } = options;
  // `URL.parse` came after Node 20.19, the oldest that is supported.
  if (!URL.canParse(SAY_ROUTE, url)) {
    throw new Exit(1, `--url is "${url}"; fix: write an address such as ${USUAL}`);
  }
  const response = await fetch(new URL(SAY_ROUTE, url), {
    method: 'POST',
    headers: { 'blotato-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify(inputOf(text, options)),
  }).catch((error: unknown) => {
    const { cause } = error as Error;
    const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
    throw new Exit(
      1,
      `no sandbox responds at ${url}${code}; fix: start one with \`autoresponder sandbox\`, or name its --url (\`demo\` prints its own)`,
    );
  });
  const row = (await response.json().catch(() => ({}))) as {
    readonly id?: string;
    readonly message?: string;
  };
  if (!response.ok) {
    throw new Exit(
      1,
      `the sandbox refused it (${response.status}): ${row.message ?? 'no reason given; fix: is a sandbox of this release at this address?'}`,
    );
  }
  if (json) printJson(row);
  else {
    const done = options.edit === undefined ? `written to ${options.to ?? ''}` : 'edited';
    print(`${done} at ${url}, key ${key}: ${row.id ?? ''}`);
  }
}

/** The first `blotato.base_url` in ./config.yaml that only this machine can reach, if there is one. */
function projectUrl(): string | undefined {
  const loaded = loadConfigs(CONFIG, withoutKeys(CONFIG, process.env), isSchedule);
  const urls = loaded.ok ? loaded.value.map(({ blotato }) => blotato.baseUrl) : [];
  return urls.find((url) => isLoopback(new URL(url).hostname));
}

function inputOf(text: string, { to, from, comment, replyTo, human, edit }: SandboxSayOptions): SayInput {
  if (edit !== undefined) return { edit, text };
  if (to === undefined || from === undefined) {
    throw new Exit(
      1,
      'who writes to whom is not given; fix: name the account with --to, such as shop-ig, and the person with --from, such as Ana',
    );
  }
  const isComment = comment === true || replyTo !== undefined;
  return {
    to,
    from,
    text,
    as: isComment ? 'comment' : 'message',
    by: human === true ? 'human' : 'contact',
    ...(replyTo === undefined ? {} : { replyTo }),
  };
}

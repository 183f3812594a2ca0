import type { Config } from '../domain/config.js';
import type { CommonOptions } from './project.js';

export interface RunOptions extends CommonOptions {
  readonly once?: boolean;
  readonly shadow?: boolean;
}

/** What no line of the log may show. */
export function secretsOf({ blotato, server, notify, token }: Config): readonly string[] {
  const { email, webhook } = notify ?? { email: null, webhook: null };
  const mail = email ? new URL(email.smtp) : null;
  return [
    ...[blotato.apiKey, server?.token ?? '', token ?? '', webhook?.secret ?? ''],
    ...[email?.smtp ?? '', decodeURIComponent(mail?.password ?? '')],
  ];
}

/** Aborted by the first SIGINT or SIGTERM. A second one of the same kind ends the process at once, as by default. */
export function signalled(onSignal: (signal: string) => void): AbortSignal {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      onSignal(signal);
      stopping.abort();
    });
  }
  return stopping.signal;
}

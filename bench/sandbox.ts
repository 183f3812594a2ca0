// The sandbox in its own process, so that it takes no time from the measured program. Controlled over the channel of
// `fork`.
import { startSandbox } from '../src/sandbox/server.js';

export type Order =
  | { readonly order: 'accounts'; readonly count: number }
  | { readonly order: 'write'; readonly messages: readonly Written[] }
  | { readonly order: 'sends' };

export interface Written {
  readonly account: string;
  readonly person: string;
  readonly text: string;
}

export interface Told {
  readonly url: string;
  /** The time at which each message became visible in the lists, by its text. */
  readonly written: readonly (readonly [text: string, at: number])[];
  /** The sends of the program, with their times. */
  readonly sends: readonly (readonly [text: string, at: number])[];
}

const PLATFORMS = ['instagram', 'twitter'] as const;

/** Creates the given number of accounts, alternating between two platforms. */
export function accountsOf(count: number) {
  return Array.from({ length: count }, (_, n) => ({
    name: `account-${n}`,
    id: `${10_000 + n}`,
    platform: PLATFORMS[n % 2] ?? 'instagram',
    nativeId: `native-${n}`,
    username: `shop.${n}`,
    fullname: `Shop ${n}`,
  }));
}

if (process.send && import.meta.filename === process.argv[1]) {
  const accounts = accountsOf(Number(process.argv[2] ?? 1));
  const sandbox = await startSandbox({ limits: null, accounts });
  const written: [string, number][] = [];
  const tell = (): void => {
    const sends = sandbox.sends().map(({ text, at }) => [text, at] as const);
    process.send?.({ url: sandbox.url, written, sends } satisfies Told);
  };
  process.on('message', (order: Order) => {
    if (order.order === 'write') {
      for (const { account, person, text } of order.messages) {
        sandbox.receive({ account, contact: person, text });
        written.push([text, Date.now()]);
      }
    }
    tell();
  });
  process.on('disconnect', () => process.exit(0));
  tell();
}

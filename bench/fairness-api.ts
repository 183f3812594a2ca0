// The sandbox of `npm run bench:fairness` in its own process, so that it takes no time from the measured worker.
// Controlled over the channel of `fork`: the first order creates the workspaces, the next ones apply one after the
// other, and a report follows each.
import type { Instant, Millis } from '../src/domain/time.js';
import { startSharedSandbox, type Tenant } from '../src/sandbox/server.js';

/** The workspace that very many people write to. */
export const FLOOD = 'flood';
const WRITES_EVERY: Millis = 500;

export type Order =
  | { readonly order: 'begin'; readonly rest: readonly string[]; readonly hanging: readonly string[] }
  | { readonly order: 'flood'; readonly people: number }
  | { readonly order: 'end' };

export interface Report {
  readonly url: string;
  /** Times from a message to its reply, of the workspaces other than the flooded one. */
  readonly waits: readonly Millis[];
  /** Ages of the messages without a reply. */
  readonly pending: readonly Millis[];
  /** Times since the people began to write to the flooded workspace. */
  readonly flood: {
    readonly beganAt: Instant;
    readonly reads: readonly Millis[];
    readonly firstReply: Millis | null;
    readonly replies: number;
  };
}

async function begin({ rest, hanging }: Extract<Order, { order: 'begin' }>) {
  const api = await startSharedSandbox([...rest, FLOOD, ...hanging], { limits: null });
  const of = (name: string): Tenant => api.tenants.get(name)!;
  /** Messages without a reply yet, by workspace, with their times. */
  const pending = new Map<string, number>();
  const waits: Millis[] = [];
  let reads: number[] = [];
  let first: number | null = null;
  let beganAt = 0;
  let writing: NodeJS.Timeout | undefined;
  for (const name of rest) {
    of(name).fault(({ method }) => {
      const wrote = method === 'POST' ? pending.get(name) : undefined;
      if (wrote !== undefined) waits.push(Date.now() - wrote);
      if (method === 'POST') pending.delete(name);
      return 'none';
    });
  }
  of(FLOOD).fault(({ method, path }) => {
    if (path === '/v2/messages' && method === 'GET') reads.push(Date.now());
    if (method === 'POST' && beganAt > 0) first ??= Date.now();
    return 'none';
  });
  return {
    flood(people: number): void {
      for (const name of hanging) of(name).fault(() => 'hang');
      beganAt = Date.now();
      for (let n = 0; n < people; n += 1) {
        of(FLOOD).receive({
          account: 'shop-ig',
          contact: `person-${n}`,
          text: 'price?',
          at: beganAt - people + n,
        });
      }
      reads = [];
      let turn = 0;
      writing = setInterval(() => {
        const name = rest[(turn += 1) % rest.length];
        if (name === undefined || pending.has(name)) return;
        pending.set(name, Date.now());
        of(name).receive({ account: 'shop-ig', contact: 'ana', text: 'price?' });
      }, WRITES_EVERY);
    },
    end: () => clearInterval(writing),
    report: (): Report => ({
      url: api.url,
      waits,
      pending: [...pending.values()].map((at) => Date.now() - at),
      flood: {
        beganAt,
        reads: reads.map((at) => at - beganAt),
        firstReply: first === null ? null : first - beganAt,
        replies: of(FLOOD).sends().length,
      },
    }),
  };
}

if (process.send && process.argv[1] === import.meta.filename) {
  let api: Awaited<ReturnType<typeof begin>> | null = null;
  const apply = async (order: Order): Promise<void> => {
    if (order.order === 'begin') api = await begin(order);
    else if (order.order === 'flood') api?.flood(order.people);
    else api?.end();
    if (api) process.send?.(api.report());
  };
  process.on('message', (order: Order) => void apply(order));
  process.on('disconnect', () => process.exit(0));
}

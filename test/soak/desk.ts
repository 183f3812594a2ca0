import { appendFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Sandbox } from '../../src/sandbox/server.js';
import type { Store } from '../../src/store/ports/store.js';
import type { Dice } from './dice.js';
import { createGuests, GUEST_RULES, type GuestMessage } from './guests.js';
import { judgePeople, type PeopleVerdict } from './judge-people.js';
import { createOperators, deskOf, type Operators } from './operators.js';

/** Guests, and the people at the dashboard who reply to them. */
export interface Desk {
  /** Messages of the guests so far. */
  readonly written: readonly GuestMessage[];
  /** Lets a guest write. */
  write(): void;
  /** Lets the operators begin. `onChange`: called when a change begins. */
  open(onChange: () => void): void;
  /** From now on the operators end each draft, and write nothing. */
  finish(): void;
  /** Number of drafts that the operators saw last. */
  waiting(): number;
  close(): Promise<void>;
  judge(store: Store): Promise<PeopleVerdict | null>;
}

export const NO_DESK: Desk = {
  written: [],
  write: () => undefined,
  open: () => undefined,
  finish: () => undefined,
  waiting: () => 0,
  close: async () => undefined,
  judge: async () => null,
};

/** Adds the dashboard and the guests' rules to the configuration in the folder. */
export async function openDesk(folder: string, sandbox: Sandbox, dice: Dice): Promise<Desk> {
  const port = await freePort();
  appendFileSync(join(folder, 'config.yaml'), deskOf(port));
  appendFileSync(join(folder, 'rules.yaml'), GUEST_RULES);
  const { written, write } = createGuests(sandbox, dice);
  let operators: Operators | null = null;
  return {
    ...{ written, write },
    open(onChange) {
      operators = createOperators({ port, onChange }, dice, written);
    },
    finish: () => operators?.finish(),
    waiting: () => operators?.waiting() ?? 0,
    close: async () => operators?.stop(),
    async judge(store) {
      const { drafts = [], hands = [], faults = [] } = operators ?? {};
      const verdict = await judgePeople(store, { messages: written, drafts, hands }, sandbox.sends());
      return { ...verdict, wrong: [...verdict.wrong, ...faults] };
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

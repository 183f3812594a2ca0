import { statSync } from 'node:fs';
import type { KnownAccount } from '../doctor/accounts.js';
import { examineContacts, monthOf } from '../doctor/contacts.js';
import { type Diagnosis, doubtful, fine, wrong } from '../doctor/diagnosis.js';
import type { Config } from '../domain/config.js';
import { StoreError } from '../store/ports/store-error.js';
import { openStore, whereIs } from '../store/open.js';
import { count } from './output.js';
import type { OwnerStore } from '../store/ports/owner.js';
import type { PollStore } from '../store/ports/polls.js';

/** The store's part of `doctor`: its own state, and its data about the accounts. */
export interface StoreCheck {
  readonly diagnoses: readonly Diagnosis[];
  readonly known: readonly KnownAccount[];
}

export async function checkStore(config: Config): Promise<StoreCheck> {
  const { store: address } = config;
  const where = whereIs(config);
  const stats = address.kind === 'sqlite' ? statSync(address.path, { throwIfNoEntry: false }) : null;
  const without = (diagnosis: Diagnosis): StoreCheck => ({ diagnoses: [diagnosis], known: [] });
  if (stats === undefined) return without(fine('store', `not created yet: \`run\` creates ${where}`));
  try {
    const store = await openStore(config, 'read', Date.now);
    try {
      return await readStore(store, config, stats === null ? where : `${where}, ${sizeOf(address)}`);
    } finally {
      await store.close();
    }
  } catch (error) {
    if (error instanceof StoreError && error.code === 'missing' && address.kind === 'postgres') {
      return without(fine('store', error.message));
    }
    const message = error instanceof Error ? error.message : String(error);
    return without(wrong('store', message, 'Follow the message above.'));
  }
}

async function readStore(
  store: OwnerStore & PollStore,
  { accounts }: Config,
  about: string,
): Promise<StoreCheck> {
  const { sends } = await store.summary();
  const names = accounts.map(({ name }) => name);
  const active = await store.activity(names, monthOf(Date.now()));
  const listed = new Map((await store.listedAccounts()).map((each) => [each.account, each]));
  const stuck = (sends.failed ?? 0) + (sends.unknown_outcome ?? 0);
  return {
    diagnoses: [
      stuck === 0
        ? fine('store', about)
        : doubtful(
            'store',
            `${about}; ${count(stuck, 'send')} failed or with an unknown outcome`,
            '`autoresponder outbox list` shows them.',
          ),
      examineContacts(active),
    ],
    known: active.map(({ account, hasComments }) => {
      return { account, hasComments, username: listed.get(account)?.username ?? null };
    }),
  };
}

/** Size including the write-ahead log. */
function sizeOf(address: Config['store']): string {
  const path = address.kind === 'sqlite' ? address.path : '';
  const bytes = ['', '-wal'].reduce(
    (sum, file) => sum + (statSync(`${path}${file}`, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

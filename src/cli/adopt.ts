import type { Config } from '../domain/config.js';
import { customerOf } from '../domain/customer.js';
import { WORKER_TIMES } from '../domain/worker-times.js';
import { whereIs } from '../store/open.js';
import { print, printJson } from './output.js';
import { type CommonOptions, configOf } from './project.js';

/**
 * `adopt`: assigns a store to another key and other accounts, on purpose. Throws StoreError `locked` while a
 * program runs on an embedded store.
 */
export async function adopt(options: CommonOptions): Promise<void> {
  const config = configOf(options, process.env);
  const isServed = await adoptAs(config);
  const accounts = config.accounts.map(({ name, id }) => ({ name, id }));
  if (options.json) {
    printJson({ workspace: config.workspace, accounts, isServed });
    return;
  }
  const ids = accounts.map(({ name, id }) => `${name} (${id})`).join(', ');
  print(`the workspace "${config.workspace}" of ${whereIs(config)} now belongs to this key and to ${ids}`);
  if (isServed) print('A worker still runs with the previous key and accounts: stop or restart it.');
}

/** Returns true if a running worker serves the workspace. */
async function adoptAs(config: Config): Promise<boolean> {
  const customer = customerOf(config);
  if (config.store.kind === 'sqlite') {
    const { openWriter } = await import('../store/sqlite/open.js');
    const { adoptStore } = await import('../store/sqlite/customer.js');
    const { db, close } = openWriter(config.store.path);
    try {
      adoptStore(db, customer);
    } finally {
      close();
    }
    return false;
  }
  const { openPostgres } = await import('../store/postgres/open.js');
  const { adoptWorkspace } = await import('../store/postgres/customers.js');
  const served = await openPostgres(config.store.url, { connections: 2 });
  try {
    return await adoptWorkspace(served, config.workspace, customer, WORKER_TIMES.heartbeatTimeout);
  } finally {
    await served.close();
  }
}

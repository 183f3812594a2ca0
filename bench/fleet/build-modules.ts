// The modules of a build that a worker of the fleet is made of, loaded from its folder.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Log from '../../src/log/logger.js';
import type * as SharedApp from '../../src/program/shared-app.js';
import type * as Open from '../../src/store/postgres/open.js';
import type * as Concurrency from '../../src/workers/concurrency.js';
import type * as Builders from '../../test/builders.js';
import type * as RuleSet from '../../test/scenes/rule-set.js';

type Modules = Pick<typeof Builders, 'aConfig' | 'anAccount'> &
  Pick<typeof RuleSet, 'aRuleSet'> &
  Pick<typeof Log, 'createLogger'> &
  Pick<typeof Open, 'openPostgres'> &
  Pick<typeof SharedApp, 'createSharedApp'> &
  Pick<typeof Concurrency, 'concurrencyFor'>;

/** Loads the modules of a build. Throws if it is another release than this one, or one with the names of 8e9c2d6. */
export async function modulesOf(folder: string): Promise<Modules> {
  const load: Load = (path) => import(pathToFileURL(join(folder, `${path}.js`)).href);
  const { aConfig, anAccount } = (await load('test/builders')) as typeof Builders;
  const { aRuleSet } = (await load('test/scenes/rule-set')) as typeof RuleSet;
  const isOlder = existsSync(join(folder, 'src/shared-app.js'));
  return { aConfig, anAccount, aRuleSet, ...(isOlder ? await namesOf8e9c2d6(load) : await names(load)) };
}

type Load = (path: string) => Promise<unknown>;
type Named = Omit<Modules, 'aConfig' | 'anAccount' | 'aRuleSet'>;

async function names(load: Load): Promise<Named> {
  const { createLogger } = (await load('src/log/logger')) as typeof Log;
  const { openPostgres } = (await load('src/store/postgres/open')) as typeof Open;
  const { createSharedApp } = (await load('src/program/shared-app')) as typeof SharedApp;
  const { concurrencyFor } = (await load('src/workers/concurrency')) as typeof Concurrency;
  return { createLogger, openPostgres, createSharedApp, concurrencyFor };
}

/** Commit 8e9c2d6 has other names for the same, passes the clock, and `run` has 100 cycles at a time. */
async function namesOf8e9c2d6(load: Load): Promise<Named> {
  const { createLogger } = (await load('src/log')) as typeof Log;
  const { openServed } = (await load('src/store/postgres/open')) as { openServed: Named['openPostgres'] };
  const { createSharedApp } = (await load('src/shared-app')) as typeof SharedApp;
  return {
    ...{ createLogger, openPostgres: openServed, concurrencyFor: () => 100 },
    createSharedApp: (options) => createSharedApp(withClock(options)),
  };
}

function withClock<T extends object>(options: T): T & { readonly clock: () => number } {
  return { ...options, clock: Date.now };
}

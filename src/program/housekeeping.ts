import { HOUR, type Instant, type Millis, MINUTE } from '../domain/time.js';
import type { PgStore } from '../store/postgres/open.js';
import type { Lease } from '../store/postgres/server.js';
import { isForgetfulDay } from '../store/postgres/store.js';
import type { ActiveWorkspace } from './workspace.js';

/** Interval of asking the store whether a check of links is due. */
const LINKS_EVERY: Millis = 5 * MINUTE;
/** Workspaces whose links are checked at once. */
const LINK_CHECKS = 2;

/** Long work of workspaces, beside their cycles and a few at a time. */
export interface Aside {
  /** Runs the work as soon as there is room, unless other work of that name waits or runs. It must not reject. */
  add(name: string, work: () => Promise<void>): void;
  /** Drops the work that waits. Resolves when what runs has ended. */
  stop(): Promise<void>;
}

export function createAside(): Aside {
  const waiting = new Map<string, () => Promise<void>>();
  const running = new Map<string, Promise<void>>();
  const next = (): void => {
    for (const [name, work] of waiting) {
      if (running.size >= LINK_CHECKS) return;
      waiting.delete(name);
      const ending = work().then(() => {
        running.delete(name);
        next();
      });
      running.set(name, ending);
    }
  };
  return {
    add(name, work) {
      if (running.has(name)) return;
      waiting.set(name, work);
      next();
    },
    async stop() {
      waiting.clear();
      await Promise.all(running.values());
    },
  };
}

interface Housekept {
  readonly name: string;
  readonly served: PgStore;
  readonly lease: () => Lease;
  readonly aside: Aside;
}

/**
 * Periodic housekeeping of a workspace, after a cycle: notifications and retention. Checks of links are only started: no
 * cycle waits for them.
 */
export function createHousekeeping({ name, served, lease, aside }: Housekept) {
  const clock = served.time.now;
  let checkedAt: Instant = 0;
  let linksAt: Instant = 0;
  let askedAt: Instant = 0;
  return async ({ notify, retain, checkLinks }: ActiveWorkspace): Promise<void> => {
    if (clock() - checkedAt < MINUTE) return;
    checkedAt = clock();
    await notify();
    if (clock() - linksAt >= LINKS_EVERY) {
      linksAt = clock();
      aside.add(name, checkLinks);
    }
    if (clock() - askedAt < HOUR) return;
    askedAt = clock();
    if (await isForgetfulDay(served, lease().workspace, clock())) await retain();
  };
}

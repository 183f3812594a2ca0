import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { EventEmitter } from 'node:events';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { WatchFolder } from '../../src/project/folder-events.js';
import { changes, type WatchClock } from '../../src/project/watch.js';
import { PATIENCE } from '../patience.js';

const EVERY = 15;

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'watch-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The operating system watches no more folders. */
const noEvents: WatchFolder = () => {
  throw Object.assign(new Error('no space left on device, watch'), { code: 'ENOSPC' });
};

/** Puts a file that was written long ago in place. */
function moveIn(path: string): void {
  writeFileSync(`${path}~`, 'moved');
  utimesSync(`${path}~`, 1_000_000_000, 1_000_000_000);
  renameSync(`${path}~`, path);
}

/** Watches as the program does. `events` holds the events that were received. */
function spied() {
  const events: string[] = [];
  const watchFolder: WatchFolder = (folder, options, onEvent) =>
    watch(folder, options, (kind, name) => {
      onEvent(kind, name);
      events.push(`${kind} ${String(name)}`);
    });
  return { events, watchFolder };
}

/** A clock that the test moves. */
function handClock() {
  let now = 0;
  const timers = new Set<{ readonly at: number; readonly then: () => void }>();
  const clock: WatchClock = {
    now: () => now,
    after(time, then) {
      const timer = { at: now + time, then };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  };
  /** Time of the next check, once the watcher waits for it. */
  const next = async (): Promise<number> => {
    await vi.waitUntil(() => timers.size > 0, { ...PATIENCE, interval: 1 });
    return Math.min(...[...timers].map(({ at }) => at));
  };
  const moveTo = (time: number): void => {
    now = time;
    for (const timer of [...timers].filter(({ at }) => at <= now)) {
      timers.delete(timer);
      timer.then();
    }
  };
  return {
    clock,
    async pass(time: number): Promise<void> {
      const end = now + time;
      for (let at = await next(); at <= end; at = await next()) moveTo(at);
      moveTo(end);
    },
  };
}

/** A watcher of a folder with the file `a.yaml`, on a clock that the test moves. */
function aWatcher(watchFolder?: WatchFolder) {
  const folder = aFolder();
  writeFileSync(join(folder, 'a.yaml'), 'a');
  const paths = [folder];
  const { events, watchFolder: spy } = spied();
  const { clock, pass } = handClock();
  const watching = new AbortController();
  onTestFinished(() => watching.abort());
  const options = { signal: watching.signal, every: 1_000, clock, watchFolder: watchFolder ?? spy };
  const seen = changes(() => paths, options);
  let reports = 0;
  const follow = async (): Promise<void> => {
    while ((await seen.next()).done !== true) reports += 1;
  };
  const ended = follow();
  return {
    ...{ folder, paths, ended, stop: () => watching.abort() },
    /** Does something, and waits until this event of it was received. */
    async until(event: string, deed: () => void): Promise<void> {
      events.length = 0;
      deed();
      await vi.waitUntil(() => events.includes(event), PATIENCE);
    },
    /** Lets this time pass. Returns the number of changes reported until then. */
    async pass(time: number): Promise<number> {
      await pass(time);
      return reports;
    },
  };
}

/** Changes to files that the watcher reports as one change each. */
const DEEDS: readonly [string, (folder: string) => void][] = [
  ['a file is written', (folder) => writeFileSync(join(folder, 'a.yaml'), 'longer than before')],
  [
    'an editor replaces a file by renaming another one',
    (folder) => {
      writeFileSync(join(folder, 'a.yaml~'), 'b');
      renameSync(join(folder, 'a.yaml~'), join(folder, 'a.yaml'));
    },
  ],
  ['a file is added', (folder) => writeFileSync(join(folder, 'b.yml'), 'b')],
  ['a file is deleted', (folder) => rmSync(join(folder, 'a.yaml'))],
  ['the folder is deleted', (folder) => rmSync(folder, { recursive: true })],
];

it.each(
  DEEDS.flatMap(([what, deed]) => [
    [what, 'with events', undefined, deed] as const,
    [what, 'without events', noEvents, deed] as const,
  ]),
)('the file watcher notices that %s, %s', async (_, __, watchFolder, deed) => {
  const folder = aFolder();
  writeFileSync(join(folder, 'a.yaml'), 'a');
  const watching = new AbortController();
  const options = { signal: watching.signal, every: EVERY };
  const seen = changes(() => [folder], watchFolder ? { ...options, watchFolder } : options);
  const change = seen.next();
  deed(folder);
  expect(await change).toEqual({ done: false, value: undefined });
  watching.abort();
  expect(await seen.next()).toMatchObject({ done: true });
});

it('the file watcher ignores files that are not rules, and stops on request', async () => {
  const folder = aFolder();
  mkdirSync(join(folder, 'drafts'));
  const watching = new AbortController();
  let looks = 0;
  const paths = () => {
    looks += 1;
    if (looks === 6) watching.abort();
    return [folder];
  };
  const next = changes(paths, { signal: watching.signal, every: EVERY }).next();
  writeFileSync(join(folder, 'notes.txt'), 'x');
  expect(await next).toMatchObject({ done: true });
});

/** Files of which only a part is written, with the last event of each, by `a.yaml`. */
const HALVES: readonly [string, string, (path: string) => void][] = [
  ['is written in place', 'change a.yaml', (path) => writeFileSync(path, 'half')],
  [
    'is deleted and written anew',
    'change a.yaml',
    (path) => {
      rmSync(path);
      writeFileSync(path, 'half');
    },
  ],
  [
    'is deleted and written anew, with its time and mode set too early',
    'change a.yaml',
    (path) => {
      rmSync(path);
      writeFileSync(path, 'half');
      utimesSync(path, 1_000_000_000, 1_000_000_000);
      chmodSync(path, 0o600);
    },
  ],
  [
    'is renamed into place and then written',
    'change a.yaml',
    (path) => {
      moveIn(path);
      appendFileSync(path, 'half');
    },
  ],
  [
    'is written under another name as well',
    'rename a.yaml',
    (path) => {
      writeFileSync(`${path}~`, 'half');
      utimesSync(`${path}~`, 1_000_000_000, 1_000_000_000);
      rmSync(path);
      linkSync(`${path}~`, path);
    },
  ],
  [
    'becomes a link to a file elsewhere',
    'rename a.yaml',
    (path) => {
      const elsewhere = join(aFolder(), 'b.yaml');
      writeFileSync(elsewhere, 'half');
      utimesSync(elsewhere, 1_000_000_000, 1_000_000_000);
      symlinkSync(elsewhere, `${path}~`);
      renameSync(`${path}~`, path);
    },
  ],
];

it.each(HALVES)('a file that %s is not read until a second after its last part', async (_, event, deed) => {
  const { folder, until, pass } = aWatcher();
  const path = join(folder, 'a.yaml');
  await until(event, () => deed(path));
  expect(await pass(999)).toBe(0);
  appendFileSync(path, 'rest');
  expect(await pass(999)).toBe(0);
  // Without an event, as of a file elsewhere, the change is seen up to a second later.
  expect(await pass(1_001)).toBe(1);
});

it.each(HALVES)('without events, a file that %s is not read in part', async (_, __, deed) => {
  const { folder, pass } = aWatcher(noEvents);
  const path = join(folder, 'a.yaml');
  await pass(500);
  deed(path);
  expect(await pass(999)).toBe(0);
  appendFileSync(path, 'rest');
  expect(await pass(999)).toBe(0);
  expect(await pass(1_001)).toBe(1);
});

/** A watcher to which the test tells the events. */
function told() {
  const opened: Parameters<WatchFolder>[2][] = [];
  const watchFolder: WatchFolder = (_, __, onEvent) => {
    opened.push(onEvent);
    return { on: () => undefined, close: () => undefined };
  };
  return { opened, tell: (name: string) => opened.at(-1)?.('rename', name), ...aWatcher(watchFolder) };
}

it('a file that is written while its event is late is not read in part', async () => {
  const { folder, pass, tell } = told();
  const path = join(folder, 'a.yaml');
  rmSync(path);
  writeFileSync(path, 'half');
  // The kernel tells of a write at its end only.
  tell('a.yaml');
  expect(await pass(999)).toBe(0);
  appendFileSync(path, 'rest');
  expect(await pass(999)).toBe(0);
  expect(await pass(1_001)).toBe(1);
});

it('a folder that may have been replaced is watched anew, and its files are read a second later', async () => {
  const { folder, pass, tell, opened } = told();
  moveIn(join(folder, 'a.yaml'));
  tell('a.yaml');
  tell(basename(folder));
  expect(await pass(999)).toBe(0);
  expect(opened).toHaveLength(2);
  expect(await pass(1_001)).toBe(1);
});

/** Elsewhere, no file is known to be complete. */
const onLinux = it.skipIf(process.platform !== 'linux');

onLinux('a file that is renamed into place is read at once', async () => {
  const { folder, until, pass } = aWatcher();
  await until('rename a.yaml', () => moveIn(join(folder, 'a.yaml')));
  expect(await pass(200)).toBe(1);
  await pass(1_000);
  await until('rename b.yaml', () => moveIn(join(folder, 'b.yaml')));
  expect(await pass(200)).toBe(2);
});

onLinux('a file that is written a moment after it was renamed into place is not read in part', async () => {
  const { folder, until, pass } = aWatcher();
  const path = join(folder, 'a.yaml');
  await until('rename a.yaml', () => moveIn(path));
  expect(await pass(140)).toBe(0);
  await until('change a.yaml', () => appendFileSync(path, 'rest'));
  expect(await pass(999)).toBe(0);
  expect(await pass(1_001)).toBe(1);
});

onLinux('of several files that are renamed into place, the first may be read before the others', async () => {
  const { folder, until, pass } = aWatcher();
  await until('rename a.yaml', () => moveIn(join(folder, 'a.yaml')));
  expect(await pass(200)).toBe(1);
  for (const name of ['b.yaml', 'c.yaml', 'd.yaml']) {
    await until(`rename ${name}`, () => moveIn(join(folder, name)));
    expect(await pass(900)).toBe(1);
  }
  expect(await pass(200)).toBe(2);
});

onLinux('files that are renamed into place together are read a second later', async () => {
  const { folder, until, pass } = aWatcher();
  await until('rename b.yaml', () => {
    moveIn(join(folder, 'a.yaml'));
    moveIn(join(folder, 'b.yaml'));
  });
  expect(await pass(999)).toBe(0);
  expect(await pass(1_001)).toBe(1);
});

onLinux('a folder that is deleted and made again is watched as before', async () => {
  const { folder, until, pass } = aWatcher();
  await until(`rename ${basename(folder)}`, () => rmSync(folder, { recursive: true }));
  mkdirSync(folder);
  writeFileSync(join(folder, 'a.yaml'), 'b');
  const before = await pass(3_000);
  await until('rename a.yaml', () => moveIn(join(folder, 'a.yaml')));
  expect(await pass(200)).toBe(before + 1);
});

onLinux('a file that the configuration adds is watched from its first check on', async () => {
  const { paths, until, pass } = aWatcher();
  const path = join(aFolder(), 'prices.csv');
  moveIn(path);
  paths.push(path);
  expect(await pass(3_000)).toBe(1);
  await until('rename prices.csv', () => moveIn(path));
  expect(await pass(200)).toBe(2);
});

it('watchers that fail later are given up and closed, and the files are checked each second', async () => {
  const opened: EventEmitter[] = [];
  let closed = 0;
  const { folder, pass, ended, stop } = aWatcher(() => {
    const watcher = Object.assign(new EventEmitter(), { close: () => void (closed += 1) });
    opened.push(watcher);
    return watcher;
  });
  await pass(1_000);
  opened[0]?.emit('error', Object.assign(new Error('too many open files'), { code: 'EMFILE' }));
  expect(closed).toBe(1);
  writeFileSync(join(folder, 'a.yaml'), 'longer');
  expect(await pass(2_000)).toBe(1);
  expect(opened).toHaveLength(1);
  await pass(60_000);
  expect(opened).toHaveLength(2);
  stop();
  await ended;
  expect(closed).toBe(2);
});

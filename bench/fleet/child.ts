// A process of a fleet, with a channel for messages.
import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { kill, type Session } from '../suite/session.js';

export interface Child {
  readonly process: ChildProcess;
  /** Next message of the process. */
  readonly next: <T>() => Promise<T>;
  /** Resolves with the error message once the process has ended. */
  readonly ended: Promise<string>;
  /** The last thousands of characters that it wrote to stderr. */
  readonly log: () => string;
  /** Ends the process, by force if it does not do so itself. */
  readonly end: () => Promise<void>;
}

/** Characters of the log that are kept. */
const KEPT = 4_000;
/** Time in which a process ends itself, in milliseconds; one that writes a profile takes some seconds. */
const PATIENCE = 30_000;

export function startChild(session: Session, args: readonly string[], name: string): Child {
  const stdio = ['ignore', 'ignore', 'pipe', 'ipc'] as const;
  const child = session.start(process.execPath, args, { cwd: session.folder, stdio });
  let log = '';
  child.stderr?.setEncoding('utf8').on('data', (part: string) => (log = (log + part).slice(-KEPT)));
  // Not `close`: Node 20.20 does not emit it after `disconnect`.
  const exit = Promise.all([once(child, 'exit'), once(child.stderr ?? child, 'close')]);
  const ended = exit.then(([[code, signal]]) => `the ${name} ended with ${code ?? signal}: ${log}`);
  return {
    process: child,
    next: async <T>() => {
      const [message] = (await Promise.race([
        once(child, 'message'),
        ended.then((why) => Promise.reject(new Error(why))),
      ])) as [T];
      return message;
    },
    ended,
    log: () => log,
    end: async () => {
      if (child.connected) child.disconnect();
      const late = setTimeout(() => kill(child, 'SIGKILL'), PATIENCE);
      await exit;
      clearTimeout(late);
    },
  };
}

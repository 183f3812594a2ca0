// Child processes of the contract test. None of them outlives it, however it ends.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

/** Starts a process. `out` and `err` return its output so far, `ended` settles with its exit code or signal. */
export function start(command, args, options = {}) {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (err += text));
  let isRunning = true;
  const ended = new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(code ?? signal));
  }).finally(() => {
    isRunning = false;
    running.delete(child);
  });
  return {
    out: () => out,
    err: () => err,
    ended,
    isRunning: () => isRunning,
    stop: async () => {
      child.kill('SIGTERM');
      await Promise.race([ended, wait(3_000, undefined, { ref: false })]);
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Like `start`, but waits for the end. Throws if the process takes longer than `patience` milliseconds. */
export async function runToEnd(command, args, { patience, ...options }) {
  const child = start(command, args, options);
  const timer = setTimeout(() => void child.stop(), patience);
  const code = await child.ended;
  clearTimeout(timer);
  if (code === 'SIGTERM' || code === 'SIGKILL') {
    throw new Error(`${[command, ...args].join(' ')} took longer than ${patience / 1_000} s\n${child.err()}`);
  }
  return { code, out: child.out(), err: child.err() };
}

/** Polls until `look` returns something. Throws after `patience` milliseconds, or as soon as the process has ended. */
export async function until(what, look, { child, patience = 30_000 }) {
  const latest = Date.now() + patience;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (!child.isRunning() || Date.now() > latest) {
      throw new Error(`waited in vain: ${what}\n${child.out()}${child.err()}`);
    }
    await wait(50);
  }
}

/** Finds a free port, because Prism does not accept 0. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

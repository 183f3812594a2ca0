import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { MINUTE } from '../../src/domain/time.js';
import type { Sandbox } from '../../src/sandbox/server.js';
import { readSqlite } from '../../src/store/sqlite/store.js';
import type { Store } from '../../src/store/ports/store.js';
import type { Program } from './program.js';
import { RULES } from './traffic.js';

const KILLER = fileURLToPath(new URL('../../scripts/kill-at-commit.cjs', import.meta.url));
const PROGRAM = fileURLToPath(new URL('../../bin/autoresponder.js', import.meta.url));

/** Messages from before the very first poll get no reply, so people write after it. */
export async function firstStart(folder: string, program: Program): Promise<void> {
  program.start();
  const by = Date.now() + MINUTE;
  while (!(await hasRead(join(folder, 'soak.db')))) {
    if (program.pid() === null || Date.now() > by)
      throw new Error(`the program read nothing: ${[...program.faults, program.lastWords()].join('\n')}`);
    await wait(20);
  }
  await program.end();
}

/** True if the store has a poll of each list. */
async function hasRead(path: string): Promise<boolean> {
  if (!existsSync(path)) return false;
  let store: Store | null = null;
  try {
    store = readSqlite(path, Date.now);
    const { streams } = await store.summary();
    return ['messages', 'comments'].every((list) => streams.some(({ stream }) => stream.startsWith(list)));
  } catch {
    // The program has not created the tables yet.
    return false;
  } finally {
    await store?.close();
  }
}

/** The command line of the built program over a store in the folder. `more`: keys of the configuration instead. */
export function command(
  folder: string,
  sandbox: Sandbox,
  more: Readonly<Record<string, string>> = {},
): [string, ...string[]] {
  writeFileSync(join(folder, 'rules.yaml'), RULES);
  writeFileSync(join(folder, 'config.yaml'), configOf(sandbox, more));
  return [process.execPath, '--require', KILLER, PROGRAM, 'run', '--config', join(folder, 'config.yaml')];
}

/** The configuration delays no replies, so that a missing reply is a lost one. */
function configOf(sandbox: Sandbox, more: Readonly<Record<string, string>>): string {
  return `
version: 1
mode: live
blotato: { base_url: "${sandbox.url}", api_key: ${sandbox.apiKey} }
store: sqlite:./soak.db
rules: ./rules.yaml
accounts:
  - { name: shop-ig, id: "98434", platform: instagram, native_id: "1784140" }
  - { name: shop-fb, id: "43538", platform: facebook, page_id: "1288852254291983" }
  - { name: shop-x, id: "51207", platform: twitter, native_id: "1500000000000000043" }
poll: { schedule: "* * * * * *" }
throttle: ${more.throttle ?? '{ sends_per_minute: 10000, reads_per_minute: 10000, per_account: { sends_per_hour: 100000 } }'}
delivery: { visible_within: 500ms }
guards: { per_contact: { replies: 10000, per: 30d }, loop_breaker: false, opt_out: false }
log: { level: warn, pretty: false }
`;
}

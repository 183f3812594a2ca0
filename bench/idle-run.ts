// Resident memory of the built `run`, with 10,000 rules, 20 accounts and no messages, in its second start. Run it by
// `npm run build && npm run bench:idle`. `-- --vs FOLDER` measures another built checkout as well; `--for SECONDS` after the start.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ACCOUNT_COUNT, rulesOf } from './pipeline.js';
import { forkSandbox } from './rig.js';
import { accountsOf } from './sandbox.js';

const STARTED = /\bstarted\b/;
/** Time in which the first start saves its rules. */
const SAVED_AFTER = 4_000;

const { values } = parseArgs({
  options: { vs: { type: 'string' }, for: { type: 'string', default: '15' } },
});
const sandbox = await forkSandbox(ACCOUNT_COUNT);
const folder = mkdtempSync(join(tmpdir(), 'bench-idle-'));
try {
  for (const [n, checkout] of ['.', ...(values.vs === undefined ? [] : [values.vs])].entries()) {
    const cwd = join(folder, String(n));
    writeProject(cwd, sandbox.url);
    const bin = resolve(checkout, 'bin/autoresponder.js');
    await megabytesOf(bin, cwd, SAVED_AFTER);
    const megabytes = await megabytesOf(bin, cwd, Number(values.for) * 1000);
    process.stdout.write(`${checkout}: ${megabytes.toFixed(0)} MB\n`);
  }
} finally {
  sandbox.close();
  rmSync(folder, { recursive: true, force: true });
}

function writeProject(cwd: string, url: string): void {
  const accounts = accountsOf(ACCOUNT_COUNT).map(({ name, id, platform }) => ({ name, id, platform }));
  const rules = rulesOf().map(({ id, platforms, accounts: names, keywords }) => ({
    ...{ id, on: 'message', keywords: keywords?.any, reply: `Hello {{ contact.first_name }}, ${id}` },
    ...(platforms.length > 0 ? { platforms } : {}),
    ...(names.length > 0 ? { accounts: names } : {}),
  }));
  const config = {
    ...{ version: 1, store: 'sqlite:./bench.db', rules: './rules.yaml', accounts },
    blotato: { base_url: url, api_key: 'sandbox-key' },
    poll: { schedule: '*/5 * * * * *', comments: false },
    throttle: { reads_per_minute: 6_000 },
  };
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'config.yaml'), JSON.stringify(config));
  writeFileSync(join(cwd, 'rules.yaml'), JSON.stringify({ version: 1, rules }, null, 1));
}

/** Resident memory of `run`, a time after it started. */
async function megabytesOf(bin: string, cwd: string, after: number): Promise<number> {
  const child = spawn(process.execPath, [bin, 'run'], { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  let log = '';
  const started = new Promise<void>((done) => {
    child.stderr.on('data', (part: Buffer) => {
      log += part.toString();
      if (STARTED.test(log)) done();
    });
  });
  await Promise.race([started, ended]);
  await delay(after);
  if (child.exitCode !== null) throw new Error(`run ended with ${child.exitCode}: ${log}`);
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid ?? 0}/status`, 'utf8'))?.[1];
  child.kill('SIGTERM');
  await ended;
  return Number(kilobytes) / 1024;
}

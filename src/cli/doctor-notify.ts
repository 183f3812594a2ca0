import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Diagnosis, doubtful, fine, wrong } from '../doctor/diagnosis.js';
import type { Config } from '../domain/config.js';
import { examineChannels } from '../notify/channels/examine.js';

/** Checks the channels of `notify`, and sends nothing. */
export async function checkNotify({ notify, webhooks }: Config): Promise<readonly Diagnosis[]> {
  if (notify === null) return [];
  const parts = { allowHosts: webhooks.allowHosts, signal: new AbortController().signal };
  const checks = await examineChannels(notify, parts);
  const about = (name: string): string => `notify ${name}`;
  const found = checks.map(({ name, message, fix }) =>
    fix === null ? fine(about(name), message) : wrong(about(name), message, fix),
  );
  if (notify.command) found.push(aboutCommand(notify.command));
  const asksForApproval = notify.kinds.includes('draft_waiting') && notify.link === null;
  return asksForApproval && found.length > 0
    ? [...found, doubtful('notify', NO_LINK, 'Set notify.link to the address of the dashboard.')]
    : found;
}

/** A program is not run, so only that it exists and may be run is known. */
function aboutCommand([program = '']: readonly string[]): Diagnosis {
  const about = 'notify command';
  const path = findProgram(program);
  if (path !== null) return fine(about, `${path} can be run; only a notice can check the rest`);
  const isPath = program.includes('/');
  return wrong(
    about,
    isPath ? `${program} does not exist or is not executable` : `there is no program ${program} in PATH`,
    isPath
      ? `Write the path of a program in \`notify.command\`, and make it executable: chmod +x ${program}.`
      : 'Write the whole path of a program in `notify.command`, or install it.',
  );
}

/** Path of a program as `spawn` finds it; null if no such program may be run. */
function findProgram(program: string): string | null {
  const folders = program.includes('/') ? [''] : (process.env['PATH'] ?? '').split(delimiter);
  const paths = folders.map((folder) => (folder === '' ? program : join(folder, program)));
  return paths.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

const NO_LINK = 'notices have no links, since notify.link is not set';

import { type Diagnosis, doubtful, fine, wrong } from '../doctor/diagnosis.js';
import type { Config } from '../domain/config.js';
import { examineChats } from '../notify/channels/examine.js';

/** Checks the channels of `notify`, and sends nothing. */
export async function checkNotify({ notify, webhooks }: Config): Promise<readonly Diagnosis[]> {
  if (notify === null) return [];
  const parts = { allowHosts: webhooks.allowHosts, signal: new AbortController().signal };
  const checks = await examineChats(notify, parts);
  const about = (name: string): string => `notify ${name}`;
  const found = checks.map(({ name, message, fix }) =>
    fix === null ? fine(about(name), message) : wrong(about(name), message, fix),
  );
  const asksForApproval = notify.kinds.includes('draft_waiting') && notify.link === null;
  return asksForApproval && checks.length > 0
    ? [...found, doubtful('notify', NO_LINK, 'Set notify.link to the address of the dashboard.')]
    : found;
}

const NO_LINK = 'notices have no links, since notify.link is not set';

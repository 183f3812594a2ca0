import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { NotifyConfig } from '../../src/domain/notice.js';
import { MINUTE } from '../../src/domain/time.js';
import { createNotifier, type NotifierParts } from '../../src/notify/notifier.js';
import { rivalsOf } from '../../src/engine/rivals.js';
import { aDecision, anAccount, anAction, anEvent, aRule, keywords, TUESDAY } from '../builders.js';
import { openCopied } from '../store/template.js';

const NOWHERE: NotifyConfig = {
  kinds: [
    'failed',
    'blocked_account',
    'broken_rules',
    'silent_list',
    'handoff',
    'dead_webhook',
    'private_reply_used',
  ],
  digest: 15 * MINUTE,
  silentAfter: 30 * MINUTE,
  quiet: null,
  link: null,
  webhook: null,
  email: null,
  command: null,
};

const GUIDE = aRule({ id: 'guide', on: 'comment', keywords: keywords({ any: ['guide'] }) });

/** A store with its notifier, on a clock that the test moves. */
export async function aWatch(more: Partial<NotifyConfig>, workspace: string | null = null) {
  const folder = mkdtempSync(join(tmpdir(), 'notify-'));
  const time = { now: TUESDAY };
  const store = openCopied(join(folder, 'store.db'), () => time.now);
  const condition: { brokenRules: { since: number; faults: string[] } | null } = { brokenRules: null };
  const trouble: string[] = [];
  const parts: NotifierParts = {
    config: { ...NOWHERE, ...more },
    store,
    clock: () => time.now,
    workspace,
    allowHosts: ['127.0.0.1'],
    env: {},
    brokenRules: () => condition.brokenRules,
    rivals: (seen) => rivalsOf(seen?.automations ?? [], [GUIDE], [anAccount()]),
    isEnabled: (rule) => rule === GUIDE.id,
    onTold: () => undefined,
    onTrouble: (what, error) => trouble.push(`${what}: ${(error as Error).message}`),
  };
  const notifier = createNotifier(parts);
  const again = () => createNotifier(parts);
  onTestFinished(async () => {
    await notifier.stop();
    await store.close();
    rmSync(folder, { recursive: true });
  });
  let events = 0;
  /** A send that Blotato refuses for good. */
  const fails = async (): Promise<void> => {
    events += 1;
    const event = anEvent({ sourceId: `m${events}`, at: time.now, text: 'what I wrote' });
    await store.recordPage('messages', [{ event, beforeStart: false }], null);
    await store.recordDecision(event, aDecision({ actions: [anAction()] }), time.now);
    const claim = await store.claimSend('POST /v2/messages', time.now, {
      perMinute: 99,
      perHourPerAccount: 99,
    });
    const end = { state: 'failed', reason: 'failed', detail: '20304: not reachable' } as const;
    await store.endAttempt(claim.send!, end, time.now);
  };
  const passes = async (length: number): Promise<void> => {
    time.now += length;
    await notifier.runOnce();
  };
  return { store, time, condition, trouble, notifier, again, fails, passes };
}

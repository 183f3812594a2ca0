import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createOutbox } from '../../../src/actions/outbox/outbox.js';
import { blotatoClient } from '../../../src/blotato/client.js';
import { HOUR, MINUTE, SECOND } from '../../../src/domain/time.js';
import { startSandbox } from '../../../src/sandbox/server.js';
import { aDecision, anAccount, anAction, anEvent, TUESDAY } from '../../builders.js';
import { openCopied } from '../../store/template.js';

const PER_MINUTE = 30;
const MINUTES = 10;
const NAMES = ['shop-ig', 'shop-x'] as const;

describe('a server that accepts thirty sends a minute', () => {
  it(
    'refuses no send in ten minutes of full load, across restarts, and at least 95 % of its limit is used',
    { timeout: 150_000 },
    async () => {
      let now = TUESDAY;
      const clock = () => now;
      const limits = { sendsPerMinute: PER_MINUTE, readsPerMinute: 60 };
      const sandbox = await startSandbox({ limits, queuedFor: 1, clock });
      const folder = mkdtempSync(join(tmpdir(), 'allowance-'));
      const accounts = [anAccount(), anAccount({ name: 'shop-x', id: '51207', platform: 'twitter' })];
      const open = () => {
        const store = openCopied(join(folder, 'test.db'), clock);
        const throttle = { take: async () => undefined, holdUntil: () => undefined };
        const client = blotatoClient({ baseUrl: sandbox.url, apiKey: sandbox.apiKey, clock, throttle });
        const outbox = createOutbox({
          store,
          client,
          clock,
          accounts: new Map(accounts.map((each) => [each.name, each])),
          guards: {
            humanPause: HOUR,
            automationPause: 5 * 60_000,
            perContact: { replies: 5, per: HOUR },
            loopBreaker: null,
          },
          visibleWithin: SECOND,
          requestTimeout: 20 * SECOND,
          // Read-backs are disabled: this test is about sends alone.
          confirmAfter: HOUR,
          ambiguous: 'resend_once',
          mode: 'live',
          concurrency: 4,
          budget: { perMinute: PER_MINUTE, perHourPerAccount: 1_000 },
          onAttempt: () => undefined,
          onEnded: () => undefined,
          onTrouble: (what, error) => {
            throw new Error(what, { cause: error });
          },
        });
        const close = async () => {
          await outbox.stop(SECOND);
          await client.close();
          await store.close();
        };
        return { store, outbox, close };
      };
      let program = open();
      onTestFinished(async () => {
        await program.close();
        await sandbox.close();
        rmSync(folder, { recursive: true, force: true });
      });

      for (let n = 0; n < PER_MINUTE * (MINUTES + 2); n += 1) {
        // One account gets nine of ten messages, the other one of ten.
        const account = NAMES[n % 10 === 0 ? 1 : 0];
        const { id, conversationId, platform } = sandbox.receive({
          account,
          contact: `p-${n}`,
          text: 'price?',
        });
        const contact = { id: `p-${n}`, name: null, username: null };
        const event = anEvent({ sourceId: id, conversationId, platform, account, contact, at: now });
        await program.store.recordPage('messages', [{ event, beforeStart: false }], null);
        await program.store.recordDecision(
          event,
          aDecision({ actions: [anAction({ text: `to ${n}` })] }),
          now,
        );
      }
      await program.outbox.start();
      for (let second = 0; second < MINUTES * 60; second += 2) {
        program.outbox.nudge();
        await program.outbox.drained(now);
        now += 2 * SECOND;
        if (second % 98 !== 96) continue;
        await program.close();
        now += 3 * SECOND;
        program = open();
        await program.outbox.start();
      }

      const { [201]: taken = 0, ...others } = sandbox.calls()['POST /v2/messages'] ?? {};
      expect(others).toEqual({});
      expect(taken).toBeGreaterThanOrEqual(0.95 * PER_MINUTE * MINUTES);
      const texts = sandbox.sends().map((send) => send.text);
      expect(new Set(texts).size).toBe(texts.length);
      // The flooded account has nine times as many sends, and the other account did not wait for it.
      const ofOther = sandbox.sends().filter((send) => send.accountId === '51207');
      expect(ofOther.at(-1)!.at - TUESDAY).toBeLessThan(3 * MINUTE);
    },
  );
});

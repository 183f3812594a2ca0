import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createApp } from '../../src/program/app.js';
import type { Config } from '../../src/domain/config.js';
import { type Clock, HOUR, MINUTE, SECOND } from '../../src/domain/time.js';
import { createLogger } from '../../src/log/logger.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.js';
import { aConfig, TUESDAY } from '../builders.js';
import { aRuleSet } from './rule-set.js';
import { openCopied } from '../store/template.js';

const RULES = `
version: 1
rules:
  - { id: hello, on: message, keywords: [hello, help], reply: "Hello! Tell me how I can help you.", once_per: false }
`;

interface Responder {
  readonly sandbox: Sandbox;
  /** Polls and sends; returns the texts that were sent. */
  turn(): Promise<readonly string[]>;
}

/** The program with a sandbox of its own, in which the other responder is a contact. */
async function aResponder(clock: Clock, guards: Partial<Config['guards']>): Promise<Responder> {
  const sandbox = await startSandbox({ limits: null, queuedFor: 1, clock });
  const folder = mkdtempSync(join(tmpdir(), 'responder-'));
  const base = aConfig();
  const config = aConfig({
    blotato: { baseUrl: sandbox.url, apiKey: sandbox.apiKey },
    guards: { ...base.guards, perContact: { replies: 10_000, per: HOUR }, ...guards },
    poll: { ...base.poll, comments: false },
  });
  const store = openCopied(join(folder, 'test.db'), clock);
  const logger = createLogger({ ...config.log, secrets: [] });
  const workspace = { config, set: aRuleSet(RULES, config) };
  const app = createApp({ workspace, store, clock, logger, confirmAfter: MINUTE });
  onTestFinished(async () => {
    await app.stop();
    await store.close();
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  });
  let said = 0;
  return {
    sandbox,
    async turn() {
      await app.once();
      const texts = sandbox.sends().map((send) => send.text);
      const fresh = texts.slice(said);
      said = texts.length;
      return fresh;
    },
  };
}

describe('two automatic responders that write to each other', () => {
  it('exchange a limited number of messages, less and less often, however often they are triggered', async () => {
    let now = TUESDAY;
    const clock = () => now;
    const pair = [await aResponder(clock, {}), await aResponder(clock, {})] as const;
    const hears = ([self, other]: readonly [Responder, Responder], text: string) =>
      other.sandbox.receive({ account: 'shop-ig', contact: pair[0] === self ? 'one' : 'two', text });
    // The first poll of a new store gets no replies.
    for (const each of pair) await each.turn();

    const answeredAt: number[] = [];
    for (let hour = 0; hour < 30; hour += 1) {
      now = TUESDAY + hour * HOUR + MINUTE;
      hears([pair[0], pair[1]], 'hello');
      for (let quiet = false; !quiet && answeredAt.length < 100;) {
        quiet = true;
        for (const [self, other] of [pair, [pair[1], pair[0]] as const]) {
          now += 5 * SECOND;
          for (const text of await self.turn()) {
            quiet = false;
            answeredAt.push(now);
            hears([self, other], text);
          }
        }
      }
    }

    // Each loop has ten messages, five by each responder. The pauses between loops: 1, 4 and 16 hours.
    expect(answeredAt.length).toBeGreaterThan(9);
    expect(answeredAt.length).toBeLessThanOrEqual(40);
    const silences = answeredAt.slice(1).map((at, i) => at - answeredAt[i]!);
    const long = silences.filter((silence) => silence > 30 * MINUTE);
    expect(long).toEqual([...long].sort((a, b) => a - b));
    expect(long.length).toBeGreaterThan(1);
  });
});

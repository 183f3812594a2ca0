import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { PastReply } from '../../src/domain/facts.js';
import { HOUR, SECOND } from '../../src/domain/time.js';
import { openWriter } from '../../src/store/sqlite/open.js';
import { readSqlite, sqliteStore } from '../../src/store/sqlite/store.js';
import { aDecision, anAction, anEvent, TUESDAY } from '../builders.js';

const WINDOW = { answers: HOUR, mode: 'live' as const };
const PEOPLE = ['ana', 'bo', 'cy'];

function aPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'answers-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'test.db');
}

const sorted = (answers: readonly PastReply[]) => answers.map((each) => JSON.stringify(each)).sort();

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      person: fc.constantFrom(...PEOPLE),
      rules: fc.subarray(['price', 'hours'], { minLength: 1 }),
      conversation: fc.constantFrom('c1', 'c2'),
      reason: fc.constantFrom('queued' as const, 'shadow' as const, 'no_match' as const),
      isSeenTwice: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ forgotten: fc.constantFrom(...PEOPLE) }) },
);

describe('the cached reply history', () => {
  it(
    'equals the store, after evictions, deletions and repeated decisions',
    { timeout: 150_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
          const path = aPath();
          // The cache holds two of the three contacts.
          const store = sqliteStore(openWriter(path), () => TUESDAY, 2);
          const reader = readSqlite(path, () => TUESDAY);
          for (const [index, one] of steps.entries()) {
            const now = TUESDAY + index * SECOND;
            if ('forgotten' in one) await store.forgetContact(one.forgotten, now);
            else {
              const { person, rules, conversation, reason, isSeenTwice } = one;
              const contact = { id: person, name: null, username: null };
              const event = anEvent({
                sourceId: `m${index}`,
                at: now,
                contact,
                conversationId: conversation,
              });
              await store.recordPage('messages', [{ event, beforeStart: false }], null);
              const actions = rules.map((rule) => anAction({ rule, type: 'reply' }));
              const decision = aDecision({ reason, actions });
              await store.recordDecision(event, decision, now);
              if (isSeenTwice) await store.recordDecision(event, decision, now);
            }
            for (const id of PEOPLE) {
              const asked = anEvent({ sourceId: 'next', contact: { id, name: null, username: null } });
              const kept = await store.factsFor(asked, now, WINDOW);
              const read = await reader.factsFor(asked, now, WINDOW);
              expect(sorted(kept.replies)).toEqual(sorted(read.replies));
            }
          }
          await reader.close();
          await store.close();
        }),
        { numRuns: 25 },
      );
    },
  );

  it('excludes decisions that were rolled back', async () => {
    const opened = openWriter(aPath());
    const store = sqliteStore(opened, () => TUESDAY);
    const event = anEvent();
    await store.recordPage('messages', [{ event, beforeStart: false }], null);
    expect((await store.factsFor(event, TUESDAY, WINDOW)).replies).toEqual([]);
    const broken = { ...anEvent({ sourceId: 'm2' }), account: null };
    await store.recordPage('messages', [{ event: broken, beforeStart: false }], null);
    const decided = [event, broken].map((each) => ({ event: each, decision: aDecision(), now: TUESDAY }));
    await expect(async () => store.recordDecisions(decided)).rejects.toThrow();
    expect((await store.factsFor(event, TUESDAY, WINDOW)).replies).toEqual([]);
    await store.close();
  });
});

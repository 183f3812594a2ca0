import { describe, expect, it, vi } from 'vitest';
import { HOUR, SECOND } from '../../src/domain/time.js';
import type { Sandbox } from '../../src/sandbox/server.js';
import { aStage, type Stage } from '../stage.js';

/** Rules whose replies name the message, so that all replies are distinct. */
const RULES = `
version: 1
rules:
  - { id: pricing, on: message, keywords: [price], reply: "re {{ message.id }}", once_per: false }
  - { id: guide, on: comment, keywords: [price], private_reply: "re {{ comment.id }}", once_per: false }
`;
const ACCOUNTS = ['shop-ig', 'shop-fb', 'shop-x'] as const;
const COMMENTED = ['shop-ig', 'shop-fb'] as const;
// Interval of checks; long, since each check lists all sends so far.
const PATIENCE = { timeout: 60_000, interval: 100 };

/** The text of the n-th message. Half of them ask for the price. */
function textOf(n: number): string {
  return n % 2 === 0 ? `the price of number ${n}?` : `shipping and prices-free chatter ${n}`;
}

/**
 * The n-th of a thousand events: a message or a comment, on time or late, most of them with the same time as others.
 */
function arrive({ receive, comment }: Sandbox, n: number, now: number): { readonly id: string } {
  const isLate = n % 10 === 6 || n % 10 === 7;
  const when = {
    at: Math.floor((now - (isLate ? 20 * SECOND : 0)) / SECOND) * SECOND,
    visibleAfter: isLate ? 700 : 0,
  };
  const contact = { id: `person-${n}`, name: `Person ${n}` };
  if (n % 5 === 4) return comment({ account: COMMENTED[n % 2]!, contact, text: textOf(n), ...when });
  return receive({ account: ACCOUNTS[n % 3]!, contact, text: textOf(n), ...when });
}

function polls(sandbox: Sandbox): number {
  return Object.values(sandbox.calls()['GET /v2/messages'] ?? {}).reduce((sum, n) => sum + n, 0);
}

/** Waits for the given number of further polls. */
async function someReads(sandbox: Sandbox, reads: number): Promise<void> {
  const before = polls(sandbox);
  await vi.waitFor(() => expect(polls(sandbox)).toBeGreaterThanOrEqual(before + reads), PATIENCE);
}

/** Waits until everything is read, decided and sent, and further complete polls brought nothing. */
async function settled({ sandbox, store }: Stage, sends: number): Promise<void> {
  await vi.waitFor(async () => {
    const summary = await store().summary();
    expect(sandbox.sends().length).toBeGreaterThanOrEqual(sends);
    expect(summary).toMatchObject({ undecided: 0 });
    expect(summary.reasons).not.toHaveProperty('queued');
  }, PATIENCE);
  // Wait for two complete polls: the first may have begun before the last send.
  for (let whole = 0; whole < 2; whole += 1) {
    const at = Date.now();
    await vi.waitFor(async () => {
      const { streams } = await store().summary();
      expect(Math.min(...streams.map((stream) => stream.polledAt))).toBeGreaterThan(at);
    }, PATIENCE);
  }
}

describe('a thousand messages and comments on three platforms, with a restart', () => {
  it('get one reply each if they match, no reply otherwise, and none twice after the restart', async () => {
    const stage = await aStage({
      rules: RULES,
      config: {
        poll: { schedule: '* * * * * *', comments: true, overlap: 30 * SECOND, lookback: 0 },
        guards: {
          humanPause: 12 * HOUR,
          automationPause: 5 * 60_000,
          perContact: { replies: 1_000, per: HOUR },
          loopBreaker: null,
          optOut: null,
        },
      },
      sandbox: { pageSizeMost: 40 },
    });
    const { sandbox } = stage;
    await stage.run();

    const expected: string[] = [];
    const written = new Set<string>();
    const own: string[] = [];
    for (let n = 0; n < 1_000; n += 1) {
      const { id } = arrive(sandbox, n, Date.now());
      written.add(id);
      if (n % 2 === 0) expected.push(`re ${id}`);
      if (n % 50 === 20) {
        const account = ACCOUNTS[n % 3]!;
        own.push(sandbox.humanWrites({ account, contact: `friend-${n}`, text: 'our price is 20' }).id);
        // The owner's comment is on a separate post: under a post with customers' comments it would count as a human
        // reply.
        const post = 'post-of-the-shop';
        own.push(sandbox.humanComments({ account: 'shop-ig', post, text: 'the price is in our shop' }).id);
      }
      // Wait for three reads, so that the next events arrive between two pages of a walk as well as between two walks.
      if (n % 20 === 19) await someReads(sandbox, 3);
    }
    await settled(stage, expected.length);

    expect(
      sandbox
        .sends()
        .map((send) => send.text)
        .sort(),
    ).toEqual([...expected].sort());
    const journal = await stage.store().journal({ limit: 10_000 });
    const reasonOf = new Map(journal.map((row) => [row.event.sourceId, row.reason]));
    expect(reasonOf.size).toBe(journal.length);
    const counts = { replied: 0, no_match: 0 };
    for (const id of written) counts[reasonOf.get(id) as keyof typeof counts] += 1;
    expect(counts).toEqual({ replied: 500, no_match: 500 });
    // The remaining events were written by the account itself: comments of its staff and our replies.
    const others = journal.filter((row) => !written.has(row.event.sourceId));
    expect(new Set(others.map((row) => row.reason))).toEqual(new Set(['own_message']));
    expect(others).toHaveLength(own.length + expected.length);

    await stage.restart();
    await stage.run();
    const { id } = sandbox.receive({ account: 'shop-x', contact: 'after-restart', text: 'price?' });
    await settled(stage, expected.length + 1);
    expect(
      sandbox
        .sends()
        .slice(expected.length)
        .map((send) => send.text),
    ).toEqual([`re ${id}`]);
    expect(sandbox.violations).toEqual([]);
  }, 150_000);
});

import { describe, expect, it, onTestFinished } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replyHistory } from '../../src/store/sql/reply-history.js';
import type { SqlRunner } from '../../src/store/sql/sql-runner.js';
import { embedded } from '../../src/store/sqlite/embedded.js';
import { openWriter } from '../../src/store/sqlite/open.js';
import { claims } from '../../src/store/sql/claim-send.js';
import { decisions } from '../../src/store/sql/decide.js';
import { ends } from '../../src/store/sql/end-attempt.js';
import { runExpiry } from '../../src/store/sql/run-expiry.js';
import { undecided } from '../../src/store/sql/undecided.js';
import { facts } from '../../src/store/sql/facts.js';
import { conversations } from '../../src/store/sql/conversations.js';
import { pages } from '../../src/store/sql/pages.js';
import { handReplies } from '../../src/store/sql/hand.js';
import { labels } from '../../src/store/sql/labels.js';
import { inbox } from '../../src/store/sql/inbox.js';
import { drafts } from '../../src/store/sql/drafts.js';
import { reportsOver } from '../../src/store/sql/reports.js';

/** Every statement that the given code prepares, with SQLite's plan for it. */
function plansOf(part: (db: SqlRunner) => unknown): { sql: string; plan: string[] }[] {
  const folder = mkdtempSync(join(tmpdir(), 'plans-'));
  const { db, close } = openWriter(join(folder, 'test.db'));
  onTestFinished(() => {
    close();
    rmSync(folder, { recursive: true, force: true });
  });
  const statements: string[] = [];
  const known = embedded(db, 'test.db');
  const spy: SqlRunner = {
    ...known,
    prepare(sql) {
      statements.push(sql);
      return known.prepare(sql);
    },
  };
  part(spy);
  return statements.map((sql) => {
    const names = [...new Set(sql.match(/@\w+/gu) ?? [])].map((name) => [name.slice(1), ''] as const);
    const values = names.length > 0 ? [Object.fromEntries(names)] : (sql.match(/\?/gu) ?? []).map(() => '');
    const rows = db.prepare(`explain query plan ${sql}`).all(...values) as { detail: string }[];
    return { sql, plan: rows.map((row) => row.detail) };
  });
}

/** Partial indexes, which contain only open rows, so scanning them does not grow with history. */
const OPEN_ROWS =
  /USING (?:COVERING )?INDEX (?:sends_sending|sends_waiting|sends_pending|sends_lane|sends_look|events_undecided)\b/u;

describe("the dashboard's aggregate queries", () => {
  it('read an index in order', () => {
    const plans = plansOf(reportsOver);
    const planOf = (part: string) => plans.find(({ sql }) => sql.includes(part))?.plan.join('; ');
    expect(planOf('rule, reason, account, count(*) as n from events')).toBe(
      'SEARCH events USING COVERING INDEX events_by_hour (<expr>>?)',
    );
    const ofHours = planOf('select hour, reason, cast(sum(n) as bigint)');
    expect(ofHours).toContain('SEARCH events USING COVERING INDEX events_by_hour (<expr>>?)');
    expect(planOf("from webhooks where state = 'dead'")).toContain('INDEX webhooks_dead');
    expect(planOf("from sends where state in ('failed', 'unknown_outcome')")).toContain(
      'INDEX sends_troubled',
    );
  });
});

describe('the number of drafts', () => {
  it('is read from those that wait', () => {
    const plan = plansOf(drafts).find(({ sql }) => sql.includes('count(distinct event_id'))?.plan;
    expect(plan).toContain('SCAN sends USING INDEX sends_awaiting');
  });
});

describe('the figures of funnels', () => {
  it('read counts of days, the runs of one day, the latest of a funnel, and those that are in it', () => {
    const plans = plansOf(reportsOver).filter(({ sql }) => /\b(?:runs|run_steps)\b/u.test(sql));
    const read = plans.flatMap(({ plan }) =>
      plan.filter((line) => /^(?:SCAN|SEARCH) (?:r|s|\w+_counts)\b/u.test(line)),
    );
    expect([...new Set(read)].toSorted()).toMatchInlineSnapshot(`
      [
        "SEARCH r USING INDEX runs_by_contact (account=? AND contact_id=?)",
        "SEARCH r USING INDEX runs_by_funnel (funnel=? AND rule=? AND started_at>?)",
        "SEARCH r USING INDEX runs_by_start (started_at>? AND started_at<?)",
        "SEARCH r USING INDEX runs_standing (funnel=? AND rule=? AND step=? AND started_at>?)",
        "SEARCH run_counts USING PRIMARY KEY (day>?)",
        "SEARCH s USING INDEX run_steps_by_run (run=?)",
        "SEARCH step_counts USING PRIMARY KEY (day>?)",
      ]
    `);
  });
});

describe('the queries of the inbox', () => {
  it('read a bounded part of the journal, and the contacts of it by index', () => {
    const plans = plansOf(inbox);
    // Only the inner list of 3,000 events is read in order, by the index that its order needs.
    const scanned = plans.flatMap(({ plan }) => plan.filter((line) => /^SCAN [a-z]+\b/u.test(line)));
    expect([...new Set(scanned)].toSorted()).toMatchInlineSnapshot(`
      [
        "SCAN c",
        "SCAN e",
        "SCAN h",
        "SCAN l",
        "SCAN sends USING INDEX sends_awaiting",
      ]
    `);
    const byWindow = plans.filter(({ sql }) => sql.includes('order by at, seq limit'));
    expect(byWindow.length).toBeGreaterThan(0);
    for (const { plan } of byWindow) expect(plan.join('; ')).toMatch(/INDEX events_by_at \(at>\?\)/u);
    const ofAccount = plans.filter(({ sql }) => sql.includes('account = @account and seq < @before'));
    expect(ofAccount).toHaveLength(3);
    for (const { plan } of ofAccount) {
      expect(plan.join('; ')).toContain('INDEX events_by_account (account=? AND seq<?)');
    }
  });
});

describe('the queries of the dashboard and of humans', () => {
  it('find the rows of a contact, of a comment and of the latest texts by index, not through the account', () => {
    const plans = plansOf((db) => [reportsOver(db), handReplies(db), labels(db)]);
    const wide = plans.flatMap(({ sql, plan }) => {
      const through = plan.filter((line) => /INDEX events_by_account \(account=\?\)/u.test(line));
      return through.map((line) => `${line}: ${sql}`);
    });
    expect(wide).toEqual([]);
    const latest = plans.filter(({ sql }) => sql.includes('at + 0 >= @since'));
    expect(latest.map(({ plan }) => plan[0])).toEqual([
      'SEARCH events USING INTEGER PRIMARY KEY (rowid>?)',
      'SEARCH events USING INDEX events_by_reason (reason=? AND seq>?)',
    ]);
  });
});

describe('the queries of a poll and of a send', () => {
  it.each([
    ['reading', (db: SqlRunner) => ({ ...pages(db, () => 0), ...conversations(db) })],
    ['deciding', (db: SqlRunner) => decisions(db, replyHistory(db, 0))],
    ['choosing what to decide', undecided],
    ['facts', (db: SqlRunner) => facts(db, replyHistory(db, 0))],
    ['claiming', claims],
    ['ending', ends],
    ['giving up', runExpiry],
  ])('do not grow with history: %s scans no growing table', (_, part) => {
    const scans = plansOf(part).filter(({ plan }) =>
      plan.some(
        (line) => /^SCAN (events|sends|answers|attempts|calls|e|s|o)\b/u.test(line) && !OPEN_ROWS.test(line),
      ),
    );
    expect(scans).toEqual([]);
    // Searching an index by a column with few values counts as a scan too: it visits all rows of an account.
    const wide = plansOf(part).filter(({ plan }) =>
      plan.some(
        (line) =>
          /^SEARCH (?:events|sends|answers|attempts|[esop]) USING (?:COVERING )?INDEX \w+ \((?:account|kind|platform|route)=\?\)/u.test(
            line,
          ) && !OPEN_ROWS.test(line),
      ),
    );
    expect(wide).toEqual([]);
  });
});

import type { Automation, SeenAutomation } from '../../domain/automation.js';
import { isAutomationText, startsOn } from '../../domain/automation-match.js';
import type { EventKind } from '../../domain/event.js';
import { type Instant, type Millis, SECOND } from '../../domain/time.js';
import type { SqlRunner, Work } from './sql-runner.js';

/**
 * Maximum time between a comment and the reply of an automation: about five seconds were observed, and lists
 * are not exact.
 */
const SOON: Millis = 30 * SECOND;
/** Maximum number of messages of the contact that are checked as the start of the automation. */
const MOST_STARTS = 20;

/** An outgoing message that matches none of our sends. */
interface OutgoingRow {
  readonly at: Instant;
  readonly text: string;
}

/**
 * Recognises the messages of Blotato's own automations among the outgoing messages that match none of our
 * sends.
 */
export function automationMessages(
  db: SqlRunner,
): (account: string, contact: string) => Work<(row: OutgoingRow) => Work<boolean>> {
  const last = db.prepare<{ automations: string }>('select automations from automations');
  const accountId = db.prepare<{ id: string }>(
    'select account_id as id from listed_accounts where account = ?',
  );
  const starts = db.prepare<StartRow>(STARTS);
  return function* (account, contact) {
    const listed = (yield* last.all()).flatMap(
      ({ automations }) => JSON.parse(automations) as SeenAutomation[],
    );
    const own = yield* accountId.get(account);
    const ours = listed.filter((each) => isOf(each, own?.id ?? null));
    return function* ({ at, text }) {
      if (ours.some((each) => isAutomationText(each, text))) return true;
      const active = ours.filter(({ isActive }) => isActive);
      if (active.length === 0) return false;
      const before = yield* starts.all({ account, contact, from: at - SOON, to: at });
      return before.some((start) => active.some((each) => startsOn(each, start)));
    };
  };
}

interface StartRow {
  readonly kind: EventKind;
  readonly text: string;
  readonly postId: string | null;
  readonly platformPostId: string | null;
}

/** An automation without an account may belong to any account. */
function isOf({ accountId }: Automation, own: string | null): boolean {
  return accountId === null || own === null || accountId === own;
}

const STARTS = `
select kind, text, post_id as "postId", platform_post_id as "platformPostId" from events
where account = @account and contact_id = @contact and direction = 'incoming' and at >= @from and at <= @to
order by at desc limit ${MOST_STARTS}`;

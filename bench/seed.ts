import { DAY } from '../src/domain/time.js';
import { openWriter } from '../src/store/sqlite/open.js';

/**
 * A store like after a year of work: N messages from N/50 people; a third of the messages got a reply that ended a
 * funnel of two steps, of which half took the second, and a tenth of those called a webhook. Written by SQL at once,
 * because the program would take an hour for a million.
 */
export function seedJournal(path: string, rows: number): void {
  const { db, close } = openWriter(path);
  const started = Date.now() - 40 * DAY;
  const step = (39 * DAY) / Math.max(1, rows);
  const numbers = `with recursive n(n) as (select 1 union all select n + 1 from n where n < ${rows})`;
  if (rows > 0) {
    db.exec(`
      pragma synchronous = off;
      begin;
      insert into events (id, kind, platform, account, source_id, conversation_id, contact_id, text, at, read_at,
        direction, before_start, rule, reason, trace, decided_at)
      ${numbers} select 'message:old-' || n, 'message', 'instagram', 'account-' || (n % 20), 'old-' || n,
        'old-conversation-' || (n % ${Math.ceil(rows / 50)}), 'old-person-' || (n % ${Math.ceil(rows / 50)}),
        'what somebody wrote a while ago, and nobody asks for any more: number ' || n,
        ${started} + cast(n * ${step} as integer), ${started} + cast(n * ${step} as integer), 'incoming', 0,
        case n % 3 when 0 then 'rule-1' end, case n % 3 when 0 then 'replied' else 'no_match' end,
        '{"text":"what somebody wrote","words":[],"rules":[],"rulesOmitted":0,"guards":[],"actions":[]}',
        ${started} + cast(n * ${step} as integer) from n;
      insert into sends (event_id, rule, action, route, platform, account, lane, contact_id, conversation_id, text,
        disclosed, state, event_at, created_at, not_before, message_id, attempts, attempted_at, ended_at)
      select id, 'rule-1', 'reply', 'POST /v2/messages', platform, account, account || '/' || contact_id, contact_id,
        conversation_id, 'an answer', 0, 'delivered', at, at, at, 'answer-' || seq, 1, at, at
      from events where reason = 'replied' and source_id like 'old-%';
      insert into answers (account, contact_id, rule, conversation_id, post_id, event_id, mode, at)
      select account, contact_id, rule, conversation_id, null, event_id, 'live', created_at from sends;
      insert into funnels (steps) values ('[]');
      insert into runs (rule, funnel, account, contact_id, event_id, last_event, wrong, within, state, outcome, match,
        started_at, sent_at, answered_at, ended_at)
      select rule, (select id from funnels), account, contact_id, id, id, 0, 0, 'ended',
        case when seq % 2 = 0 then 'completed' else 'timed_out' end, '{}', at, at, case when seq % 2 = 0 then at end, at
      from events where reason = 'replied' and source_id like 'old-%';
      insert into run_steps (run, step, at)
      select id, 0, started_at from runs where account like 'account-%'
      union all select id, 1, started_at + 1000 * (1 + id % 600) from runs where outcome = 'completed';
      insert into webhooks (key, event_id, rule, account, contact_id, url, body, state, attempts, not_before, created_at,
        ended_at)
      select 'old-' || seq, id, rule, account, contact_id, 'https://crm.example/hook', '{"text":"' || text || '"}',
        'delivered', 1, at, at, at
      from events where reason = 'replied' and source_id like 'old-%' and seq % 30 = 0;
      insert into attempts (send_id, account, started_at, ended_at, outcome)
      select id, account, created_at, created_at, 'accepted' from sends;
      commit;
    `);
  }
  close();
}

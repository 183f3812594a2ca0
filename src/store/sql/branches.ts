import type { InboundEvent } from '../../domain/event.js';
import type { PlannedEffect } from '../../domain/funnel.js';
import type { BranchFigure } from '../../domain/split.js';
import type { Instant } from '../../domain/time.js';
import type { FunnelStore } from '../ports/funnels.js';
import type { SqlRunner, Work } from './sql-runner.js';

/** Records the first branch of a contact in each split. Comments without an author's id count for nobody. */
export function branchInserter(db: SqlRunner) {
  const insert = db.prepare(
    `insert into branches (rule, split, branch, account, contact_id, at)
     values (?, ?, ?, ?, ?, ?) on conflict do nothing`,
  );
  return function* (
    { account, contact }: InboundEvent,
    { rule, split, branch }: Extract<PlannedEffect, { type: 'branch' }>,
    now: Instant,
  ): Work<void> {
    if (contact.id !== '') yield* insert.run(rule, split, branch, account ?? '', contact.id, now);
  };
}

/** Figures of the branches of splits. */
export function branches(db: SqlRunner): Pick<FunnelStore, 'branchFigures'> {
  const counted = db.prepare<BranchFigure>(FIGURES);
  return {
    branchFigures: db.reads((since: Instant) => counted.all(since)),
  };
}

const FIGURES = `
select b.rule, b.split, b.branch, count(*) as contacts,
  count(case when exists (select 1 from events e where e.account = b.account and e.contact_id = b.contact_id
    and e.direction = 'incoming' and e.at > b.at) then 1 end) as wrote,
  count(case when exists (select 1 from runs r where r.account = b.account and r.contact_id = b.contact_id
    and r.rule = b.rule and r.outcome = 'completed' and r.ended_at >= b.at) then 1 end) as completed
from branches b where b.at >= ? group by 1, 2, 3 order by 1, 2, 3`;

import { contacts } from './001-contacts.js';
import { initial, TABLES } from './001-initial.js';
import { sums } from './002-sums.js';
import { lateFailures } from './003-late-failures.js';
import { held } from './004-held.js';
import { settle } from './005-settle.js';
import { humanEnds } from './006-human-ends.js';
import { handoffDone } from './007-handoff-done.js';
import { automations } from './008-automations.js';
import { keysApart } from './009-keys-apart.js';
import { threads } from './010-threads.js';
import { customers } from './011-customers.js';
import { jobs } from './012-jobs.js';
import { readAgain } from './013-read-again.js';
import { readFailures } from './014-read-failures.js';
import { ruleSets } from './015-rule-sets.js';
import { labels } from './016-labels.js';
import { drafts } from './017-drafts.js';
import { counts } from './018-counts.js';
import { audit } from './019-audit.js';
import { webhookRequests } from './020-webhook-requests.js';
import { branches } from './021-branches.js';
import { work } from './022-work.js';
import { reminders } from './023-reminders.js';
import { buttons } from './024-buttons.js';
import { auditSubjects } from './025-audit-subjects.js';
import { secrets } from './026-secrets.js';
import { workNotes } from './027-work-notes.js';
import { runSteps } from './028-run-steps.js';
import { typing } from './029-typing.js';
import { deadLinks } from './030-dead-links.js';
import { runCounts } from './031-run-counts.js';

/**
 * Row security: rows of other workspaces are invisible to a transaction, for reads and writes of any
 * statement.
 */
const APART = TABLES.map(
  (table) => `
alter table ${table} enable row level security;
alter table ${table} force row level security;
create policy own_workspace on ${table} using (workspace_id = workspace());`,
).join('');

/**
 * Migrations in order. The position of a migration, counted from 1, is the version of the store. Never edit a
 * released migration.
 */
export const MIGRATIONS: readonly string[] = [
  `${initial}${contacts}${APART}`,
  sums,
  lateFailures,
  held,
  settle,
  humanEnds,
  handoffDone,
  automations,
  keysApart,
  threads,
  customers,
  jobs,
  readAgain,
  readFailures,
  ruleSets,
  labels,
  drafts,
  counts,
  audit,
  webhookRequests,
  branches,
  work,
  reminders,
  buttons,
  auditSubjects,
  secrets,
  workNotes,
  runSteps,
  typing,
  deadLinks,
  runCounts,
];

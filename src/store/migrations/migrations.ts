import { initial } from './001-initial.js';
import { delivery } from './002-delivery.js';
import { parts } from './003-parts.js';
import { disclosed } from './004-disclosed.js';
import { figures } from './005-figures.js';
import { afterPrivate } from './006-after-private.js';
import { funnels } from './007-funnels.js';
import { notices } from './008-notices.js';
import { pending } from './009-pending.js';
import { ownPause } from './010-own-pause.js';
import { sums } from './011-sums.js';
import { lateFailures } from './012-late-failures.js';
import { held } from './013-held.js';
import { settle } from './014-settle.js';
import { humanEnds } from './015-human-ends.js';
import { handoffDone } from './016-handoff-done.js';
import { automations } from './017-automations.js';
import { threads } from './018-threads.js';
import { customer } from './019-customer.js';
import { readAgain } from './020-read-again.js';
import { readFailures } from './021-read-failures.js';
import { labels } from './022-labels.js';
import { drafts } from './023-drafts.js';
import { counts } from './024-counts.js';
import { audit } from './025-audit.js';
import { webhookRequests } from './026-webhook-requests.js';
import { branches } from './027-branches.js';
import { work } from './028-work.js';
import { reminders } from './029-reminders.js';
import { buttons } from './030-buttons.js';
import { auditSubjects } from './031-audit-subjects.js';
import { secrets } from './032-secrets.js';
import { workNotes } from './033-work-notes.js';
import { runSteps } from './034-run-steps.js';
import { typing } from './035-typing.js';
import { deadLinks } from './036-dead-links.js';
import { aggregates } from './037-aggregates.js';
import { runCounts } from './038-run-counts.js';

/**
 * Migrations in order. The position of a migration, counted from 1, is the version of the store. Never edit a
 * released migration.
 */
export const MIGRATIONS: readonly string[] = [
  initial,
  delivery,
  parts,
  disclosed,
  figures,
  afterPrivate,
  funnels,
  notices,
  pending,
  ownPause,
  sums,
  lateFailures,
  held,
  settle,
  humanEnds,
  handoffDone,
  automations,
  threads,
  customer,
  readAgain,
  readFailures,
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
  aggregates,
  runCounts,
];

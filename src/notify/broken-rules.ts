import { createHash } from 'node:crypto';
import type { Notice } from '../domain/notice.js';
import { DAY, type Instant } from '../domain/time.js';

/** Errors of changed rule files, and the time since when this process knows of some. */
export interface BrokenRules {
  readonly since: Instant;
  readonly faults: readonly string[];
}

/**
 * Creates the notice about changed rule files with errors, the same one while they are edited. Its key is that of the
 * errors on their first day: each worker of a workspace finds the same errors at a time of its own, and the owner gets one
 * notice of them.
 */
export function createBrokenRules(): (broken: BrokenRules | null) => readonly Notice[] {
  let first: BrokenRules | null = null;
  return (broken) => {
    if (broken === null) return [];
    if (first?.since !== broken.since) first = broken;
    const { since: at, faults } = first;
    const digest = createHash('sha256')
      .update(JSON.stringify([...faults].sort()))
      .digest('hex');
    const text = `Changed rule files have errors, and the previous rules stay active: ${faults[0] ?? ''}`;
    const key = `${Math.floor(at / DAY)} ${digest}`;
    return [{ kind: 'broken_rules', key, at, text, fix: 'Run `autoresponder check`.' }];
  };
}

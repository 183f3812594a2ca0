import type { AccountConfig } from '../domain/config.js';
import { EVENT_KINDS, type EventKind, type InboundEvent } from '../domain/event.js';
import type { Finding } from '../domain/finding.js';
import { LIMITS } from '../domain/limits.js';
import { valueOf } from '../engine/evaluate.js';
import { engineFacts } from '../engine/facts.js';
import { createHistory } from '../rehearsal/history.js';
import { MessageText } from '../engine/text/text.js';
import type { LintParts } from './parts.js';
import { exampleOf, plainSample, type Sample } from './trial.js';
import { warnOfRule } from './warning.js';

/**
 * Each such rule costs about 9 microseconds per message of its account, so this many cost half a millisecond.
 */
const MOST = 50;
/** A character that is in no word, so that no keyword matches. */
const NO_WORD = '\u2026';

/**
 * Accounts with many rules that have to be evaluated for every message or comment, because they have no
 * keyword.
 */
export function unindexed(parts: LintParts): readonly Finding[] {
  const findings: Finding[] = [];
  const told = new Set<string>();
  for (const account of parts.config.accounts) {
    for (const on of EVENT_KINDS) {
      const sample = { ...plainSample({ on, posts: [] }, account, parts.now), text: NO_WORD };
      const asked = candidates(sample, parts);
      const last = asked[asked.length - 1];
      if (asked.length <= MOST || last === undefined || told.has(last.id)) continue;
      told.add(last.id);
      findings.push(
        warnOfRule(parts.rules, last, ['id'], {
          code: 'many-without-keywords',
          message: `${asked.length} rules without a keyword are evaluated for every ${on} to "${account.name}", which makes each slow`,
          fix: 'Give them keywords, platforms or accounts, or join rules that differ only in their conditions.',
          example: exampleOf(sample, `${asked.length} rules are evaluated, though it contains no keyword`),
        }),
      );
    }
  }
  return findings;
}

function candidates(sample: Sample, { set }: LintParts) {
  const event = eventOf(sample);
  const text = new MessageText(event.text);
  const known = createHistory({ firstContact: true }).factsFor(event, event.at, LIMITS.answerMemory);
  const values = engineFacts(event, known, text, set);
  const places = set.index.candidates(event, text, (fact, params) => valueOf(values, fact, params));
  return places.flatMap((place) => set.rules[place]?.rule ?? []);
}

function eventOf({
  kind,
  account,
  text,
  at,
}: {
  kind: EventKind;
  account: AccountConfig;
  text: string;
  at: number;
}): InboundEvent {
  const id = 'sample';
  return {
    id,
    kind,
    platform: account.platform,
    account: account.name,
    sourceId: id,
    conversationId: null,
    contact: { id, name: null, username: null },
    text,
    at,
    direction: 'incoming',
    comment:
      kind === 'comment' ? { postId: id, platformPostId: id, platformCommentId: id, parentId: null } : null,
  };
}

// Every claim of lint about what the program does is tried out by the program itself before it is made.
import { type Rehearsed, rehearse } from '../rehearsal/rehearse.js';
import type { AccountConfig } from '../domain/config.js';
import type { EventKind } from '../domain/event.js';
import type { Example } from '../domain/finding.js';
import type { Rule } from '../domain/rule.js';
import { formatInstant, type Instant } from '../domain/time.js';
import { createHistory } from '../rehearsal/history.js';
import type { CompiledSet } from '../engine/rule-set.js';
import type { LintParts } from './parts.js';

/** An event that lint makes up. */
export interface Sample {
  readonly kind: EventKind;
  readonly account: AccountConfig;
  readonly text: string;
  readonly at: Instant;
  readonly name: string | null;
  readonly username: string | null;
  readonly post: string | null;
  readonly isReply: boolean;
  readonly firstContact: boolean;
}

/** A message or comment of somebody without a name, who says hello. */
export function plainSample(
  { on, posts }: Pick<Rule, 'on' | 'posts'>,
  account: AccountConfig,
  at: Instant,
): Sample {
  const post = on === 'comment' ? (posts[0] ?? '1') : null;
  const nobody = { name: null, username: null, firstContact: true };
  return { kind: on, account, text: 'Hello', at, post, isReply: false, ...nobody };
}

/** The id of the one contact who writes all samples. */
const CONTACT = 'contact';

/** Decides about samples in a row, as one contact's; the first one says whether they wrote before. */
export async function tryOut(
  samples: readonly Sample[],
  { config }: Pick<LintParts, 'config'>,
  set: CompiledSet,
): Promise<readonly Rehearsed[]> {
  const history = createHistory({ firstContact: samples[0]?.firstContact ?? true });
  const outcomes: Rehearsed[] = [];
  for (const [index, sample] of samples.entries()) {
    const { kind, account, text, at, name, username, post, isReply } = sample;
    const contact = { id: CONTACT, name: name ?? undefined, username: username ?? undefined };
    const input = { kind, account: account.name, text, at, contact, post: post ?? undefined, isReply };
    outcomes.push(await rehearse(input, index + 1, { config, set, history, everyRule: true }));
  }
  return outcomes;
}

/** The decision about one sample alone. */
export async function tryOne(
  sample: Sample,
  parts: Pick<LintParts, 'config'>,
  set: CompiledSet,
): Promise<Rehearsed> {
  const [outcome] = await tryOut([sample], parts, set);
  if (!outcome) throw new RangeError('a sample that was tried has an outcome');
  return outcome;
}

/** Whether the rule applies and is not held back. What the guards say afterwards does not matter here. */
export function applies({ decision }: Rehearsed, rule: string): boolean {
  return decision.trace.rules.some(
    (each) => each.rule === rule && (each.outcome === 'acts' || each.outcome === 'would_act_shadow'),
  );
}

/** `shows` says what the trial has shown. */
export function exampleOf(sample: Sample, shows: string): Example {
  const { kind, account, text, at, name, username, post, isReply, firstContact } = sample;
  const contact = { name, username };
  const place = { platform: account.platform, account: account.name };
  return { kind, ...place, text, at: formatInstant(at), contact, post, isReply, firstContact, shows };
}

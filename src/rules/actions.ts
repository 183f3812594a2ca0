import {
  ACTION_TYPES,
  type ActionSpec,
  type ActionType,
  type AfterPrivate,
  type Rule,
} from '../domain/rule.js';
import type { Draft } from './draft.js';
import { toEffects } from './effects.js';
import type { RawPublicReply } from './reply-schema.js';
import { checkText, toReply } from './texts.js';

/**
 * Checks the actions and effects of a rule. Reports actions that its kind does not allow, and invalid
 * templates.
 */
export function checkActions(draft: Draft): Pick<Rule, 'actions' | 'effects'> {
  const actions: ActionSpec[] = [];
  for (const type of ACTION_TYPES) {
    const raw = draft.raw[type];
    if (raw === undefined) continue;
    checkKind(draft, type);
    const afterPrivate = type === 'comment_reply' ? toAfterPrivate(draft, draft.raw.comment_reply) : null;
    const reply = toReply(draft, draft.pathOf(type), raw, draft.on);
    actions.push(afterPrivate === null ? { type, reply } : { type, reply, afterPrivate });
  }
  const pathOf = (key: string) => draft.pathOf(key as keyof Draft['raw']);
  const effects = toEffects(draft, draft.raw, pathOf, draft.on);
  checkSilent(draft);
  if (actions.length + effects.length === 0 && draft.isWhole && draft.raw.silent !== true) {
    const add = draft.on === 'message' ? 'reply: "…"' : 'comment_reply: "…" or private_reply: "…" (or both)';
    const fix = `Add ${add}, or silent: true if it is meant to send nothing.`;
    const message = `the rule "${draft.raw.id}" does nothing: it has no reply`;
    draft.source.report(draft.pathOf('id'), { code: 'no-action', message, fix });
  }
  return { actions, effects };
}

/** Keys that send something. */
const SPEAKING = [...ACTION_TYPES, 'then', 'otherwise'] as const;

function checkSilent({ source, raw, pathOf }: Draft): void {
  if (raw.silent !== true) return;
  for (const key of SPEAKING.filter((each) => raw[each] !== undefined)) {
    source.report(pathOf(key), {
      code: 'silent',
      message: `the rule "${raw.id}" is silent, and ${key} sends something`,
      fix: `Remove ${key}, or silent: true.`,
      at: 'key',
    });
  }
}

function checkKind({ source, on, raw, pathOf }: Draft, type: ActionType): void {
  if ((type === 'reply') === (on === 'message')) return;
  const message =
    type === 'reply'
      ? `the rule "${raw.id}" is about comments, and reply is only for messages`
      : `the rule "${raw.id}" is about messages, and ${type} is only for comments`;
  const fix =
    type === 'reply'
      ? 'Write comment_reply for a public reply, or private_reply for a message to its author.'
      : 'Write reply, or on: comment.';
  source.report(pathOf(type), { code: 'wrong-action', message, fix, at: 'key' });
}

/**
 * The `when` and `otherwise` of a public reply; null if neither is set. Reports combinations that can never
 * apply.
 */
function toAfterPrivate(draft: Draft, raw: RawPublicReply | undefined): AfterPrivate | null {
  if (raw === undefined || typeof raw === 'string') return null;
  const { when, otherwise = null } = raw;
  if (when === undefined && otherwise === null) return null;
  const path = draft.pathOf('comment_reply');
  const key = otherwise === null ? 'when' : 'otherwise';
  checkAfterPrivate(draft, raw, key);
  if (otherwise !== null) checkText(draft, [...path, 'otherwise'], otherwise, draft.on);
  return { when: when ?? 'sent', otherwise };
}

function checkAfterPrivate(
  draft: Draft,
  { when = 'sent', otherwise }: Exclude<RawPublicReply, string>,
  key: 'when' | 'otherwise',
): void {
  const report = (message: string, fix: string): void =>
    draft.source.report([...draft.pathOf('comment_reply'), key], {
      ...{ code: 'after-private', message, fix, at: 'key' },
    });
  if (draft.raw.private_reply === undefined) {
    report(
      `comment_reply: ${key} is about the private reply, but the rule "${draft.raw.id}" has none`,
      `Remove ${key}, or add private_reply: "…".`,
    );
  } else if (when !== 'sent' && otherwise !== undefined) {
    report(
      `comment_reply: with when: ${when} the text is sent whether or not the private reply arrives, so otherwise is never used`,
      'Write when: sent, or remove otherwise.',
    );
  }
}

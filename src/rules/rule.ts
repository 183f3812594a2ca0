import type { EventKind, Platform } from '../domain/event.js';
import type { OncePer, Rule } from '../domain/rule.js';
import { settleOf } from '../yaml/values.js';
import { unknownName } from '../yaml/issues.js';
import type { Path, YamlSource } from '../yaml/source.js';
import { checkActions } from './actions.js';
import { checkCondition } from './conditions.js';
import type { RuleContext } from './context.js';
import { toOncePer, withDefaults } from './defaults.js';
import type { Draft } from './draft.js';
import { checkExamples, modeOf } from './examples.js';
import { toFunnel } from './funnel.js';
import { checkKeywords } from './keywords.js';
import type { RawDefaults, RawRule } from './schema.js';

/** Platforms whose comments the API lists. */
const COMMENT_PLATFORMS: readonly Platform[] = ['facebook', 'instagram'];

/** A rule of the right shape, as written. */
export interface Written {
  readonly path: Path;
  readonly raw: RawRule;
  readonly defaults: RawDefaults;
  /**
   * True if the keys are complete. False if keys of a wrong shape were left out; then no key is reported as
   * missing.
   */
  readonly isWhole: boolean;
}

function toDraft(source: YamlSource, context: RuleContext, { path, raw, defaults, isWhole }: Written): Draft {
  const pathOf = (key: keyof RawRule): Path => (raw[key] === undefined ? ['defaults', key] : [...path, key]);
  const whole = withDefaults(raw, defaults);
  if (whole.on === undefined && isWhole) {
    const fix = 'Add on: message, or on: comment.';
    const message = `the rule "${raw.id}" does not say whether it is for messages or comments: the key "on" is missing`;
    source.report(path, { code: 'missing-key', message, fix });
  }
  return { source, context, raw: whole, on: whole.on ?? guessKind(whole), isWhole, pathOf };
}

/** Most likely kind of a rule without `on`, so that no other finding misleads. */
function guessKind(raw: RawRule): EventKind {
  return raw.private_reply === undefined && raw.comment_reply === undefined ? 'message' : 'comment';
}

/**
 * Converts a rule of the right shape into a checked one. Reports values that make no sense to the source of
 * the rule.
 */
export function toRule(source: YamlSource, context: RuleContext, written: Written): Rule {
  const draft = toDraft(source, context, written);
  const { raw, on, pathOf } = draft;
  checkAccounts(draft);
  checkPlatforms(draft);
  if (raw.posts !== undefined && on === 'message') {
    const message = `the rule "${raw.id}" is about messages, but only comments belong to posts`;
    source.report(pathOf('posts'), {
      code: 'posts',
      message,
      fix: 'Remove posts, or write on: comment.',
      at: 'key',
    });
  }
  const at = (key: keyof RawRule) => ({ source, context, path: pathOf(key) });
  return {
    id: raw.id,
    on,
    platforms: raw.platforms ?? [],
    accounts: raw.accounts ?? [],
    posts: raw.posts ?? [],
    keywords: raw.keywords === undefined ? null : checkKeywords(raw.keywords, at('keywords')),
    ...checkExamples(draft),
    when: raw.when === undefined ? null : checkCondition(raw.when, at('when')),
    priority: raw.priority ?? 0,
    ...checkActions(draft),
    funnel: toFunnel(draft),
    oncePer: checkOncePer(draft),
    ...switchesOf(raw),
    ...checkSettle(draft),
    place: source.place(pathOf('id')),
  };
}

function switchesOf(raw: RawRule): Pick<Rule, 'silent' | 'continue' | 'enabled' | 'mode'> {
  const { silent = false, continue: goesOn = false, enabled = true } = raw;
  return { silent, continue: goesOn, enabled, mode: modeOf(raw) };
}

function checkAccounts({ source, context, raw, pathOf }: Draft): void {
  const names = context.accounts.map((account) => account.name);
  raw.accounts?.forEach((name, index) => {
    if (names.includes(name)) return;
    const path = [...pathOf('accounts'), index];
    const problem = unknownName(`accounts: ${source.describe(path)}`, name, names);
    source.report(path, { ...problem, code: 'unknown-account' });
  });
}

function checkPlatforms({ source, on, raw, pathOf }: Draft): void {
  if (on !== 'comment') return;
  raw.platforms?.forEach((platform, index) => {
    if (COMMENT_PLATFORMS.includes(platform)) return;
    const message = `platforms: the rule "${raw.id}" is about comments, but comments of ${platform} cannot be read`;
    const fix = 'Comments can be read on facebook and instagram.';
    source.report([...pathOf('platforms'), index], { code: 'comment-platform', message, fix });
  });
}

/** A silent rule has no cooldown, so that it always ends the search and not only once per cooldown. */
function checkSilent(source: YamlSource, path: Path, { id, once_per: written }: RawRule): null {
  if (written === undefined || written === false) return null;
  source.report(path, {
    code: 'silent',
    message: `once_per: the rule "${id}" is silent, but only rules that reply have a cooldown`,
    fix: 'Remove once_per.',
    at: 'key',
  });
  return null;
}

function checkOncePer({ source, context, on, raw, pathOf }: Draft): OncePer | null {
  const path = pathOf('once_per');
  const { once_per: written } = raw;
  if (
    typeof written === 'object' &&
    Object.entries(written).filter(([key, time]) => key !== 'handle' && time !== undefined).length !== 1
  ) {
    const fix = 'Write { contact: 1h }, { conversation: 1h }, { post: forever } or { closing: CALENDAR }.';
    source.report(path, {
      code: 'once-per',
      message: 'once_per: needs exactly one of contact, conversation, post and closing',
      fix,
    });
    return null;
  }
  if (raw.silent) return checkSilent(source, path, raw);
  const oncePer = toOncePer(written, on);
  if (oncePer?.calendar !== undefined && !context.calendars.includes(oncePer.calendar)) {
    const at = [...path, 'closing'];
    const problem = unknownName(`once_per: ${source.describe(at)}`, oncePer.calendar, context.calendars);
    source.report(at, { ...problem, code: 'once-per' });
  }
  const misfit = on === 'message' ? 'post' : 'conversation';
  if (oncePer?.scope === misfit) {
    const message = `once_per: the rule "${raw.id}" is about ${on}s, but a ${on} has no ${misfit}`;
    const fix = on === 'message' ? 'Write { contact: 24h }.' : 'Write { post: forever } or { contact: 24h }.';
    source.report([...path, misfit], { code: 'once-per', message, fix, at: 'key' });
  }
  return oncePer;
}

/**
 * `settle` joins messages of a conversation, which comments do not form. `defaults` may set it for the
 * message rules of a file.
 */
function checkSettle({ source, on, raw, pathOf }: Draft): Pick<Rule, 'settle'> {
  if (on === 'message') return settleOf(raw.settle);
  const path = pathOf('settle');
  if (raw.settle !== undefined && path[0] === 'rules') {
    const message = `settle: the rule "${raw.id}" is about comments, but only messages are grouped`;
    source.report(path, { code: 'settle', message, fix: 'Remove settle.', at: 'key' });
  }
  return {};
}

import { PLATFORM_TABLE } from '../domain/platforms.js';
import type { ActionSpec, Rule } from '../domain/rule.js';
import { DAY, type Instant } from '../domain/time.js';
import { everyText } from '../domain/reply.js';
import type { LintParts } from './parts.js';
import { reached } from './reach.js';
import { sampleFor } from './sample.js';
import { exampleOf, type Sample, tryOne } from './trial.js';
import { type RulePath, type RuleWarning, type Warning } from './warning.js';

const WEEK = 7 * DAY;
/** A name of maximum length, of a letter that takes four bytes. */
const LONGEST_NAME = '\u{20000}'.repeat(80);

interface Extreme {
  /** The extreme property; null for an ordinary event. */
  readonly what: string | null;
  readonly sample: Sample;
}

/**
 * Replies that cannot be sent: too long for a platform, or with a missing value. Each text is rendered for
 * each account, for ordinary and extreme contacts, and after the last opening of a calendar that it uses.
 */
export async function extremes(rule: Rule, parts: LintParts): Promise<readonly RuleWarning[]> {
  if (!rule.enabled) return [];
  const samples: Sample[] = [];
  for (const account of reached(rule, parts.config.accounts)) {
    if (!PLATFORM_TABLE[account.platform].canSend) continue;
    const sample = await sampleFor(rule, parts, [account]);
    if (sample) samples.push(sample);
  }
  const found: RuleWarning[] = [];
  for (const spec of rule.actions) {
    for (const [index, text] of everyText(spec.reply).entries()) {
      const alone = { ...spec, reply: { texts: [text], delay: spec.reply.delay } };
      const warning = await ofText(rule, alone, { samples, parts });
      if (warning) found.push([pathOf(spec, index), warning]);
    }
  }
  return found;
}

/** Path of the text, without the part below its key; with one_of, includes the index. */
function pathOf(spec: ActionSpec, index: number): RulePath {
  return spec.reply.languages === undefined && spec.reply.texts.length > 1
    ? [spec.type, 'one_of', index]
    : [spec.type];
}

async function ofText(
  rule: Rule,
  spec: ActionSpec,
  { samples, parts }: { readonly samples: readonly Sample[]; readonly parts: LintParts },
): Promise<Warning | null> {
  const alone = parts.compile([{ ...rule, mode: 'live', actions: [spec] }]);
  for (const sample of samples) {
    for (const extreme of [...extremesOf(sample, spec), ...lateTimes(sample, spec, parts)]) {
      const { decision } = await tryOne(extreme.sample, parts, alone);
      if (decision.rule !== rule.id) continue;
      const when = extreme.what === null ? '' : ` when ${extreme.what}`;
      const example = exampleOf(extreme.sample, `it ends as ${decision.reason}: ${decision.detail ?? ''}`);
      if (decision.reason === 'too_long') {
        const message = `the ${spec.type} of "${rule.id}" is too long${when}: ${decision.detail ?? ''}`;
        const fix = 'Shorten it, or cut the value: {{ … | truncate: 40 }}.';
        return { code: 'too-long', message, fix, example };
      }
      if (decision.reason === 'template_error') {
        const message = `the ${spec.type} of "${rule.id}" cannot be rendered${when}: ${decision.detail ?? ''}`;
        const fix = "Give the value a default: {{ … | default: 'there' }}.";
        return { code: 'missing-value', message, fix, example };
      }
    }
  }
  return null;
}

/**
 * An ordinary contact, one without a name, one with the longest name, and one who writes the maximum length
 * of the platform.
 */
function extremesOf(sample: Sample, { reply }: ActionSpec): readonly Extreme[] {
  const { messageLimit, commentLimit } = PLATFORM_TABLE[sample.account.platform];
  const { most } = (sample.kind === 'comment' ? commentLimit : null) ?? messageLimit;
  const isQuoting = reply.texts.some((text) => /\b(?:message|comment)\.text\b|\bmatch\.groups\b/u.test(text));
  const long = `${sample.text} ${'x'.repeat(Math.max(0, most - Buffer.byteLength(sample.text) - 1))}`;
  return [
    { what: null, sample },
    ...(sample.kind === 'message' ? people(sample) : []),
    ...(isQuoting
      ? [{ what: `the contact writes ${most} characters`, sample: { ...sample, text: long } }]
      : []),
  ];
}

/** Contacts without a name, and with the longest one. Comments have no names anyway. */
function people(sample: Sample): readonly Extreme[] {
  return [
    { what: 'the contact has no name', sample: { ...sample, name: null, username: null } },
    {
      what: "the contact's name and username have 80 letters",
      sample: { ...sample, name: LONGEST_NAME, username: LONGEST_NAME },
    },
  ];
}

/** Times at which a calendar used by the text has no dates left, and so no next opening or closing. */
function lateTimes(sample: Sample, { reply }: ActionSpec, { config }: LintParts): readonly Extreme[] {
  return config.calendars.flatMap(({ name, special, ranges = [], closed }) => {
    if (!reply.texts.some((text) => text.includes(`hours.${name}.`))) return [];
    // Yearly entries are ignored, because they have no last date.
    const dates = [...Object.keys(special), ...[...closed, ...ranges].map(({ from }) => from)].filter(
      (date) => date.length === 'YYYY-MM-DD'.length,
    );
    return [...new Set(dates)].flatMap((date) => {
      const at = sameTimeAfter(sample.at, Date.parse(date) + DAY);
      if (at === sample.at) return [];
      const what = `it is ${new Date(at).toISOString().slice(0, 10)}, past ${date} of the calendar "${name}"`;
      return [{ what, sample: { ...sample, at } }];
    });
  });
}

/** The same weekday and time of day, at `after` or later. */
function sameTimeAfter(at: Instant, after: Instant): Instant {
  return at + Math.max(0, Math.ceil((after - at) / WEEK)) * WEEK;
}

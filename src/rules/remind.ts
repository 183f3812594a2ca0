import type { Ask, Reminder } from '../domain/funnel.js';
import { formatDuration } from '../domain/time.js';
import type { Path } from '../yaml/source.js';
import { millis } from '../yaml/values.js';
import type { TextKind } from './context.js';
import type { Draft } from './draft.js';
import { toReply } from './texts.js';
import type { RawRemind } from './wait-schema.js';

/** The reminders of a question, the earliest first. Reports those that can never be sent. */
export function toReminders(
  draft: Draft,
  raw: RawRemind | undefined,
  path: Path,
  { within, kind }: Pick<Ask, 'within'> & { readonly kind: TextKind },
): Pick<Ask, 'reminders'> {
  if (raw === undefined) return {};
  const { source } = draft;
  const isList = Array.isArray(raw);
  const reminders = [raw].flat().map((each, index): Reminder => {
    const at = isList ? [...path, index] : path;
    const after = millis(each.after);
    if (after >= within) {
      const message = `remind: the question waits ${formatDuration(within)}, so this reminder is never sent`;
      const fix = 'Shorten after, or lengthen within.';
      source.report([...at, 'after'], { code: 'unreachable-step', message, fix });
    }
    return { after, reply: toReply(draft, at, each, kind === 'comment' ? 'neither' : kind) };
  });
  if (kind === 'comment') {
    const message =
      'remind: this reminder can never be sent: the author of the comment has to answer the private reply first';
    source.report(path, { code: 'outside-window', message, fix: 'Remove it.', at: 'key' });
  }
  return { reminders: reminders.toSorted((a, b) => a.after - b.after) };
}

import type { Notice } from '../domain/notice.js';
import { DAY, formatInstant, type Instant } from '../domain/time.js';
import type { OwnerStore, Stop } from '../store/ports/owner.js';

/** Words and fix for each reason that stops a reply which was due. */
const STOPPED: Readonly<Record<Stop['reason'], { readonly why: string; readonly fix: string }>> = {
  window_closed: {
    why: "the platform's time limit for a reply was over",
    fix: 'See `autoresponder journal --reason window_closed`; reply by hand where the platform still lets you.',
  },
  template_error: {
    why: 'a value of the text was missing',
    fix: 'Give the value a `default` in the rule; see `autoresponder journal --reason template_error`.',
  },
  too_long: {
    why: 'the text was longer than the platform takes',
    fix: 'Shorten the text of the rule; see `autoresponder journal --reason too_long`.',
  },
};

/**
 * Creates one notice for all replies of a rule and an account to messages of one day that stopped for one reason, and
 * another whenever their number has doubled.
 */
export async function aboutStops(
  store: Pick<OwnerStore, 'stops'>,
  since: Instant,
): Promise<readonly Notice[]> {
  return (await store.stops(since)).map(({ reason, rule, account, day, n, firstAt: at }): Notice => {
    const date = formatInstant(day * DAY).slice(0, 10);
    const who = `of rule ${rule ?? 'unknown'} from ${account ?? 'an unknown account'}`;
    const what = n === 1 ? `A reply ${who} to a message` : `${n} replies ${who} to messages`;
    const text = `${what} of ${date} ${n === 1 ? 'was' : 'were'} not sent: ${STOPPED[reason].why}`;
    const key = `${rule ?? ''} ${account ?? ''} ${day} ${Math.floor(Math.log2(n))}`;
    return { kind: reason, key, at, text, fix: STOPPED[reason].fix };
  });
}

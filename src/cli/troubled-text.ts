import pc from 'picocolors';
import { type Pause, pauseCause } from '../domain/facts.js';
import { plain } from '../domain/terminal.js';
import { formatInstant } from '../domain/time.js';
import type { OpenHandoff, OwnerStore, Summary } from '../store/ports/owner.js';
import { asCalled, count, pasted, print, resumeOf } from './output.js';
import { shorten } from './shorten.js';

/** Sends that wait for a person, by account and reason. */
export type Troubled = Awaited<ReturnType<OwnerStore['failures']>>;

interface TroubledView {
  readonly troubled: Troubled;
  readonly handoffs: readonly OpenHandoff[];
  readonly summary: Pick<Summary, 'sends'>;
}

/** Number of contacts who wait for a human, each in a line of its own. */
const MOST_NAMED = 10;
const TEXT_SHOWN = 60;

/** Contacts who wait for a human, sends that a person must settle, and those being looked up. */
export function printTroubled({ troubled, handoffs, summary }: TroubledView): void {
  for (const each of handoffs.slice(0, MOST_NAMED)) print(pc.red(`human    ${waitLine(each)}`));
  if (handoffs.length > MOST_NAMED)
    print(`         and ${handoffs.length - MOST_NAMED} more who wait for a human`);
  for (const { account, reason, n } of troubled) {
    const sends = `${account}: ${count(n, 'send')} ${n === 1 ? 'needs' : 'need'} a person (${reason})`;
    print(
      pc.red(asCalled(`person   ${plain(sends)}; fix: \`autoresponder outbox list\`, then retry or discard`)),
    );
  }
  const { ambiguous = 0 } = summary.sends;
  if (ambiguous > 0) print(`checking ${count(ambiguous, 'send')} whose outcome is unknown`);
}

/** Formats `Emma (17, shop-ig) waits for a human: "Can I speak to somebody?" (asks for a human)`. */
export function waitLine({ name, contactId, account, request, note, rule }: OpenHandoff): string {
  const who = plain(`${name ?? contactId} (${name === null ? '' : `${contactId}, `}${account})`);
  const text = request === null || request === '' ? '' : `: ${JSON.stringify(shorten(request, TEXT_SHOWN))}`;
  return `${who} waits for a human${text} (${shorten(note ?? `rule ${rule}`, TEXT_SHOWN)})`;
}

/** Formats `contact:17 until 2026-11-25T00:26:00.000Z: handed off by rule human; … ends it`, with the command that does. */
export function pauseLine(pause: Pause, place: Parameters<typeof pasted>[1]): string {
  const { scope, until } = pause;
  const command = `\`${pasted(resumeOf(scope), place)}\``;
  const cause = pauseCause(pause);
  const why = cause === null ? '' : `: ${cause}`;
  return until === Infinity
    ? `${plain(scope)} until ${command}${why}`
    : `${plain(scope)} until ${formatInstant(until)}${why}; ${command} ends it`;
}

/** Open handoffs as JSON, with times in ISO 8601. */
export function waitJson({ at, ...handoff }: OpenHandoff) {
  return { ...handoff, at: formatInstant(at) };
}

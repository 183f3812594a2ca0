import { FAULT_NAMES, isFault, type Fault, type FaultHook } from '../sandbox/faults.js';
import { ODDITIES, type OddHook } from '../sandbox/odd-rows.js';
import type { Release } from '../sandbox/description.js';
import type { Tenant } from '../sandbox/server.js';
import { LIMITS } from '../domain/limits.js';
import { type Millis, parseDuration } from '../domain/time.js';
import { Exit } from './exit.js';
import { durationOf, oneOf } from './parse.js';

export interface TroubleOptions {
  readonly release?: string;
  readonly faults?: string;
  readonly oddRows?: string;
  readonly changeId?: string;
  readonly changeAfter?: string;
  readonly dateAhead?: string;
}

/** Parsed options for faults of the sandbox. */
export interface WantedTrouble {
  readonly release: Release;
  /** Starts the faults, which end when the signal is aborted. */
  readonly begin: (sandbox: Tenant, signal: AbortSignal) => void;
}

const RELEASES = ['today', '2.0.0'] as const satisfies readonly Release[];
const USUAL_SHARE = 0.1;
const CHANGE_AFTER = '30s';

/** Parses the options; exits with 1 and a message on errors. */
export function troubleOf(options: TroubleOptions): WantedTrouble {
  const release = oneOf('--release', options.release ?? 'today', RELEASES);
  const faults = (options.faults ?? '')
    .split(',')
    .flatMap((each) => (each.trim() === '' ? [] : [faultOf(each.trim())]));
  const odd = options.oddRows === undefined ? 0 : shareOf('--odd-rows', options.oddRows);
  const ahead = options.dateAhead === undefined ? 0 : offsetOf(options.dateAhead);
  const after = durationOf('--change-after', options.changeAfter ?? CHANGE_AFTER);
  return {
    release,
    begin({ fault, trouble, world }, signal) {
      if (faults.length > 0) fault(hookOf(faults));
      if (odd > 0) trouble.oddRows(oddHook(odd));
      trouble.dateAhead(ahead);
      const { changeId } = options;
      if (changeId === undefined) return;
      const account = world.findAccount(changeId);
      if (account === undefined) {
        throw new Exit(
          1,
          `--change-id is "${changeId}"; fix: write one of ${world.accounts.map(({ name }) => name).join(', ')}`,
        );
      }
      const timer = setTimeout(() => trouble.reconnect(account.name, `${account.id}9`), after);
      signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
    },
  };
}

interface WantedFault {
  readonly fault: Fault;
  readonly share: number;
}

/** Parses `late_contact_limit` or `late_contact_limit=0.5`: the share of affected requests, 0 to 1. */
function faultOf(text: string): WantedFault {
  const [name = '', share] = text.split('=');
  if (!isFault(name))
    throw new Exit(
      1,
      `--faults is "${name}"; fix: write one of ${FAULT_NAMES.filter((each) => each !== 'none').join(', ')}`,
    );
  return { fault: name, share: share === undefined ? USUAL_SHARE : shareOf('--faults', share, text) };
}

/** Parses a share; `given` is the whole value of the option. */
function shareOf(option: string, text: string, given = text): number {
  const share = /^\d*\.?\d+$/u.test(text) ? Number(text) : Number.NaN;
  if (!(share >= 0 && share <= 1))
    throw new Exit(1, `${option} is "${given}"; fix: write a share from 0 to 1, such as 0.1`);
  return share;
}

/** Parses the offset of the `Date` header: `30s`, or `-30s` if the header is behind. */
function offsetOf(text: string): Millis {
  const length = parseDuration(text.replace(/^-/u, ''));
  if (length === undefined || length > LIMITS.longestTime)
    throw new Exit(1, `--date-ahead is "${text}"; fix: write a length of time such as 8s, or -30s`);
  return text.startsWith('-') ? -length : length;
}

/** Late failures apply to sends only; other faults to any request. */
function hookOf(faults: readonly WantedFault[]): FaultHook {
  return ({ method }) => {
    for (const { fault, share } of faults) {
      if (fault.startsWith('late_') && method !== 'POST') continue;
      if (Math.random() < share) return fault;
    }
    return 'none';
  };
}

/** Seeded by the row, so that a row is malformed in the same way at each read. */
function oddHook(share: number): OddHook {
  return (row) => {
    const id = typeof row['id'] === 'string' ? row['id'] : '';
    const number = Array.from(id).reduce((sum, sign) => (sum * 31 + (sign.codePointAt(0) ?? 0)) % 10_007, 7);
    return number / 10_007 < share ? (ODDITIES[number % ODDITIES.length] ?? null) : null;
  };
}

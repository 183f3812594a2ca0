import pc from 'picocolors';
import { plain } from '../domain/terminal.js';
import type { OwnerStore, Summary } from '../store/ports/owner.js';
import { asCalled, count, print } from './output.js';

/** Sends that wait for a person, by account and reason. */
export type Troubled = Awaited<ReturnType<OwnerStore['failures']>>;

interface TroubledView {
  readonly troubled: Troubled;
  readonly summary: Pick<Summary, 'sends'>;
}

/** Sends that no list of waiting ones has: those that a person must settle, and those being looked up. */
export function printTroubled({ troubled, summary }: TroubledView): void {
  for (const { account, reason, n } of troubled) {
    const sends = `${account}: ${count(n, 'send')} ${n === 1 ? 'needs' : 'need'} a person (${reason})`;
    print(
      pc.red(asCalled(`person   ${plain(sends)}; fix: \`autoresponder outbox list\`, then retry or discard`)),
    );
  }
  const { ambiguous = 0 } = summary.sends;
  if (ambiguous > 0) print(`checking ${count(ambiguous, 'send')} whose outcome is unknown`);
}

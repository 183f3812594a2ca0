import type { AttemptResult } from '../../domain/attempt.js';
import { withLinks } from '../../domain/button.js';
import type { AccountConfig } from '../../domain/config.js';
import type { Send } from '../../domain/send.js';
import { DAY, type Millis } from '../../domain/time.js';
import type { Sending } from './sending.js';

type Buttoned = Pick<Sending, 'store' | 'clock'>;

/** Time after which buttons are tried again for an account whose buttons the API refused. */
const TRY_AGAIN: Millis = 7 * DAY;
/** Status codes that a field may cause which the API does not know. */
const FIELD_REFUSED: ReadonlySet<number | undefined> = new Set([400, 422]);

/** The send as it leaves now: with links in place of buttons that the API refused for the account. */
export async function withoutRefusedButtons(
  send: Send,
  { name, buttons: wanted }: AccountConfig,
  { store, clock }: Buttoned,
): Promise<Send> {
  const { buttons = null } = send;
  if (buttons === null || buttons.length === 0) return send;
  if (wanted !== 'never' && !(await store.areButtonsRefused(name, clock() - TRY_AGAIN))) return send;
  const text = withLinks(send.text, buttons);
  // The text is stored before it is sent: read-back compares it.
  await store.dropButtons(send, text, 'account');
  return { ...send, text, buttons: null };
}

/**
 * The end of an attempt of a send with buttons. A refusal may concern the buttons, and nothing was sent: the message
 * is sent again with links. If that is accepted, the buttons were the cause, which is remembered for the account.
 */
export async function afterButtons(
  send: Send,
  result: AttemptResult,
  { store, clock }: Buttoned,
): Promise<AttemptResult> {
  const { buttons = null } = send;
  const { end, status } = result;
  if (buttons === null) return result;
  if (buttons.length === 0) {
    // If this is not stored, the next send of the account finds it out.
    if (end.state === 'accepted') await store.refuseButtons(send.account, clock()).catch(() => undefined);
    return result;
  }
  if (end.state !== 'failed' || end.reason !== 'failed' || !FIELD_REFUSED.has(status)) return result;
  // If this is not stored, the next attempt has the buttons again, and is refused again.
  await store.dropButtons(send, withLinks(send.text, buttons), 'refused').catch(() => undefined);
  const detail = `refused with buttons, sent again with links: ${end.detail}`;
  return { end: { state: 'pending', notBefore: clock(), detail }, holdRoute: null };
}

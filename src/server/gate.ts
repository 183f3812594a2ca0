import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { HOUR, MINUTE, type Clock, type Instant } from '../domain/time.js';

const SESSION = 'autoresponder_session';
const SESSION_FOR = 12 * HOUR;
const MOST_SESSIONS = 100;
/** Wrong tokens in a minute, from wherever they come, before all have to wait. */
const MOST_FAILURES = 5;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/iu;

export interface Gate {
  /** Who may come in. Everything behind it belongs to the owner alone. */
  readonly guard: MiddlewareHandler;
  readonly isOpenFor: (context: Context) => boolean;
  /** Whether a token has to be given at all. */
  readonly needsToken: boolean;
  readonly logIn: (context: Context, token: string) => 'in' | 'wrong' | 'too_often';
  readonly logOut: (context: Context) => void;
}

/**
 * Without a token only this machine gets in, and only by a name of its own: a page of another name whose address was
 * made to be this machine's (DNS rebinding) does not. With one, whoever gives it: in a header, or once for a cookie.
 */
export function createGate(token: string | null, clock: Clock): Gate {
  const sessions = new Map<string, Instant>();
  const failures: Instant[] = [];

  const isOpenFor = (context: Context): boolean => {
    if (token === null) return LOOPBACK.test(context.req.header('host') ?? '');
    if (isSame(context.req.header('authorization') ?? '', `Bearer ${token}`)) return true;
    const until = sessions.get(digest(getCookie(context, SESSION) ?? '').toString('hex'));
    return until !== undefined && until > clock();
  };

  return {
    isOpenFor,
    needsToken: token !== null,
    guard: async (context, next) => {
      if (!isOpenFor(context))
        return context.json({ error: closedBecause(token) }, token === null ? 403 : 401);
      if (!isSafe(context) && !isOwnPage(context)) {
        return context.json({ error: 'only the dashboard itself may ask for changes' }, 403);
      }
      await next();
      return undefined;
    },
    logIn(context, given) {
      const now = clock();
      while (failures[0] !== undefined && failures[0] <= now - MINUTE) failures.shift();
      if (failures.length >= MOST_FAILURES) return 'too_often';
      if (token === null || !isSame(given, token)) {
        failures.push(now);
        return 'wrong';
      }
      const id = randomBytes(32).toString('base64url');
      sessions.set(digest(id).toString('hex'), now + SESSION_FOR);
      if (sessions.size > MOST_SESSIONS) sessions.delete(sessions.keys().next().value ?? '');
      const secure = new URL(context.req.url).protocol === 'https:' || isProxiedSecurely(context);
      setCookie(context, SESSION, id, {
        httpOnly: true,
        sameSite: 'Strict',
        path: '/',
        maxAge: SESSION_FOR / 1_000,
        secure,
      });
      return 'in';
    },
    logOut(context) {
      sessions.delete(digest(getCookie(context, SESSION) ?? '').toString('hex'));
      deleteCookie(context, SESSION, { path: '/' });
    },
  };
}

function closedBecause(token: string | null): string {
  return token === null
    ? 'without `server.token` the dashboard is for this machine alone, by the name localhost or 127.0.0.1'
    : 'send the token of `server.token` as `Authorization: Bearer`, or log in';
}

function isSafe({ req }: Context): boolean {
  return req.method === 'GET' || req.method === 'HEAD';
}

/** A page of another site can send neither this header nor our origin. */
export function isOwnPage({ req }: Context): boolean {
  const origin = req.header('origin');
  const isSameOrigin =
    origin === undefined || (URL.canParse(origin) && new URL(origin).host === req.header('host'));
  return isSameOrigin && req.header('x-requested-with') === 'autoresponder';
}

function isProxiedSecurely({ req }: Context): boolean {
  return req.header('x-forwarded-proto') === 'https';
}

/** Compares in a time that does not depend on where the two differ. */
function isSame(given: string, wanted: string): boolean {
  return timingSafeEqual(digest(given), digest(wanted));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

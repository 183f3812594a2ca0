import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { HOUR, type Clock, type Instant } from '../domain/time.js';
import type { Token } from '../domain/config.js';
import type { Caller } from '../domain/role.js';
import { createGuesses, type Guesses } from './guesses.js';

const SESSION = 'autoresponder_session';
const SESSION_FOR = 12 * HOUR;
const MOST_SESSIONS = 100;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/iu;

export interface Gate {
  /** Middleware that only lets callers with access through. */
  readonly guard: MiddlewareHandler;
  readonly isOpenFor: (context: Context) => boolean;
  /** True if the request has the cookie of a login. */
  readonly hasSession: (context: Context) => boolean;
  /** The response for a refused caller; null if access is allowed. */
  readonly refusal: (context: Context) => Response | null;
  /** Name and role of the caller's token; the owner if no token is required. */
  readonly callerOf: (context: Context) => Caller;
  /** Key of the configuration that holds the token. */
  readonly tokenName: string;
  /** True if a token is required. */
  readonly needsToken: boolean;
  readonly logIn: (context: Context, token: string) => 'in' | 'wrong' | 'too_often';
  readonly logOut: (context: Context) => void;
}

export interface GateOptions {
  /** Key of the configuration that holds the token, for messages. @default `server.token` */
  readonly name?: string;
  /** Further access check, such as for the agency's token. @default no further access */
  readonly isAlsoOpenFor?: (context: Context) => boolean;
  /** Further tokens, each with a role. @default none */
  readonly tokens?: readonly Token[];
}

/** The caller with `server.token`, or on this machine if no token is required. */
const OWNER: Caller = { name: 'owner', role: 'owner' };
/** The caller with the agency's token. */
export const AGENCY: Caller = { name: 'agency', role: 'owner' };
const NOBODY: Caller = { name: 'nobody', role: 'viewer' };

/**
 * Access control. Without a token only this machine has access, and only under a loopback host name: a page
 * whose host name was pointed at this machine (DNS rebinding) has not. With a token, callers send it in a
 * header, or once to get a cookie.
 */
export function createGate(
  token: string | null,
  clock: Clock,
  { name = '`server.token`', isAlsoOpenFor = () => false, tokens = [] }: GateOptions = {},
): Gate {
  const logins = createGuesses(clock);
  const headers = createGuesses(clock);
  const sessions = createSessions(clock);

  const all: readonly Token[] = token === null ? tokens : [{ ...OWNER, token }, ...tokens];
  const needsToken = all.length > 0;
  const callers = createCallers(all, { sessions, headers, isAlsoOpenFor });

  const { callerWith, callerIn } = callers;
  const isOpenFor = (context: Context): boolean => callerIn(context) !== null;
  const refusal = (context: Context): Response | null => {
    const isGuess = bearerOf(context.req.header('authorization')) !== null;
    const isTooOften = isGuess && headers.isTooOften(context);
    if (isOpenFor(context)) return null;
    if (!needsToken) return context.json({ error: NO_TOKEN }, 403);
    if (isTooOften) return waitABit(context);
    return context.json({ error: closedBecause(name) }, 401);
  };

  return {
    isOpenFor,
    hasSession: (context) => sessions.of(context) !== null,
    refusal,
    callerOf: (context) => callerIn(context) ?? NOBODY,
    tokenName: name,
    needsToken,
    guard: async (context, next) => {
      const refused = refusal(context);
      if (refused) return refused;
      if (!isSafe(context) && !isOwnPage(context)) {
        return context.json({ error: OTHER_PAGE }, 403);
      }
      await next();
      return undefined;
    },
    logIn(context, given) {
      if (logins.isTooOften(context)) return 'too_often';
      const caller = callerWith(context, given, logins);
      if (caller === null) return 'wrong';
      sessions.begin(context, caller);
      return 'in';
    },
    logOut: sessions.end,
  };
}

interface CallerParts {
  readonly sessions: ReturnType<typeof createSessions>;
  readonly headers: Guesses;
  readonly isAlsoOpenFor: (context: Context) => boolean;
}

/** Finds the caller of a request, by session, agency or token. */
function createCallers(tokens: readonly Token[], { sessions, headers, isAlsoOpenFor }: CallerParts) {
  const callerWith = (context: Context, given: string, guesses: Guesses): Caller | null => {
    if (guesses.isTooOften(context)) return null;
    // Each token is compared, so that the time tells nothing about which is close.
    const found = tokens.filter((each) => isSame(given, each.token)).at(0);
    if (found === undefined) guesses.wrong(context, given);
    return found === undefined ? null : { name: found.name, role: found.role };
  };
  const callerIn = (context: Context): Caller | null => {
    if (tokens.length === 0) return LOOPBACK.test(context.req.header('host') ?? '') ? OWNER : null;
    const known = sessions.of(context);
    if (known !== null) return known;
    if (isAlsoOpenFor(context)) return AGENCY;
    const given = bearerOf(context.req.header('authorization'));
    return given === null ? null : callerWith(context, given, headers);
  };
  return { callerWith, callerIn };
}

/** Login sessions by cookie; only the digest of the cookie is stored. */
function createSessions(clock: Clock) {
  const sessions = new Map<string, { readonly until: Instant; readonly caller: Caller }>();
  const keyOf = (id: string): string => digest(id).toString('hex');
  return {
    of(context: Context): Caller | null {
      const found = sessions.get(keyOf(getCookie(context, SESSION) ?? ''));
      return found !== undefined && found.until > clock() ? found.caller : null;
    },
    begin(context: Context, caller: Caller): void {
      const id = randomBytes(32).toString('base64url');
      sessions.set(keyOf(id), { until: clock() + SESSION_FOR, caller });
      if (sessions.size > MOST_SESSIONS) sessions.delete(sessions.keys().next().value ?? '');
      const secure = new URL(context.req.url).protocol === 'https:' || isProxiedSecurely(context);
      setCookie(context, SESSION, id, {
        httpOnly: true,
        sameSite: 'Strict',
        path: '/',
        maxAge: SESSION_FOR / 1_000,
        secure,
      });
    },
    end(context: Context): void {
      sessions.delete(keyOf(getCookie(context, SESSION) ?? ''));
      deleteCookie(context, SESSION, { path: '/' });
    },
  };
}

const NO_TOKEN =
  'without `server.token` the dashboard is only available on this machine, as localhost or 127.0.0.1';

const OTHER_PAGE =
  'only the dashboard itself may make changes; programs send `Authorization: Bearer TOKEN`, and no `Origin` of another site';

function closedBecause(name: string): string {
  return `send the token of ${name} as \`Authorization: Bearer\`, or log in`;
}

/** The token of an `Authorization` header; null if absent. */
export function bearerOf(header: string | null | undefined): string | null {
  return /^Bearer (?<token>.+)$/u.exec(header ?? '')?.groups?.['token'] ?? null;
}

/** Response to any token after too many wrong ones. */
export function waitABit(context: Context): Response {
  context.header('retry-after', '60');
  return context.json({ error: 'too many wrong tokens: try again in a minute' }, 429);
}

function isSafe({ req }: Context): boolean {
  return req.method === 'GET' || req.method === 'HEAD';
}

/** Rejects requests from other sites: their pages can send neither of these headers, nor our origin. */
export function isOwnPage({ req }: Context): boolean {
  const origin = req.header('origin');
  const isSameOrigin =
    origin === undefined || (URL.canParse(origin) && new URL(origin).host === req.header('host'));
  const isOurs =
    req.header('x-requested-with') === 'autoresponder' || bearerOf(req.header('authorization')) !== null;
  return isSameOrigin && isOurs;
}

function isProxiedSecurely({ req }: Context): boolean {
  return req.header('x-forwarded-proto') === 'https';
}

/** Compares tokens in constant time. */
function isSame(given: string, wanted: string): boolean {
  return timingSafeEqual(digest(given), digest(wanted));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

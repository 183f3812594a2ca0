import type { Context } from 'hono';
import type { Actor } from '../domain/audit.js';
import type { Caller } from '../domain/role.js';

/** The person who sent a request, for the audit trail. */
export type ActorOf = (context: Context) => Actor;

/** Names the person by the token of the request. */
export function actorsOf(callerOf: (context: Context) => Caller): ActorOf {
  return (context) => {
    const { name, role } = callerOf(context);
    return { by: name, role };
  };
}

import { type InboundEvent, postOf } from '../domain/event.js';

/**
 * Name of who wrote the message or comment; for one of our account also to whom: the contact of a message, the author
 * of the comment that it replies to (`answered`, if it is known), else the post.
 */
export function authorOf(event: InboundEvent, answered?: InboundEvent): string {
  if (event.direction !== 'outgoing') return nameOf(event);
  const account = event.account ?? '?';
  if (event.kind === 'message') return `${account} to ${nameOf(event)}`;
  if (answered !== undefined && answered.direction !== 'outgoing') return `${account} to ${nameOf(answered)}`;
  const post = postOf(event);
  return post === null ? account : `${account} on post ${post}`;
}

function nameOf({ contact }: InboundEvent): string {
  return contact.name ?? contact.username ?? (contact.id === '' ? 'somebody' : contact.id);
}

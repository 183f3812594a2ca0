import { z } from 'zod';
import type { CommentInput, HumanCommentInput, ReceiveInput } from './by-hand.js';
import type { RawCall } from './description.js';
import { refuse, type Response } from './response.js';
import type { ApiComment, ApiMessage, SandboxContact } from './rows.js';
import type { World } from './world.js';

/** Route of the sandbox alone, by which `autoresponder sandbox say` plays a person. Blotato has no such call. */
export const SAY_ROUTE = '/sandbox/say';

const text = z.string().min(1).max(10_000);

const saySchema = z.strictObject({
  /** Name or Blotato id of the account. */
  to: z.string().min(1),
  /** Name of the person. The same name is the same person. */
  from: z.string().min(1).max(100),
  text,
  as: z.enum(['message', 'comment']),
  /** `human`: the owner writes to that person in the platform's app. */
  by: z.enum(['contact', 'human']),
  /** Blotato's id of the comment to which the new comment replies. */
  replyTo: z.string().optional(),
});

const editSchema = z.strictObject({ edit: z.string().min(1), text });

export type SayInput = z.infer<typeof saySchema> | z.infer<typeof editSchema>;

/** Actions of a person by hand: write, comment, reply, or edit an earlier text. */
interface Hands {
  readonly apiKey: string;
  readonly world: World;
  receive(input: ReceiveInput): ApiMessage;
  comment(input: CommentInput): ApiComment;
  humanWrites(input: ReceiveInput): ApiMessage;
  humanComments(input: HumanCommentInput): ApiComment;
}

/** Plays what the body asks for and responds with the row that lists will show. */
export function say(hands: Hands, { method, headers, body }: RawCall): Response {
  if (method !== 'POST') return refuse(405, `${SAY_ROUTE} takes POST`);
  if (headers['blotato-api-key'] !== hands.apiKey)
    return refuse(401, 'the API key is missing or not valid; fix: give the key of the sandbox with --key');
  const edited = editSchema.safeParse(body);
  if (edited.success) return edit(hands, edited.data);
  const asked = saySchema.safeParse(body);
  if (!asked.success)
    return refuse(
      422,
      `${z.prettifyError(asked.error)}; fix: give a name of up to 100 characters and a text of up to 10,000`,
    );
  try {
    return { status: 201, body: write(hands, asked.data) };
  } catch (error) {
    return refuse(404, error instanceof Error ? error.message : String(error));
  }
}

function edit({ world }: Hands, { edit: id, text: now }: z.infer<typeof editSchema>): Response {
  const row = world.findMessage(id) ?? world.findComment(id);
  if (row === undefined)
    return refuse(
      404,
      `the sandbox has no message or comment '${id}'; fix: take the id that sandbox say printed`,
    );
  row.text = now;
  return { status: 200, body: { id } };
}

function write(hands: Hands, { to, from, text: said, as, by, replyTo }: z.infer<typeof saySchema>): unknown {
  const contact = personOf(from);
  if (as === 'message') {
    const message = { account: to, contact, text: said };
    return by === 'human' ? hands.humanWrites(message) : hands.receive(message);
  }
  if (by === 'human') {
    const parent = replyTo === undefined ? {} : { parentCommentId: replyTo };
    return hands.humanComments({ account: to, text: said, ...parent });
  }
  const parent = replyTo === undefined ? {} : { parent: replyTo };
  return hands.comment({ account: to, contact, text: said, ...parent });
}

const BY_HAND = 'by-hand-';

/** The id is made of the name, so that the same name writes in the same conversation. */
export function personOf(name: string): SandboxContact {
  const username = name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '.');
  return { id: `${BY_HAND}${username}`, name, username };
}

/** Whether somebody plays the contact with this id: generated traffic does not write in their name. */
export function isPlayedByHand(contact: string): boolean {
  return contact.startsWith(BY_HAND);
}

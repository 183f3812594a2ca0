import type { Context } from 'hono';
import { z } from 'zod';

/** Number of a send in the path of a route. */
export const sendId = z.coerce.number().int().positive();

/** Parses the JSON body of a request; undefined if it is not JSON. */
export async function bodyOf({ req }: Context): Promise<unknown> {
  return req.json().catch(() => undefined);
}

/** Validates a request body and runs the work with it, or responds with 400 and the error. */
export function withBody<T extends z.ZodType, R>(
  schema: T,
  body: unknown,
  context: Context,
  work: (value: z.output<T>) => R,
): R | Response {
  const read = schema.safeParse(body);
  if (read.success) return work(read.data);
  const [issue] = read.error.issues;
  return context.json({ error: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is not valid'}` }, 400);
}

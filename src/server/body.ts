import type { Context } from 'hono';
import type { z } from 'zod';

/** The JSON of a request; undefined if the body is not JSON. */
export async function bodyOf({ req }: Context): Promise<unknown> {
  return req.json().catch(() => undefined);
}

/** Runs the work with a checked value, or responds with what is wrong with it. */
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

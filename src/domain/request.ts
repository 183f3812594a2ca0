/** Methods of a webhook. A webhook reports something, so it never uses GET. */
export const WEBHOOK_METHODS = ['POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type WebhookMethod = (typeof WEBHOOK_METHODS)[number];

/** A template, or a value of JSON whose texts are templates. */
export type BodyTemplate =
  string | number | boolean | null | readonly BodyTemplate[] | { readonly [key: string]: BodyTemplate };

/** Content type of a body of one level that is sent as the fields of a form. */
export const FORM = 'application/x-www-form-urlencoded';

/** Headers by name; the values may contain `${NAME}`, which is replaced from the environment at sending. */
export type HeaderTemplates = Readonly<Record<string, string>>;

/** The content type in headers of any capitals, without its parameters; null if not set. */
export function contentTypeIn(headers: HeaderTemplates): string | null {
  const found = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type');
  return found?.[1].split(';')[0]?.trim().toLowerCase() ?? null;
}

/** Every text of a body. */
export function textsIn(body: BodyTemplate): readonly string[] {
  if (typeof body === 'string') return [body];
  return typeof body === 'object' && body !== null ? Object.values(body).flatMap(textsIn) : [];
}

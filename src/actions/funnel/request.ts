import { type BodyTemplate, contentTypeIn, FORM, type HeaderTemplates } from '../../domain/request.js';
import { type ComposeContext, renderPart, type Speaker } from '../compose/compose.js';

/** A request as written in a rule. */
export interface RequestTemplate {
  readonly url: string;
  readonly headers?: HeaderTemplates | undefined;
  readonly body?: BodyTemplate | undefined;
}

export type RenderedRequest =
  | {
      readonly ok: true;
      readonly target: string;
      /** The body, and the header with its type if the rule has none; null without a body. */
      readonly sent: { readonly text: string; readonly headers: HeaderTemplates } | null;
    }
  | { readonly ok: false; readonly error: string };

/** Renders address and body. Each value in the address is encoded, and texts in JSON cannot leave it. */
export function renderRequest(
  { url, headers = {}, body }: RequestTemplate,
  speaker: Speaker,
  context: ComposeContext,
): RenderedRequest {
  const target = renderPart(url, speaker, context, encodeURIComponent);
  if (!target.ok) return { ok: false, error: `url: ${target.error}` };
  if (body === undefined) return { ok: true, target: target.text, sent: null };
  const type = contentTypeIn(headers);
  try {
    const filled = fill(body, (text) => {
      const rendered = renderPart(text, speaker, context);
      if (!rendered.ok) throw new UnrenderedError(`body: ${rendered.error}`);
      return rendered.text;
    });
    const [text, standard] = encoded(filled, type === FORM);
    const typed: HeaderTemplates = type === null ? { 'content-type': standard } : {};
    return { ok: true, target: target.text, sent: { text, headers: typed } };
  } catch (error) {
    if (error instanceof UnrenderedError) return { ok: false, error: error.message };
    throw error;
  }
}

class UnrenderedError extends Error {}

/** The body with all its templates rendered. */
function fill(body: BodyTemplate, render: (text: string) => string): BodyTemplate {
  if (typeof body === 'string') return render(body);
  if (typeof body !== 'object' || body === null) return body;
  if (Array.isArray(body)) return body.map((each: BodyTemplate) => fill(each, render));
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, fill(value, render)]));
}

/** The body as text, and its content type. */
function encoded(body: BodyTemplate, isForm: boolean): readonly [string, string] {
  if (typeof body === 'string') return [body, 'text/plain; charset=utf-8'];
  if (!isForm || typeof body !== 'object' || body === null) return [JSON.stringify(body), 'application/json'];
  const fields = Object.entries(body).map(([key, value]): [string, string] => [
    key,
    typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value),
  ]);
  return [new URLSearchParams(fields).toString(), FORM];
}

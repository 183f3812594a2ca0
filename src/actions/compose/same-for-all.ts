import type { TemplateRoots } from './scope.js';

export type Rendered =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly error: string };

/** Roots that differ by contact or by moment. With brackets a template can put such a name together. */
const CHANGING = ['contact', 'message', 'comment', 'match', 'now', '['];
const MOST_KEPT = 500;

interface Kept {
  readonly key: string;
  readonly vars: unknown;
  readonly rendered: Rendered;
}

/** The latest rendering of each template without data of a contact: nothing personal is kept here. */
const latest = new Map<string, Kept>();

/**
 * The latest rendering of the template, if everything that it names is still the same, such as the opening hours;
 * else calls `render`. Templates with data of the contact are rendered each time, as are those that call `onNow`,
 * because they use the time of the reply.
 */
export function sameForAll(
  template: string,
  { account: { vars, ...account }, hours }: TemplateRoots,
  options: { readonly timezone: string; readonly locale: string | null },
  render: (onNow: () => void) => Rendered,
): Rendered {
  const marked = template.slice(Math.max(0, template.indexOf('{')), template.lastIndexOf('}') + 1);
  if (CHANGING.some((name) => marked.includes(name))) return render(() => undefined);
  const times = Object.entries(hours).map(([name, { state, next_open: open, next_close: close }]) =>
    [name, state, open?.getTime(), close?.getTime()].join(' '),
  );
  const key = JSON.stringify([options, times, marked.includes('account') ? account : null]);
  const known = latest.get(template);
  if (known?.key === key && known.vars === vars) return known.rendered;
  const used = { now: false };
  const rendered = render(() => (used.now = true));
  if (latest.size >= MOST_KEPT) latest.clear();
  if (!used.now) latest.set(template, { key, vars, rendered });
  return rendered;
}

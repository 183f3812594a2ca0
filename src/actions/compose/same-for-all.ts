import { rootsIn, type TemplateRoots } from './scope.js';

export type Rendered =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly error: string };

/** Roots that are the same for all contacts. Any other, also one that templates get in future, is never shared. */
const STEADY: ReadonlySet<keyof TemplateRoots> = new Set(['account', 'hours']);
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
  { account, hours }: TemplateRoots,
  options: { readonly timezone: string; readonly locale: string | null },
  render: (onNow: () => void) => Rendered,
): Rendered {
  const marked = template.slice(Math.max(0, template.indexOf('{')), template.lastIndexOf('}') + 1);
  if (!rootsIn(marked).every((name) => STEADY.has(name))) return render(() => undefined);
  const times = Object.entries(hours).map(([name, { state, next_open: open, next_close: close }]) =>
    [name, state, open?.getTime(), close?.getTime()].join(' '),
  );
  const { vars, ...named } = account;
  const key = JSON.stringify([options, times, marked.includes('account') ? named : null]);
  const known = latest.get(template);
  if (known?.key === key && known.vars === vars) return known.rendered;
  const used = { now: false };
  const rendered = render(() => (used.now = true));
  if (latest.size >= MOST_KEPT) latest.clear();
  if (!used.now) latest.set(template, { key, vars, rendered });
  return rendered;
}

import { groupBy, sumsOf } from '../domain/group.js';
import type { FunnelFigure } from '../store/ports/contact-views.js';
import { print } from './output.js';

const WIDTH = 10;

/** Prints the results of each funnel in the last 30 days. Prints nothing if there are no funnels. */
export function printFunnels(figures: readonly FunnelFigure[]): void {
  if (figures.length === 0) return;
  const heads = ['reached', 'sent', 'refused', 'answered', 'completed', 'open'];
  const cells = (values: readonly (string | number)[]) =>
    values.map((value) => String(value).padStart(WIDTH)).join('');
  print(`funnels  of the last 30 days\n  ${cells(heads)}`);
  for (const [rule, days] of groupBy(figures, ({ rule }) => rule)) {
    const sum = (of: (figure: FunnelFigure) => number): number => days.reduce((all, day) => all + of(day), 0);
    const refused = days.map((day) => day.refused);
    const sums = [
      ...[sum((day) => day.reached), sum((day) => day.sent), sum((day) => sumOf(day.refused))],
      ...[sum((day) => day.answered), sum((day) => day.completed), sum((day) => day.open)],
    ];
    print(`  ${cells(sums)}  ${rule}${reasonsOf(refused)}`);
  }
}

function sumOf(counts: FunnelFigure['refused']): number {
  return Object.values(counts).reduce((all, n) => all + n, 0);
}

/** Formats ` (refused: private_reply_used 3, window_closed 1)`. */
function reasonsOf(refused: readonly FunnelFigure['refused'][]): string {
  const counts = sumsOf(refused.flatMap((each) => Object.entries(each)));
  const shown = [...counts].map(([reason, n]) => `${reason} ${n}`);
  return shown.length === 0 ? '' : ` (refused: ${shown.join(', ')})`;
}

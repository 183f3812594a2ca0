import pc from 'picocolors';
import { type Difference, grouped, summaryOf } from '../rehearsal/difference.js';
import type { Decision } from '../domain/decision.js';
import { plain } from '../domain/terminal.js';
import { count } from './output.js';
import { shorten } from './shorten.js';

const EXAMPLES = 3;

/** Formats the differences, grouped by the change of rule and reason, the largest group first. `sides` names both rule sets. */
export function diffText(differences: readonly Difference[], total: number, sides: string): string {
  const lines = grouped(differences).flatMap(({ title, group }) => [
    '',
    `${String(group.length).padStart(7)}  ${pc.bold(title)}`,
    ...group.slice(0, EXAMPLES).flatMap(exampleLines),
  ]);
  return [
    `${count(differences.length, 'decision')} of ${total} would differ, ${plain(sides)}`,
    ...lines,
  ].join('\n');
}

function exampleLines({ id, text, before, after }: Difference): readonly string[] {
  const said = (mark: string, { actions }: Decision) =>
    actions.map((action) => `           ${mark} ${action.type} ${JSON.stringify(shorten(action.text, 90))}`);
  const isSame = summaryOf(before) === summaryOf(after);
  return [
    `         ${pc.dim(plain(id))} ${JSON.stringify(shorten(text, 80))}`,
    ...(isSame ? [...said(pc.red('-'), before), ...said(pc.green('+'), after)] : []),
  ];
}

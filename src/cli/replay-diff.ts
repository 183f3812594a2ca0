import pc from 'picocolors';
import type { Decision } from '../domain/decision.js';
import { shorten } from './journal.js';
import { count } from './output.js';

/** An event about which two rule sets decide differently. */
export interface Difference {
  readonly id: string;
  readonly text: string;
  readonly before: Decision;
  readonly after: Decision;
}

const EXAMPLES = 3;

/** Whether two decisions do something else, or say another reason. How they came about does not matter. */
export function differs(before: Decision, after: Decision): boolean {
  return effectOf(before) !== effectOf(after);
}

function effectOf({ rule, reason, actions }: Decision): string {
  return JSON.stringify([rule, reason, actions.map((action) => [action.rule, action.type, action.text])]);
}

/** The differences, grouped by what the rules before and now make of them, the largest group first. */
export function diffText(differences: readonly Difference[], total: number): string {
  const groups = new Map<string, Difference[]>();
  for (const each of differences) {
    const key = titleOf(each);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  const sorted = [...groups].sort((a, b) => b[1].length - a[1].length);
  const lines = sorted.flatMap(([title, group]) => [
    '',
    `${String(group.length).padStart(7)}  ${pc.bold(title)}`,
    ...group.slice(0, EXAMPLES).flatMap(exampleLines),
  ]);
  return [`${count(differences.length, 'decision')} of ${total} would differ`, ...lines].join('\n');
}

function titleOf({ before, after }: Difference): string {
  const [was, is] = [summaryOf(before), summaryOf(after)];
  return was === is ? `${was}, with other texts` : `${was} → ${is}`;
}

function summaryOf({ rule, reason, actions }: Decision): string {
  const rules = [...new Set(actions.map((action) => action.rule))].join(' + ');
  return `${rules === '' ? (rule ?? 'no rule') : rules} (${reason})`;
}

function exampleLines({ id, text, before, after }: Difference): readonly string[] {
  const said = (mark: string, { actions }: Decision) =>
    actions.map((action) => `           ${mark} ${action.type} ${JSON.stringify(shorten(action.text, 90))}`);
  const isSame = summaryOf(before) === summaryOf(after);
  return [
    `         ${pc.dim(id)} ${JSON.stringify(shorten(text, 80))}`,
    ...(isSame ? [...said(pc.red('-'), before), ...said(pc.green('+'), after)] : []),
  ];
}

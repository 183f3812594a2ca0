import { csvLine } from '../domain/csv.js';
import { FAQ_COLUMNS } from '../domain/faq.js';
import type { Rule } from '../domain/rule.js';
import { oneOf } from './parse.js';
import { count, print, printJson, say } from './output.js';
import { type CommonOptions, projectOf } from './project.js';

export interface ExportRulesOptions extends CommonOptions {
  readonly format: string;
}

/**
 * `export rules`: prints the rules as a FAQ table in CSV, which `import csv` reads, or as JSON, one rule per
 * line. CSV leaves out the rules that a table cannot express, and lists them.
 */
export async function exportRules(options: ExportRulesOptions): Promise<void> {
  const format = options.json ? 'json' : oneOf('--format', options.format, ['csv', 'json']);
  const { rules } = await projectOf(options);
  if (format === 'json') {
    for (const { place, ...rule } of rules.rules) printJson({ ...rule, file: place.file, line: place.line });
    return;
  }
  const columns = FAQ_COLUMNS.filter((column) => column !== 'language');
  print(csvLine(columns));
  let leftOut = 0;
  for (const rule of rules.rules) {
    const why = notInATable(rule);
    if (why === null) {
      const cells = cellsOf(rule);
      print(csvLine(columns.map((column) => cells[column])));
      continue;
    }
    leftOut += 1;
    say(`left out: ${rule.id} has ${why}`);
  }
  if (leftOut > 0) say(`${count(leftOut, 'rule')} left out; --format json has all`);
}

/** The property of a rule that a row of a table cannot express; null if the rule fits into a row. */
function notInATable(rule: Rule): string | null {
  const { actions, effects, oncePer } = rule;
  const [only, ...more] = actions;
  const checks: readonly (readonly [boolean, string])[] = [
    [rule.when !== null, 'conditions (when)'],
    [rule.funnel !== null, 'a funnel'],
    [rule.posts.length > 0, 'posts'],
    [!isList(rule), 'other than a list of keywords'],
    [only === undefined || more.length > 0, 'no reply, or several'],
    [only?.type === 'comment_reply', 'a public reply'],
    [
      only !== undefined && (only.reply.texts.length > 1 || only.reply.delay !== null),
      'several texts, or a delay',
    ],
    [effects.some(({ type }) => type !== 'tag'), 'effects other than tags'],
    [
      rule.continue || rule.silent || isInShadow(rule) || rule.settle !== undefined,
      'continue, silent, settle or shadow',
    ],
    [actions.some(({ reply }) => reply.languages !== undefined), 'texts by language'],
    [oncePer === null, 'once_per: false'],
  ];
  return checks.find(([isSo]) => isSo)?.[1] ?? null;
}

function isList({ keywords, examples }: Rule): boolean {
  if (keywords === null) return examples !== undefined;
  return keywords.match === 'word' && keywords.all.length + keywords.none.length === 0;
}

/** True if the rule sends nothing for another reason than having examples only. */
function isInShadow({ mode, keywords, examples }: Rule): boolean {
  return mode === 'shadow' && (keywords !== null || examples === undefined);
}

function cellsOf(rule: Rule): Readonly<Record<(typeof FAQ_COLUMNS)[number], string>> {
  const words = rule.keywords?.any ?? [];
  const isQuestion = (word: string): boolean => word.endsWith('?');
  const tags = rule.effects.flatMap((effect) => (effect.type === 'tag' ? effect.tags : []));
  return {
    // A rule of a FAQ table is exported as its row was written.
    key: rule.id.slice(rule.id.indexOf('/') + 1),
    question: [...words.filter(isQuestion), ...(rule.examples?.texts ?? [])].join('\n'),
    keywords: words.filter((word) => !isQuestion(word)).join(', '),
    answer: plainOf(rule.actions[0]?.reply.texts[0] ?? ''),
    on: rule.on,
    platform: rule.platforms.join(', '),
    account: rule.accounts.join(', '),
    language: '',
    tags: tags.join(', '),
    priority: rule.priority === 0 ? '' : String(rule.priority),
    enabled: rule.enabled ? 'yes' : 'no',
  };
}

/** Undoes the escapes that `import` writes around literal braces of a template. */
const plainOf = (template: string): string => template.replace(/\{\{ '(?<sign>\{[{%])' \}\}/gu, '$<sign>');

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { formatInstant } from '../domain/time.js';
import { plain } from '../domain/terminal.js';
import type { Rule } from '../domain/rule.js';
import { compileSet } from '../engine/rule-set.js';
import { readTexts, sealedWords } from '../suggest/journal.js';
import type { Group } from '../suggest/groups.js';
import type { Proposal } from '../suggest/proposal.js';
import { suggest as propose, type Suggestions } from '../suggest/suggest.js';
import { proposalText, suggestionsText } from '../suggest/text.js';
import { Exit } from './exit.js';
import { writeNewFile } from './new-file.js';
import { count, nearPath, print, printJson, say } from './output.js';
import { durationOf, integerOf } from './parse.js';
import { createProgress } from './progress.js';
import { type CommonOptions, projectOf, withReader } from './project.js';
import { shorten } from './shorten.js';

export interface SuggestOptions extends CommonOptions {
  readonly since?: string;
  readonly limit: string;
  readonly write?: string;
  readonly read?: string;
  readonly label?: readonly string[];
}

const TEXT_SHOWN = 60;
const GROUPS_SHOWN = 20;

/**
 * `suggest`: proposes rules, examples and `not` messages for the messages that nothing answered. Prints a rule
 * file, or writes it; never overwrites a file.
 */
export async function suggest(options: SuggestOptions): Promise<void> {
  const { write, since, read, label } = options;
  if (read !== undefined) return (await import('./read-rule.js')).readRule({ ...options, read });
  if (label !== undefined)
    throw new Exit(1, '--label needs --read RULE; fix: name the rule that the messages are judged for');
  if (write !== undefined && existsSync(write)) {
    throw new Exit(
      1,
      `${nearPath(resolve(write))} already exists; fix: name a new file, since suggest overwrites none`,
    );
  }
  const limit = integerOf('--limit', options.limit, 1, 100);
  const from = since === undefined ? 0 : Date.now() - durationOf('--since', since);
  const { config, rules, holidays } = await projectOf(options);
  const texts = await withReader(options, (store) => readTexts(store, { now: Date.now(), since: from }));
  const progress = createProgress('message');
  const suggestions = await propose({
    ...{ ...texts, rules: rules.rules, limit },
    sealed: sealedWords(texts.labels),
    compile: (changed: readonly Rule[]) => compileSet(changed, config.calendars, holidays),
    onProgress: progress.at,
  });
  progress.end();
  const text = suggestionsText(suggestions);
  if (write !== undefined && suggestions.proposals.length > 0) writeNewFile(write, text);
  if (options.json) printJson(toJson(suggestions, write));
  else tell(suggestions, text, write);
}

function toJson({ proposals, others, ...counts }: Suggestions, write: string | undefined): object {
  return {
    proposals: proposals.map((each) => ({ ...proposalJson(each), yaml: proposalText(each) })),
    others: others.map(groupJson),
    ...counts,
    ...(write === undefined || proposals.length === 0 ? {} : { file: write }),
  };
}

function proposalJson({ change, rule, on, texts, group, effects, test }: Proposal): object {
  return {
    ...{ rule, on, ...change, texts, ...groupJson(group) },
    ...{ effects, test: { text: test.text, expect: test.isAnswered ? rule : null } },
  };
}

function groupJson({ wordings, messages, contacts, latest }: Group): object {
  const shown = wordings.slice(0, GROUPS_SHOWN).map(({ text, events }) => ({ text, n: events.length }));
  return { messages, contacts, latest: formatInstant(latest), wordings: shown };
}

function tell(suggestions: Suggestions, text: string, write: string | undefined): void {
  const { proposals, others, answeredNow, alone, wordless, older } = suggestions;
  if (proposals.length > 0 && write === undefined) print(text.trimEnd());
  for (const { messages, contacts, wordings } of others.slice(0, GROUPS_SHOWN)) {
    const typical = plain(JSON.stringify(shorten(wordings[0]?.text ?? '', TEXT_SHOWN)));
    say(`no proposal: ${count(messages, 'message')} of ${count(contacts, 'contact')}, such as ${typical}`);
  }
  const rest = counted([
    [others.length - GROUPS_SHOWN, 'more group', ''],
    [alone, 'message', ' with fewer than 2 like it'],
    [wordless, 'message', ' without a letter'],
    [older, 'older message', ' left out'],
    [answeredNow, 'message', ' that the rules answer by now'],
  ]);
  const where = write === undefined || proposals.length === 0 ? '' : `wrote ${nearPath(resolve(write))}: `;
  say(`${where}${count(proposals.length, 'proposal')}${rest === '' ? '' : `; besides: ${rest}`}`);
}

function counted(counts: readonly (readonly [number, string, string])[]): string {
  return counts
    .filter(([n]) => n > 0)
    .map(([n, word, which]) => `${count(n, word)}${which}`)
    .join(', ');
}

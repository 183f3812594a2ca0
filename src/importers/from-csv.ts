import { type FaqRow, readFaq } from './faq.js';
import {
  createLosses,
  type Imported,
  type ImportedRule,
  type KnownAccount,
  type Losses,
  type SourceFile,
} from './imported.js';
import { literal, tagsOf, usable } from './texts.js';

/** A FAQ table in CSV: each row becomes a rule. */
export function fromCsv(file: SourceFile, accounts: readonly KnownAccount[]): Imported {
  const losses = createLosses();
  const rules = readFaq(file, accounts).map((row) => ruleOf(row, `${file.name}:${row.line}`, losses));
  return { rules, lost: losses.list };
}

function ruleOf(row: FaqRow, place: string, losses: Losses): ImportedRule {
  const keywords = usable([...row.keywords, ...row.questions], place, losses);
  if (row.language !== null)
    losses.note(place, `the language (${row.language}): the rule replies in each language`);
  const tags = tagsOf(row.tags, place, losses);
  const scope = {
    ...(row.platforms.length > 0 ? { platforms: row.platforms } : {}),
    ...(row.accounts.length > 0 ? { accounts: row.accounts } : {}),
    ...(row.priority === null ? {} : { priority: row.priority }),
    ...(row.isEnabled ? {} : { enabled: false }),
  };
  const answer = literal(row.answer);
  const says = row.on === 'comment' ? { private_reply: answer } : { reply: answer };
  const keys = { ...scope, keywords, ...says, ...(tags.length > 0 ? { tag: tags } : {}) };
  return { id: row.key, place, on: row.on, keys, samples: row.isEnabled ? keywords : [] };
}

import type { FaqRow } from '../domain/faq.js';
import { readFaq } from './faq.js';
import {
  given,
  type ImportedRule,
  type KnownAccount,
  type Losses,
  type SourceFile,
  stateKeys,
} from './imported.js';
import { exampleKeys, literal, tagsOf, usable } from './texts.js';

/** Imports a FAQ table in CSV: each row becomes a rule. */
export function fromCsv(
  file: SourceFile,
  losses: Losses,
  accounts: readonly KnownAccount[],
): readonly ImportedRule[] {
  return readFaq(file, accounts).map((row) => ruleOf(row, `${file.name}:${row.row}`, losses));
}

function ruleOf(row: FaqRow, place: string, losses: Losses): ImportedRule {
  const asked = exampleKeys(row.questions, place, losses);
  const isAsked = 'examples' in asked;
  const keywords = usable(isAsked ? row.keywords : [...row.keywords, ...row.questions], place, losses);
  if (row.language !== null)
    losses.note(place, `the language (${row.language}): the rule replies in each language`);
  const { platforms, accounts, priority } = row;
  const on = row.on ?? 'message';
  const keys = {
    ...given({ platforms, accounts, priority }),
    ...stateKeys(row.isEnabled),
    ...(isAsked ? asked : {}),
    ...given({ keywords }),
    [on === 'comment' ? 'private_reply' : 'reply']: literal(row.answer),
    ...given({ tag: tagsOf(row.tags, place, losses) }),
  };
  const texts = isAsked ? [...keywords, ...row.questions] : keywords;
  return { id: row.key, place, on, keys, samples: row.isEnabled ? texts : [] };
}

import type { Rule } from '../domain/rule.js';
import type { Finding } from '../domain/finding.js';
import { PLACEHOLDERS } from '../domain/placeholder.js';
import type { LintParts } from './parts.js';
import { requestTextsOf, textsOf } from './texts.js';
import { type RuleWarning, warnOfConfig } from './warning.js';

/**
 * Finds placeholders that `init` wrote into the configuration and `suggest` into rules: with the ids nothing can
 * be read or sent, and contacts would see the texts.
 */
export function placeholders(rule: Rule): readonly RuleWarning[] {
  // A proposed rule starts in shadow mode.
  if (rule.mode === 'shadow') return [];
  const message = `"${PLACEHOLDERS.reply}" is a placeholder of \`suggest\``;
  const fix = 'Write the reply, since contacts get this text.';
  return [...textsOf(rule), ...requestTextsOf(rule)]
    .filter(({ text }) => text === PLACEHOLDERS.reply)
    .map(({ path }) => [path, { code: 'placeholder', message, fix }]);
}

/** The same in the configuration. */
export function placeholdersInConfig({ config, pointInConfig }: LintParts): readonly Finding[] {
  return config.accounts.flatMap((account, index) => {
    const warn = (path: readonly string[], message: string, fix: string): Finding =>
      warnOfConfig(pointInConfig, ['accounts', index, ...path], { code: 'placeholder', message, fix });
    const { id, brand } = PLACEHOLDERS;
    return [
      ...(account.id === id
        ? [warn(['id'], `id: "${id}" is a placeholder of \`init\``, "Write Blotato's id of the account.")]
        : []),
      ...(account.pageId === id
        ? [warn(['page_id'], `page_id: "${id}" is a placeholder of \`init\``, 'Write the id of the page.')]
        : []),
      ...Object.entries(account.vars)
        .filter(([, value]) => value === brand)
        .map(([name]) =>
          warn(['vars', name], `${name}: "${brand}" is a placeholder of \`init\``, 'Write your own.'),
        ),
    ];
  });
}

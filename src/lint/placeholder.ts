import type { Finding } from '../domain/finding.js';
import { PLACEHOLDERS } from '../domain/placeholder.js';
import type { LintParts } from './parts.js';
import { requestTextsOf, textsOf } from './texts.js';
import { warnOfConfig, warnOfRule } from './warning.js';

/**
 * Finds placeholders that `init` wrote into the configuration and `suggest` into rules: with the ids nothing can
 * be read or sent, and contacts would see the texts.
 */
export function placeholders(parts: LintParts): readonly Finding[] {
  return [...inConfig(parts), ...inRules(parts)];
}

/** Replies that contacts would get; a proposed rule starts in shadow mode. */
function inRules({ rules }: LintParts): readonly Finding[] {
  return rules.rules
    .filter(({ mode }) => mode !== 'shadow')
    .flatMap((rule) =>
      [...textsOf(rule), ...requestTextsOf(rule)]
        .filter(({ text }) => text === PLACEHOLDERS.reply)
        .map(({ path }) =>
          warnOfRule(rules, rule, path, {
            code: 'placeholder',
            message: `"${PLACEHOLDERS.reply}" is a placeholder of \`suggest\``,
            fix: 'Write the reply, since contacts get this text.',
          }),
        ),
    );
}

function inConfig({ config, pointInConfig }: LintParts): readonly Finding[] {
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

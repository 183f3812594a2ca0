import { hoursRoots } from '../actions/compose/compose.js';
import { render } from '../actions/compose/render.js';
import type { AccountConfig } from '../domain/config.js';
import type { Rule } from '../domain/rule.js';
import type { Panel } from './panel.js';

/** A fake contact for rendering example texts. */
const CONTACT = { id: 'example', name: 'Alex Example', username: 'alex', fields: {}, tags: [] };
const PLACEHOLDER = /\{\{.*?\}\}|\{%.*?%\}/gsu;

/**
 * Renders a template for an example contact. If it needs data of a real message, placeholders are replaced by
 * an ellipsis.
 */
export function exampleOf(template: string, rule: Rule | null, panel: Panel): string {
  const account = accountFor(rule, panel);
  if (account === undefined || !template.includes('{')) return template;
  const now = new Date(panel.clock());
  const keyword = rule?.keywords?.any[0] ?? null;
  const said = { id: 'example', text: keyword ?? '…', at: now };
  const roots = {
    contact: CONTACT,
    ...(rule?.on === 'comment' ? { comment: { ...said, post: null } } : { message: said }),
    account,
    match: { keyword, groups: {} },
    hours: hoursRoots(panel.set(), panel.clock()),
    now,
  };
  const timezone = panel.config.calendars[0]?.timezone ?? 'UTC';
  return shown(template, render(template, roots, timezone, account.locale ?? null));
}

function shown(template: string, rendered: ReturnType<typeof render>): string {
  return rendered.ok && rendered.text !== '' ? rendered.text : template.replace(PLACEHOLDER, '…');
}

/** The first account that the rule applies to. */
function accountFor(rule: Rule | null, { config }: Panel): AccountConfig | undefined {
  const isMeant = ({ name, platform }: AccountConfig): boolean =>
    rule === null ||
    ((rule.accounts.length === 0 || rule.accounts.includes(name)) &&
      (rule.platforms.length === 0 || rule.platforms.includes(platform)));
  return config.accounts.find(isMeant) ?? config.accounts[0];
}

import type { Effect } from '../domain/funnel.js';
import type { TextKind } from './context.js';
import type { Path } from '../yaml/source.js';
import { millis } from '../yaml/values.js';
import type { Draft } from './draft.js';
import type { RawEffects } from './step-schema.js';
import { checkText } from './texts.js';

const REFERENCE = /^\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)\}$/u;

/**
 * The effects of a rule or step in execution order: the webhook runs after tags and fields, so its payload
 * includes them, and the pause comes last.
 */
export function toEffects(draft: Draft, raw: RawEffects, pathOf: (key: string) => Path, kind: TextKind): readonly Effect[] {
  const effects: Effect[] = [];
  const { tag, untag, set, webhook, pause, handoff } = raw;
  if (tag !== undefined) effects.push({ type: 'tag', tags: [tag].flat() });
  if (untag !== undefined) effects.push({ type: 'untag', tags: [untag].flat() });
  if (set !== undefined) {
    for (const [name, text] of Object.entries(set)) checkText(draft, [...pathOf('set'), name], text, kind);
    effects.push({ type: 'set', fields: set });
  }
  if (webhook !== undefined) {
    checkAddress(draft, [...pathOf('webhook'), 'url'], webhook.url);
    if (webhook.secret !== undefined) checkSecret(draft, [...pathOf('webhook'), 'secret'], webhook.secret);
    effects.push({ type: 'webhook', url: webhook.url, secret: webhook.secret ?? null });
  }
  if (pause !== undefined) effects.push({ type: 'pause', time: pause === true ? null : millis(pause) });
  if (handoff !== undefined) effects.push(toHandoff(draft, handoff, pathOf('handoff'), kind));
  return effects;
}

function toHandoff(
  draft: Draft,
  raw: NonNullable<RawEffects['handoff']>,
  path: Path,
  kind: TextKind,
): Effect {
  const { note = null, for: time } = typeof raw === 'object' ? raw : { note: raw === true ? null : raw };
  if (note !== null) checkText(draft, typeof raw === 'object' ? [...path, 'note'] : path, note, kind);
  return { type: 'handoff', note, time: time === undefined ? null : millis(time) };
}

function checkAddress({ source, context }: Draft, path: Path, url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const report = (message: string, fix: string): void => source.report(path, { code: 'webhook', message, fix });
  if (!parsed || !['http:', 'https:'].includes(parsed.protocol) || parsed.username !== '') {
    const fix = 'Write https://crm.example/hooks/lead. A name and password do not belong in it.';
    report(`url: ${source.describe(path)} is not a web address`, fix);
  } else if (parsed.protocol === 'http:' && context.allowHosts?.includes(parsed.hostname) === false) {
    const fix = `Write https://, or name ${parsed.hostname} in webhooks.allow_hosts of config.yaml.`;
    report('url: requests to it are not encrypted', fix);
  }
}

/** A secret written into a rule file would end up in the store, in the journal and in a repository. */
function checkSecret({ source, context }: Draft, path: Path, secret: string): void {
  const name = REFERENCE.exec(secret)?.groups?.['name'];
  if (name === undefined) {
    const message = 'secret: a secret does not belong in a rule file';
    source.report(path, {
      code: 'webhook',
      message,
      fix: 'Keep it in the environment, and write its name: "${CRM_SECRET}".',
    });
  } else if (context.hasVariable?.(name) === false) {
    const message = `secret: the environment variable ${name} is not set`;
    source.report(path, { code: 'missing-variable', message, fix: `Set ${name} before the program starts.` });
  }
}

import type { Effect, Step } from '../domain/funnel.js';
import type { Rule } from '../domain/rule.js';
import { nearest } from '../yaml/nearest.js';
import type { LintParts } from './parts.js';
import { requestTextsOf, textsOf } from './texts.js';
import { type RuleWarning } from './warning.js';

/** A field of the contact in a template; a default behind it says that it may be missing. */
const FIELD = /\bcontact\.fields\.(?<name>[A-Za-z_][A-Za-z0-9_]*)(?!\w)(?![^{}]*\bdefault\b)/gu;

/**
 * Fields in texts and requests that no step of any rule stores: the text is never sent, and the request never made,
 * unless the owner has stored them with a rule of the past.
 */
export function unknownFields({ rules }: LintParts): (rule: Rule) => readonly RuleWarning[] {
  const known = new Set(rules.rules.flatMap(fieldsOf));
  return (rule) => {
    const found = new Map<string, RuleWarning>();
    for (const { text, path } of [...textsOf(rule), ...requestTextsOf(rule)]) {
      // A text with tags may ask first whether the field is there.
      if (text.includes('{%')) continue;
      for (const { groups } of text.matchAll(FIELD)) {
        const name = groups?.['name'] ?? '';
        if (known.has(name) || found.has(name)) continue;
        const near = nearest(name, known);
        const message = `no rule stores the field "${name}" of the contact, which this text needs`;
        const fix = `${near === undefined ? '' : `Did you mean ${near}? `}Store it with save or set, or write | default: "…".`;
        found.set(name, [path, { code: 'unknown-field', message, fix }]);
      }
    }
    return [...found.values()];
  };
}

/** Fields that a rule stores. */
function fieldsOf({ effects, funnel }: Rule): readonly string[] {
  const steps: readonly (Step | Effect)[] = [
    ...effects,
    ...(funnel?.steps ?? []),
    ...(funnel?.otherwise ?? []),
  ];
  return steps.flatMap((step): readonly string[] => {
    switch (step.type) {
      case 'set':
        return Object.keys(step.fields);
      case 'ask':
        return step.ask.save === null ? [] : [step.ask.save];
      case 'code':
        return [step.save];
      case 'fetch':
        return Object.keys(step.save);
      default:
        return [];
    }
  });
}

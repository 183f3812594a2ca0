import { describe, expect, it } from 'vitest';
import { HOUR } from '../../src/domain/time.js';
import { parseRules, type RuleContext } from '../../src/rules/parse.js';
import { CONTEXT } from './context.js';

function parsed(lines: string, more: Partial<RuleContext> = {}) {
  const text = `version: 1\nrules:\n  - id: a\n    on: message\n    keywords: [hi]\n${lines.replace(/^/gmu, '    ')}\n`;
  return parseRules(text, 'faq.yaml', { ...CONTEXT, ...more });
}

function effectsOf(lines: string, more: Partial<RuleContext> = {}) {
  const checked = parsed(lines, more);
  if (!checked.ok) throw new Error(checked.findings.map(({ message }) => message).join('\n'));
  return checked.value.rules[0]?.effects;
}

function faultsOf(lines: string, more: Partial<RuleContext> = {}) {
  const checked = parsed(lines, more);
  return checked.ok ? [] : checked.findings.map(({ code, message, fix }) => [code, message, fix]);
}

describe('the actions of a rule without a reply', () => {
  it('run in a fixed order, whatever the order in the file', () => {
    const lines = [
      'handoff: true',
      'pause: true',
      'webhook: { url: "https://crm.example/lead", secret: "${CRM_SECRET}" }',
      'set: { size: "{{ text }}", lang: en }',
      'untag: lost',
      'tag: [vip, new]',
    ];
    expect(effectsOf(lines.join('\n'))).toEqual([
      { type: 'tag', tags: ['vip', 'new'] },
      { type: 'untag', tags: ['lost'] },
      { type: 'set', fields: { size: '{{ text }}', lang: 'en' } },
      { type: 'webhook', url: 'https://crm.example/lead', secret: '${CRM_SECRET}' },
      { type: 'pause', time: null },
      { type: 'handoff', note: null, time: null },
    ]);
  });

  it.each([
    ['reply: Hello', []],
    ['tag: vip', [{ type: 'tag', tags: ['vip'] }]],
    ['untag: [a, b]', [{ type: 'untag', tags: ['a', 'b'] }]],
    ['pause: 2h', [{ type: 'pause', time: 2 * HOUR }]],
    ['handoff: Call {{ contact.name }}', [{ type: 'handoff', note: 'Call {{ contact.name }}', time: null }]],
    ['handoff: { for: 3h }', [{ type: 'handoff', note: null, time: 3 * HOUR }]],
    ['handoff: { note: urgent, for: 1h }', [{ type: 'handoff', note: 'urgent', time: HOUR }]],
    [
      'webhook: { url: "https://crm.example/{{ text }}", method: PUT, headers: { X-A: "Bearer ${T}" }, body: { a: [1, "{{ text }}", null] } }',
      [
        {
          ...{ type: 'webhook', url: 'https://crm.example/{{ text }}', secret: null, method: 'PUT' },
          ...{ headers: { 'X-A': 'Bearer ${T}' }, body: { a: [1, '{{ text }}', null] } },
        },
      ],
    ],
    [
      'webhook: { url: "https://crm.example" }',
      [{ type: 'webhook', url: 'https://crm.example', secret: null }],
    ],
  ])('%s', (lines, effects) => {
    expect(effectsOf(lines)).toEqual(effects);
  });

  it('have their templates checked, each with its place', () => {
    const seen: string[] = [];
    const checkTemplate: RuleContext['checkTemplate'] = (text) => {
      seen.push(text);
      return [];
    };
    effectsOf('set: { size: one }\nhandoff: two', { checkTemplate });
    effectsOf('handoff: { note: three }', { checkTemplate });
    effectsOf('handoff: true', { checkTemplate });
    expect(seen).toEqual(['one', 'two', 'three']);
  });

  it.each(['crm.example', 'ftp://crm.example', 'https://user@crm.example'])(
    'a webhook to a forbidden address is refused: %s',
    (url) => {
      expect(faultsOf(`webhook: { url: "${url}" }`)).toEqual([
        [
          'webhook',
          `url: "${url}" is not a web address`,
          'Write https://crm.example/hooks/lead. A name and password do not belong in it.',
        ],
      ]);
    },
  );

  it.each([
    [
      'a host from a template',
      'url: "https://{{ contact.id }}.example/a"',
      'url: a template may not choose the host',
    ],
    [
      'a host that a template continues',
      'url: "https://crm.example{{ text }}"',
      'url: a template may not choose the host',
    ],
    [
      'a key in plain text',
      'headers: { X-Api-Key: abc }',
      'headers: X-Api-Key: a secret does not belong in a rule file',
    ],
    [
      'a header of the program',
      'headers: { Idempotency-Key: a }',
      'headers: Idempotency-Key is set by the program',
    ],
    [
      'a header with a line end',
      'headers: { X-A: "a\\nb" }',
      'headers: X-A has a character that no header may have',
    ],
    ['a template in a header', 'headers: { X-A: "{{ text }}" }', 'headers: X-A: a header is no template'],
    [
      'no name of a variable',
      'headers: { X-A: "${a b}" }',
      'headers: X-A: ${a b} names no environment variable',
    ],
    [
      'a variable that is not set',
      'headers: { X-A: "${NOPE}" }',
      'headers: X-A: the environment variable NOPE is not set, or empty',
    ],
    [
      'a secret in the body',
      'body: { key: "${CRM_SECRET}" }',
      'body: variables of the environment are only replaced in headers, since the body is stored',
    ],
    [
      'a form of two levels',
      'headers: { content-type: application/x-www-form-urlencoded }, body: { a: { b: c } }',
      'body: a form has one level: a name and a text each',
    ],
  ])('a webhook is refused with %s', (_, keys, message) => {
    const url = keys.startsWith('url') ? '' : 'url: "https://crm.example/{{ text }}", ';
    const hasVariable = (name: string) => name === 'CRM_SECRET';
    expect(faultsOf(`webhook: { ${url}${keys} }`, { hasVariable }).map(([, found]) => found)).toEqual([
      message,
    ]);
  });

  it('a webhook by http is accepted only to hosts of webhooks.allow_hosts', () => {
    const line = 'webhook: { url: "http://crm.local/lead" }';
    expect(faultsOf(line, { allowHosts: ['other'] })).toEqual([
      [
        'webhook',
        'url: requests to it are not encrypted',
        'Write https://, or name crm.local in webhooks.allow_hosts of config.yaml.',
      ],
    ]);
    expect(faultsOf(line, { allowHosts: ['crm.local'] })).toEqual([]);
  });

  it('a webhook secret must be a reference to the environment', () => {
    const line = (secret: string) => `webhook: { url: "https://crm.example", secret: "${secret}" }`;
    const inTheFile = [
      'webhook',
      'secret: a secret does not belong in a rule file',
      'Keep it in the environment, and write its name: "${CRM_SECRET}".',
    ];
    expect(faultsOf(line('hunter2'))).toEqual([inTheFile]);
    expect(faultsOf(line('x${CRM_SECRET}'))).toEqual([inTheFile]);
    expect(faultsOf(line('${CRM_SECRET}x'))).toEqual([inTheFile]);
    const hasVariable = (name: string): boolean => name === 'CRM_SECRET';
    expect(faultsOf(line('${CRM_SECRET}'), { hasVariable })).toEqual([]);
    expect(faultsOf(line('${OTHER}'), { hasVariable })).toEqual([
      [
        'missing-variable',
        'secret: the environment variable OTHER is not set, or empty',
        'Give OTHER a value before the program starts.',
      ],
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { PLACEHOLDERS } from '../../src/domain/placeholder.js';
import { findingsOf, warningsOf } from './linted.js';

const rulesOf = (more: string) => `version: 1
rules:
  - { id: f, on: message, keywords: [hello], reply: Hi, ${more} }
  - { id: other, on: message, keywords: [size], reply: Ok, set: { size: "{{ message.text }}" } }
`;

async function warnings(more: string, codes: readonly string[]): Promise<string[]> {
  const found = [...(await findingsOf(rulesOf(more))), ...warningsOf(rulesOf(more))];
  return found.flatMap(({ code, message }) => (codes.includes(code) ? [`${code}: ${message}`] : []));
}

describe('check looks into webhooks and fetches for', () => {
  const never = (name: string) =>
    `unknown-field: no rule stores the field "${name}" of the contact, which this text needs`;

  it.each([
    ['the address of a webhook', 'webhook: { url: "https://crm.example/{{ contact.fields.siz }}" }', 'siz'],
    [
      'the body of a webhook',
      'webhook: { url: "https://crm.example/", body: { list: [{ n: "{{ contact.fields.amount | strip }}" }] } }',
      'amount',
    ],
    [
      'the address of a fetch',
      'then: [{ fetch: { url: "https://shop.example/{{ contact.fields.order }}" } }]',
      'order',
    ],
    [
      'the body of a fetch',
      'then: [{ fetch: { url: "https://shop.example/", method: POST, body: "{{ contact.fields.order }}" } }]',
      'order',
    ],
    ['a text', 'then: [{ reply: "Your {{ contact.fields.order }}" }]', 'order'],
  ])('fields that no rule stores: %s', async (_, more, name) => {
    const found = await warnings(more, ['unknown-field']);
    expect(found).toEqual([never(name)]);
  });

  it.each([
    ['webhook: { url: "https://crm.example/{{ contact.fields.size }}" }'],
    [
      'then: [{ fetch: { url: "https://shop.example/", save: { order: "$.id" } } }, { reply: "{{ contact.fields.order }}" }]',
    ],
    [
      'then: [{ ask: { text: "Order?", expect: any, save: order } }, { reply: "{{ contact.fields.order }}" }]',
    ],
    [`then: [{ reply: "{{ contact.fields.order | default: 'none' }}" }]`],
    ['then: [{ reply: "{% if contact.fields.order %}{{ contact.fields.order }}{% endif %}" }]'],
  ])('fields, and claims nothing of %s', async (more) => {
    expect(await warnings(more, ['unknown-field'])).toEqual([]);
  });

  it.each([
    ['webhook: { url: "https://crm.example/hook?api_key=abc123" }', 'url: api_key'],
    ['webhook: { url: "https://crm.example/hook", body: { token: abc123 } }', 'body: token'],
    [
      'webhook: { url: "https://crm.example/hook", body: { auth: { client_secret: abc123 } } }',
      'body: client_secret',
    ],
    [
      'then: [{ fetch: { url: "https://shop.example/?q={{ message.text }}&access_token=abc123" } }]',
      'url: access_token',
    ],
    [
      'then: [{ fetch: { url: "https://shop.example/", method: POST, body: { password: abc123 } } }]',
      'body: password',
    ],
  ])('secrets in plain text: %s', async (more, what) => {
    const found = await warnings(more, ['plain-secret']);
    expect(found).toEqual([
      `plain-secret: ${what} looks like a secret in plain text: it is stored with each request`,
    ]);
  });

  it.each([
    ['webhook: { url: "https://crm.example/hook?list=7" }'],
    ['webhook: { url: "https://crm.example/{{ contact.id }}?token={{ match.keyword }}" }'],
    ['webhook: { url: "https://crm.example/hook", body: { tokens: 7, secretary: Mia } }'],
  ])('secrets, and claims nothing of %s', async (more) => {
    expect(await warnings(more, ['plain-secret'])).toEqual([]);
  });

  it('placeholders, and calendars that only they use', async () => {
    const body = `webhook: { url: "https://crm.example/", body: { text: "${PLACEHOLDERS.reply}" } }`;
    expect(await warnings(body, ['placeholder'])).toHaveLength(1);
    const rules = (more: string) => `version: 1
rules: [{ id: f, on: message, keywords: [hello], reply: "{{ hours.never.state }} {{ hours.always.state }}", ${more} }]
`;
    const unused = async (more: string) =>
      (await findingsOf(rules(more))).filter(({ code }) => code === 'unused-calendar').length;
    expect(await unused('tag: x')).toBe(1);
    expect(
      await unused('webhook: { url: "https://crm.example/", body: { open: "{{ hours.shop.state }}" } }'),
    ).toBe(0);
  });
});

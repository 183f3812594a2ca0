import { expect, test } from 'vitest';
import { loadDescription } from '../../src/sandbox/description.js';

test('a sandbox response that violates the API description is detected', async () => {
  const description = await loadDescription();
  const check = (status: number, body: unknown): readonly string[] =>
    description.checkResponse('GET /v2/messages', status, body);
  expect(check(200, { items: [] })).toEqual([]);
  expect(check(200, {})).toHaveLength(1);
  expect(check(200, { items: [{ id: 1 }] }).length).toBeGreaterThan(0);
  expect(check(422, {})).toHaveLength(1);
  expect(check(418, { message: 'teapot' })).toEqual(['418 is not described']);
});

test('a route is named as in the API descriptions', async () => {
  const description = await loadDescription();
  expect(description.route('GET', '/v2/conversations/abc')).toBe('GET /v2/conversations/{conversationId}');
  expect(description.route('GET', '/v2/users/me/accounts')).toBe('GET /v2/users/me/accounts');
  expect(description.route('DELETE', '/v2/messages')).toBeUndefined();
});

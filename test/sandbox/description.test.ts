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

test('an error code as text is valid today, but violates the published description', async () => {
  const fields = { conversationId: 'c', createdAt: '2026-11-24T09:00:00.000Z', errorMessage: 'restricted' };
  const ids = { id: 'm', platform: 'facebook', recipientId: 'r', senderId: 's', status: 'failed', text: 'a' };
  const body = { items: [{ ...fields, ...ids, errorCode: '10/1893063' }] };
  for (const [release, errors] of [
    ['today', []],
    ['2.0.0', ['/items/0/errorCode must be integer']],
  ] as const) {
    const description = await loadDescription(release);
    expect(description.checkResponse('GET /v2/messages', 200, body)).toEqual(errors);
  }
});

test('a route is named as in the API descriptions', async () => {
  const description = await loadDescription();
  expect(description.route('GET', '/v2/conversations/abc')).toBe('GET /v2/conversations/{conversationId}');
  expect(description.route('GET', '/v2/users/me/accounts')).toBe('GET /v2/users/me/accounts');
  expect(description.route('DELETE', '/v2/messages')).toBeUndefined();
});

import { describe, expect, it, onTestFinished } from 'vitest';
import { startSharedSandbox } from '../../src/sandbox/server.js';

describe('a sandbox with many keys', () => {
  it('shows each key only its own contacts', async () => {
    const sandbox = await startSharedSandbox(['bakery', 'florist'], { limits: null });
    onTestFinished(() => sandbox.close());
    sandbox.tenants.get('bakery')?.receive({ account: 'shop-ig', contact: 'ana', text: 'bread?' });
    const listed = async (apiKey: string): Promise<unknown> => {
      const headers = { 'blotato-api-key': apiKey };
      const answer = await fetch(`${sandbox.url}/v2/messages`, { headers });
      if (answer.status !== 200) return answer.status;
      const { items } = (await answer.json()) as { items: { text: string }[] };
      return items.map(({ text }) => text);
    };
    expect(await listed('bakery')).toEqual(['bread?']);
    expect(await listed('florist')).toEqual([]);
    expect(await listed('nobody')).toBe(401);
  });
});

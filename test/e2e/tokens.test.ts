import { describe, expect, it, vi } from 'vitest';
import { aProject, PROCESSES } from './cli.js';

const LOOK_BACK = { poll: '{ schedule: "* * * * * *", start: { lookback: 30m } }' };
const PATIENCE = { timeout: 60_000, interval: 50 };
const ruleNamed = (id: string): string =>
  `version: 1\nrules:\n  - { id: ${id}, on: message, keywords: [price], reply: "From 20 EUR." }\n`;

/** Servers with a token that is too short, and which `check` reports. */
const SHORT: readonly (readonly [server: string, key: string, more?: string])[] = [
  ['{ port: 0, token: "e" }', 'token'],
  ['{ port: 0, token: "${TOKEN:-1234567}" }', 'token'],
  ['{ port: 0, tokens: [{ name: ana, role: owner, token: "shop" }] }', 'token'],
  ['{ port: 0, agency_token: "a" }', 'agency_token'],
];

describe.concurrent('tokens of the dashboard', PROCESSES, () => {
  it.for(SHORT)('are a warning of `check` if they are short: %s', async ([server, key], test) => {
    const { cli } = await aProject(test, { config: { server } });
    const { code, stdout, stderr } = await cli('check');
    expect(code).toBe(0);
    expect(stdout + stderr).toContain(`warning: ${key}: shorter than 8 characters: it can be guessed`);
    expect(stdout + stderr).toContain('openssl rand -hex 16');
  });

  it.for(['{ port: 0, token: "0123456789abcdef" }', '{ port: 0 }', '{ port: 0, token: "${TOKEN:-}" }'])(
    'are no warning otherwise: %s',
    async (server, test) => {
      const { cli } = await aProject(test, { config: { server } });
      const { stdout, stderr } = await cli('check');
      expect(stdout + stderr).not.toContain('shorter than');
    },
  );

  it('do not make the log unreadable if they are a letter', async (test) => {
    const config = { ...LOOK_BACK, server: '{ port: 0, token: "e" }' };
    const { sandbox, run } = await aProject(test, { rules: ruleNamed('pricing'), config });
    sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price?' });
    const running = run();
    await vi.waitFor(() => expect(running.stderr()).toContain('"msg":"event decided"'), PATIENCE);
    expect(running.stderr()).not.toContain('[redacted]');
  });

  it.for(['{ port: 0, token: NAME }', '{ port: 0, tokens: [{ name: ana, role: owner, token: NAME }] }'])(
    'are not in the log: %s',
    async (server, test) => {
      const name = 'token-that-is-a-rule';
      const config = { ...LOOK_BACK, server: server.replace('NAME', name) };
      const { sandbox, run } = await aProject(test, { rules: ruleNamed(name), config });
      sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price?' });
      const running = run();
      await vi.waitFor(() => expect(running.stderr()).toContain('"rule":"[redacted]"'), PATIENCE);
      expect(running.stderr()).not.toContain(name);
    },
  );
});

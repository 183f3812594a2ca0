import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { usePostgres } from '../postgres/use.js';
import { aProject, type Cleanup, lines, type Project, PROCESSES } from './cli.js';
import type { RunningHere } from './run-here.js';

const PATIENCE = { timeout: 90_000, interval: 50 };
const databases = usePostgres();
const STORES = [
  ['SQLite', () => Promise.resolve('sqlite:./data/autoresponder.db')],
  ['PostgreSQL', () => databases.empty()],
] as const;

/** A server with a table, which can fail, and the notices that it received. */
async function aServer({ onTestFinished }: Cleanup) {
  const state = { isFailing: false, requests: 0, notices: [] as string[] };
  const server = createServer((request, response) => {
    if (request.url !== '/faq.csv') {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
      request.on('end', () => {
        state.notices.push(body);
        response.end();
      });
      return;
    }
    state.requests += 1;
    if (state.isFailing) response.writeHead(503).end();
    else response.writeHead(200, { 'content-type': 'text/csv' }).end('keywords,answer\nprice,From 40 EUR\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { state, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function started(project: Project): Promise<RunningHere> {
  const program = project.run();
  await vi.waitFor(() => expect(program.stderr()).toContain('"started"'), PATIENCE);
  return program;
}

async function stopped(program: RunningHere): Promise<void> {
  program.kill('SIGTERM');
  await program.ended;
}

/** The reply to a new contact who asks for the price. */
async function replyTo({ sandbox }: Project, contact: string): Promise<string> {
  const before = sandbox.sends().length;
  sandbox.receive({ account: 'shop-ig', contact, text: 'price?' });
  await vi.waitFor(() => expect(sandbox.sends().length).toBeGreaterThan(before), PATIENCE);
  return JSON.stringify(sandbox.sends().at(-1));
}

describe.concurrent.each(STORES)(
  'a FAQ table at an address, with the store on %s',
  PROCESSES,
  (_name, storeOf) => {
    it('answers by its last good version when the address fails, also after a start, and notifies', async (test) => {
      const { state, origin } = await aServer(test);
      const project = await aProject(test, {
        rules: `version: 1\nrules: [ { id: faq, on: message, answers: { from: "${origin}/faq.csv", every: 10s } } ]\n`,
        config: {
          store: await storeOf(),
          poll: '{ schedule: "* * * * * *", start: { lookback: 30m } }',
          webhooks: '{ allow_hosts: [127.0.0.1] }',
          notify: `{ webhook: { url: "${origin}/notices" } }`,
        },
      });
      const first = await started(project);
      expect(await replyTo(project, 'ana')).toContain('From 40 EUR');

      state.isFailing = true;
      await vi.waitFor(
        () => expect(state.notices.join()).toMatch(/broken_rules[^]*responded with 503/u),
        PATIENCE,
      );
      expect(await replyTo(project, 'bo')).toContain('From 40 EUR');
      const status = JSON.parse((await project.cli('status', '--json')).stdout) as unknown;
      expect(JSON.stringify(status)).toMatch(
        /faq\.csv: responded with 503; its last good version of [^ ]+ is used/u,
      );
      await stopped(first);

      const asked = state.requests;
      const second = await started(project);
      expect(state.requests).toBeGreaterThan(asked);
      expect(second.stderr()).toContain('FAQ tables have errors; their last good versions are active');
      expect(await replyTo(project, 'cy')).toContain('From 40 EUR');
      const journal = lines<{ rule: string }>((await project.cli('journal', '--json')).stdout);
      expect(journal.filter(({ rule }) => rule === 'faq/price')).toHaveLength(3);

      state.isFailing = false;
      await vi.waitFor(() => expect(second.stderr()).toContain('rules and calendars reloaded'), PATIENCE);
      await stopped(second);
    });
  },
);

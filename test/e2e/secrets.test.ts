import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { aProject, type Cleanup, type Ended, type Project, PROCESSES } from './cli.js';

/** A key with characters of base64 that URL encoding and JSON encoding escape differently. */
const KEY = 'blt_Zm9vL2Jhcis9/wow+such"key==';
const FORMS = [KEY, encodeURIComponent(KEY), JSON.stringify(KEY).slice(1, -1), 'blt_Zm9v'];
const PATIENCE = { timeout: 60_000, interval: 20 };
const TRACE = {
  log: '{ level: trace, pretty: false }',
  poll: '{ schedule: "* * * * * *", start: { lookback: 30m } }',
};

function leaksNoKey(...texts: readonly string[]): void {
  for (const text of texts)
    for (const form of FORMS) expect(text.includes(form), text.slice(0, 2_000)).toBe(false);
}

async function everyOutput({ cli, left }: Project): Promise<string[]> {
  const commands = ['status', 'journal', 'outbox list --all', 'check', 'test', 'explain --text price'];
  const ended: Ended[] = [];
  for (const command of commands) ended.push(await cli(...command.split(' '), '--json'));
  return [...ended.flatMap(({ stdout, stderr }) => [stdout, stderr]), ...Object.values(left())];
}

/** An API that echoes every part of a request in its response. */
async function anEcho({ onTestFinished }: Cleanup, status: number): Promise<string> {
  const server = createServer((incoming, outgoing) => {
    const told = String(incoming.headers['blotato-api-key']);
    const { pathname } = new URL(incoming.url ?? '/', 'http://echo');
    const isFine = pathname.startsWith('/v2/users/me');
    outgoing.writeHead(isFine ? 200 : status, `no ${told}`.replace(/[^\w ]/gu, ''), {
      'content-type': 'application/json',
      'x-told': encodeURIComponent(told),
    });
    outgoing.end(
      isFine
        ? '{"items":[]}'
        : JSON.stringify({ message: `bad key ${told} or ${encodeURIComponent(told)}`, reqId: told }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe.concurrent('the API key', PROCESSES, () => {
  it('is not in output, log, journal or store of a working program, at log level trace', async (test) => {
    const project = await aProject(test, { key: KEY, sandbox: { apiKey: KEY }, config: TRACE });
    project.sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price?' });
    let posts = 0;
    // The first response to a send is lost, the second is not JSON.
    project.sandbox.fault(({ method }) => {
      if (method !== 'POST') return 'none';
      posts += 1;
      return posts === 1 ? 'drop_before' : 'none';
    });
    const running = project.start('run');
    await vi.waitFor(() => expect(running.stderr()).toContain('"send attempted"'), PATIENCE);
    running.kill('SIGTERM');
    const { code, stdout, stderr } = await running.ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    leaksNoKey(stderr, ...(await everyOutput(project)));
  });

  it.for([401, 422, 302])('is not shown when a server echoes it with %i', async (status, test) => {
    const url = await anEcho(test, status);
    const blotato = `{ base_url: "${url}", api_key: "\${BLOTATO_API_KEY}" }`;
    const project = await aProject(test, { key: KEY, config: { ...TRACE, blotato } });
    const { code, stdout, stderr } = await project.cli('run', '--once');
    expect({ code, stdout }).toEqual({ code: status === 401 ? 2 : 1, stdout: '' });
    expect(stderr).toContain(String(status));
    leaksNoKey(stderr, ...Object.values(project.left()));
  });

  it('is not in the error about a `base_url` that contains it', async (test) => {
    const blotato =
      '{ base_url: "https://blotato.example/?key=${BLOTATO_API_KEY}", api_key: "${BLOTATO_API_KEY}" }';
    const project = await aProject(test, { key: KEY, config: { blotato } });
    for (const command of ['check --json', 'run --once']) {
      const { code, stdout, stderr } = await project.cli(...command.split(' '));
      expect(code).toBe(1);
      leaksNoKey(stdout, stderr);
    }
  });

  it('is not in the code frame of an error beside it', async (test) => {
    const project = await aProject(test, { config: { blotato: `{ base_uri: "x", api_key: '${KEY}' }` } });
    const { code, stdout, stderr } = await project.cli('check');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('base_uri');
    leaksNoKey(stderr);
  });
});

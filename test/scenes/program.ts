import { createServer, type IncomingHttpHeaders } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, vi } from 'vitest';
import { checkTemplate } from '../../src/actions/compose/render.js';
import { createApp } from '../../src/program/app.js';
import type { AccountConfig, Config } from '../../src/domain/config.js';
import type { Reason } from '../../src/domain/reason.js';
import { OPEN_STATES } from '../../src/domain/send.js';
import type { Clock } from '../../src/domain/time.js';
import { compileSet } from '../../src/engine/rule-set.js';
import { checkKeyword } from '../../src/engine/text/keywords.js';
import { createLogger } from '../../src/log/logger.js';
import { parseRules } from '../../src/rules/parse.js';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/server.js';
import { aConfig } from '../builders.js';
import type { JournalRow } from '../../src/store/ports/journal.js';
import { openCopied } from '../store/template.js';

const PATIENCE = { timeout: 60_000, interval: 5 };

/** A row of a list in its JSON form. */
export type Row = Record<string, unknown>;

/** A proxy before the sandbox, for responses that the sandbox never gives. Undefined: unchanged. */
export interface Relay {
  /** Changes the rows of a list. `path` is without its query. */
  rows?: ((path: string, rows: readonly Row[], query: URLSearchParams) => readonly Row[]) | undefined;
  /** Changes the page token of a list. */
  cursor?: ((path: string, cursor: string | undefined) => string | undefined) | undefined;
  /** Drops the cursor from requests: each returns the first page. */
  forget?: ((path: string) => boolean) | undefined;
  /** Responds instead of the sandbox. */
  refuse?: ((path: string, query: URLSearchParams) => number | undefined) | undefined;
  /** The clock of the `Date` header. */
  clock?: Clock | undefined;
}

/** The sandbox and a program whose configuration may change between polls, over one store. */
export interface Program {
  readonly sandbox: Sandbox;
  readonly relay: Relay;
  /** Starts, polls once, waits until nothing is left to send, stops. */
  poll(more?: Partial<Config>): Promise<void>;
  journal(): Promise<readonly JournalRow[]>;
  /** The reasons of all journalled events, by the text of the event. */
  reasons(): Promise<Readonly<Record<string, Reason | null>>>;
  /** The number of calls of the route that the sandbox responded to, with any status. */
  calls(route: string): number;
  /** One account of the configuration. */
  account(name: string): AccountConfig;
}

export interface ProgramOptions {
  readonly rules: string;
  readonly config?: Partial<Config>;
  readonly sandbox?: Partial<SandboxOptions>;
}

export async function aProgram({
  rules,
  config: base = {},
  sandbox: options = {},
}: ProgramOptions): Promise<Program> {
  const sandbox = await startSandbox({ limits: null, queuedFor: 1, ...options });
  const relay: Relay = {};
  const front = await startRelay(sandbox.url, relay);
  const folder = mkdtempSync(join(tmpdir(), 'program-'));
  onTestFinished(async () => {
    await front.close();
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const accounts = sandbox.world.accounts.map(({ name, id, platform, nativeId, pageId }): AccountConfig => {
    return { name, id, platform, nativeId, pageId: pageId ?? null, disclosure: null, vars: {} };
  });
  const storePath = join(folder, 'program.db');
  const blotato = { baseUrl: front.url, apiKey: sandbox.apiKey };
  const whole = aConfig({ accounts, blotato, store: { kind: 'sqlite', path: storePath }, ...base });

  const inStore = async <T>(work: (store: ReturnType<typeof openCopied>) => Promise<T>): Promise<T> => {
    const store = openCopied(storePath, Date.now);
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  };
  const journal = () => inStore((store) => store.journal({ limit: 10_000 }));

  return {
    sandbox,
    relay,
    journal,
    poll: (more = {}) =>
      inStore(async (store) => {
        // The next tick of the schedule is a year away: only the start polls.
        const config = { ...whole, poll: { ...whole.poll, schedule: '0 0 1 1 *' }, ...more };
        const set = compiled(rules, config);
        const logger = createLogger({ ...config.log, secrets: [] });
        const app = createApp({
          workspace: { config, set },
          store,
          clock: Date.now,
          logger,
          confirmAfter: 10,
        });
        try {
          await app.start();
          await vi.waitFor(async () => {
            expect(await store.sends({ states: OPEN_STATES, limit: 10 })).toEqual([]);
          }, PATIENCE);
        } finally {
          await app.stop();
        }
      }),
    reasons: async () => Object.fromEntries((await journal()).map((row) => [row.event.text, row.reason])),
    calls: (route) => Object.values(sandbox.calls()[route] ?? {}).reduce((sum, n) => sum + n, 0),
    account: (name) => accounts.find((each) => each.name === name)!,
  };
}

function compiled(rules: string, config: Config) {
  const calendars = config.calendars.map((calendar) => calendar.name);
  const context = { accounts: config.accounts, calendars, checkTemplate, checkKeyword };
  const parsed = parseRules(rules, 'rules.yaml', context);
  if (!parsed.ok) throw new Error(parsed.findings.map((finding) => finding.message).join('\n'));
  return compileSet(parsed.value.rules, config.calendars, () => null);
}

async function startRelay(target: string, relay: Relay) {
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const url = new URL(incoming.url ?? '/', target);
      const date = relay.clock === undefined ? {} : { date: new Date(relay.clock()).toUTCString() };
      const refused = relay.refuse?.(url.pathname, url.searchParams);
      if (refused !== undefined) {
        outgoing.writeHead(refused, { 'content-type': 'application/json', ...date });
        outgoing.end(JSON.stringify({ message: 'refused by the relay' }));
        return;
      }
      if (relay.forget?.(url.pathname) === true) url.searchParams.delete('cursor');
      const body = await text(incoming);
      const answer = await fetch(url, {
        method: incoming.method ?? 'GET',
        headers: forwarded(incoming.headers),
        ...(body === '' ? {} : { body }),
      });
      const changed = changeRows(await answer.text(), url, relay);
      outgoing.writeHead(answer.status, { 'content-type': 'application/json', ...date });
      outgoing.end(changed);
    })().catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function forwarded(headers: IncomingHttpHeaders): Record<string, string> {
  return {
    'blotato-api-key': String(headers['blotato-api-key']),
    ...(headers['content-type'] === undefined ? {} : { 'content-type': headers['content-type'] }),
  };
}

function changeRows(text: string, { pathname, searchParams }: URL, { rows, cursor }: Relay): string {
  if (rows === undefined && cursor === undefined) return text;
  const answer = JSON.parse(text) as Row & { items?: Row[]; cursor?: string };
  if (!answer.items) return text;
  const items = rows?.(pathname, answer.items, searchParams) ?? answer.items;
  return JSON.stringify({
    ...answer,
    items,
    cursor: cursor ? cursor(pathname, answer.cursor) : answer.cursor,
  });
}

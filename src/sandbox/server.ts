import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SECOND } from '../domain/time.js';
import type { Clock, Millis } from '../domain/time.js';
import type { AcceptedSend, Desk } from './response.js';
import { writeComment, writeMessage, writeOwnComment } from './by-hand.js';
import type { CommentInput, HumanCommentInput, ReceiveInput } from './by-hand.js';
import type { CommentStatus, MessageStatus } from './delivery.js';
import { type Automations, createAutomations } from './automations.js';
import { type Description, loadDescription, type Release } from './description.js';
import { exchange } from './exchange.js';
import type { Front } from './exchange.js';
import type { FaultHook } from './faults.js';
import { createLimiter } from './limits.js';
import type { Limits } from './limits.js';
import { say } from './say.js';
import { createTrouble, type Trouble } from './trouble.js';
import { toApiComment, toApiMessage } from './rows.js';
import type { ApiComment, ApiMessage, SandboxAccount } from './rows.js';
import { World } from './world.js';

export interface SandboxOptions {
  /** Port to listen on; 0 for any free port. */
  readonly port: number;
  readonly apiKey: string;
  readonly accounts: readonly SandboxAccount[];
  readonly clock: Clock;
  /** Calls per minute and route; null for no limits. */
  readonly limits: Limits | null;
  /** Time that an accepted send stays `queued`; afterwards it is `processing` for the same time. */
  readonly queuedFor: Millis;
  /** Time after the 201 in which lists do not show a send. */
  readonly visibleAfter: Millis;
  /** `2.0.0`: the published description only, without `direction`, buttons, automations and inbox. */
  readonly release: Release;
  /** Refuses sends with buttons, which the published description does not list. */
  readonly refusesButtons: boolean;
  /** Delay of each response. */
  readonly latency: Millis;
  /** Maximum rows per page, whatever `limit` is. */
  readonly pageSizeMost: number;
}

/** An accepted POST, with its current status. */
export type SandboxSend = Omit<AcceptedSend, 'statusAt'> & { readonly status: MessageStatus | CommentStatus };

/** Number of responses by route and status; 0 for no response. */
export type CallCounts = Readonly<Record<string, Readonly<Record<number, number>>>>;

/** The sandbox of one API key. */
export interface Tenant {
  readonly apiKey: string;
  readonly world: World;
  /** Sandbox responses that do not match the descriptions: each is a bug of the sandbox. */
  readonly violations: readonly string[];
  /** Adds a message of a contact to the account. */
  receive(input: ReceiveInput): ApiMessage;
  /** Adds a comment of a contact on a post of the account. */
  comment(input: CommentInput): ApiComment;
  /** Adds a message that a human of the shop writes in the platform's app. */
  humanWrites(input: ReceiveInput): ApiMessage;
  /** Adds a comment that a human of the shop writes in the platform's app. */
  humanComments(input: HumanCommentInput): ApiComment;
  /** Returns every accepted POST, in order, except the first `from`. @default from the first on */
  sends(from?: number): readonly SandboxSend[];
  calls(): CallCounts;
  /** Sets the faults from the next call on; null for none. */
  fault(next: FaultHook | null): void;
  /** Blotato's own automations, which reply before others can. */
  readonly automations: Automations;
  /** Faults of rows, accounts and the clock, for tests. */
  readonly trouble: Trouble;
}

export interface Sandbox extends Tenant {
  readonly url: string;
  /** Stops listening and closes open connections. */
  close(): Promise<void>;
}

/** A sandbox with many keys, each with its own accounts, contacts and limits. */
export interface SharedSandbox {
  readonly url: string;
  readonly tenants: ReadonlyMap<string, Tenant>;
  close(): Promise<void>;
}

/** The accounts of the example configuration, and one on each other platform. */
export const DEFAULT_ACCOUNTS: readonly SandboxAccount[] = [
  {
    name: 'shop-ig',
    id: '98434',
    platform: 'instagram',
    nativeId: '1784140',
    username: 'lumen.shop',
    fullname: 'Lumen',
  },
  {
    name: 'shop-fb',
    id: '43538',
    platform: 'facebook',
    nativeId: '1288852254291983',
    pageId: '1288852254291983',
    username: 'lumenshop',
    fullname: 'Lumen',
  },
  {
    name: 'shop-x',
    id: '51207',
    platform: 'twitter',
    nativeId: '1500000000000000043',
    username: 'lumenshop',
    fullname: 'Lumen',
  },
  {
    name: 'shop-bsky',
    id: '60311',
    platform: 'bluesky',
    nativeId: 'did:plc:lumenshopsandboxlumensho',
    username: 'lumen.bsky.social',
    fullname: 'Lumen',
  },
];

const DEFAULTS: SandboxOptions = {
  port: 0,
  apiKey: 'sandbox-key',
  accounts: DEFAULT_ACCOUNTS,
  clock: Date.now,
  limits: { sendsPerMinute: 30, readsPerMinute: 60 },
  queuedFor: 200,
  visibleAfter: 0,
  release: 'today',
  refusesButtons: false,
  latency: 0,
  pageSizeMost: 250,
};

/** Starts a stand-in for the Blotato API on the loopback address. Throws if the port is in use. */
export async function startSandbox(options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const settings = { ...DEFAULTS, ...options };
  const { front, tenant } = createTenant(settings, await loadDescription(settings.release));
  const server = await listen(() => front, settings.port);
  return { ...tenant, url: urlOf(server), close: () => close(server) };
}

/** Starts one sandbox for many keys at once. Calls with an unknown key are refused. */
export async function startSharedSandbox(
  keys: readonly string[],
  options: Partial<SandboxOptions> = {},
): Promise<SharedSandbox> {
  const settings = { ...DEFAULTS, ...options };
  const description = await loadDescription(settings.release);
  const made = new Map(
    keys.map((apiKey) => [apiKey, createTenant({ ...settings, apiKey }, description)] as const),
  );
  const nobody = createTenant(settings, description).front;
  const server = await listen((key) => made.get(key)?.front ?? nobody, settings.port);
  return {
    url: urlOf(server),
    tenants: new Map([...made].map(([key, { tenant }]) => [key, tenant])),
    close: () => close(server),
  };
}

function createTenant(
  settings: SandboxOptions,
  description: Description,
): { readonly front: Front; readonly tenant: Tenant } {
  const { clock, apiKey } = settings;
  const newerFields = settings.release === 'today';
  const world = new World(settings.accounts, clock);
  const sends: AcceptedSend[] = [];
  const violations: string[] = [];
  const counts: Record<string, Record<number, number>> = {};
  const automations = createAutomations(world, clock);
  const desk: Desk = { ...settings, newerFields, world, sends, automations };
  const front: Front = {
    desk,
    apiKey,
    description,
    limiter: createLimiter(settings.limits, clock),
    onViolation: (violation) => violations.push(violation),
    onCall: (route, status) => {
      const ofRoute = (counts[route] ??= {});
      ofRoute[status] = (ofRoute[status] ?? 0) + 1;
    },
    say: (call) => say(tenant, call),
    latency: settings.latency,
    fault: null,
    odd: null,
    dateAhead: 0,
  };
  const tenant: Tenant = {
    apiKey,
    world,
    violations,
    receive: (input) => {
      const message = writeMessage(world, clock, { ...input, direction: 'incoming' });
      automations.noticeMessage(message);
      return toApiMessage(message, clock(), newerFields);
    },
    comment: (input) => {
      const comment = writeComment(world, clock, input);
      automations.noticeComment(comment);
      return toApiComment(comment, clock());
    },
    humanWrites: (input) => {
      const message = writeMessage(world, clock, { ...input, direction: 'outgoing' });
      return toApiMessage(message, clock(), newerFields);
    },
    humanComments: (input) => toApiComment(writeOwnComment(world, clock, input), clock()),
    sends: (from = 0) =>
      sends.slice(from).map(({ statusAt, ...send }) => ({ ...send, status: statusAt(clock()) })),
    calls: () => structuredClone(counts),
    fault: (next) => (front.fault = next),
    automations,
    trouble: createTrouble(world, front),
  };
  return { front, tenant };
}

async function listen(frontOf: (apiKey: string) => Front, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    const front = frontOf(String(request.headers['blotato-api-key']));
    exchange(front, request, response).catch((error: unknown) => {
      front.onViolation(`${request.method ?? ''} ${request.url ?? ''}: ${String(error)}`);
      response.destroy();
    });
  });
  // Clients close idle connections: if the server closed one just as a client writes, the client would see a
  // lost response.
  server.keepAliveTimeout = 120 * SECOND;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return server;
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

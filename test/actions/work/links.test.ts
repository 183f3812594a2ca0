import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { linkFaults } from '../../../src/actions/work/links.js';

const STATUS: Readonly<Record<string, number>> = {
  '/gone': 410,
  '/missing': 404,
  '/broken': 503,
  '/members': 401,
  '/forbidden': 403,
  '/busy': 429,
};
const asked: string[] = [];
let open = 0;
let most = 0;
let port = 0;
const server = createServer((incoming, outgoing) => {
  const { pathname: path, searchParams } = new URL(incoming.url ?? '', 'http://any.example');
  asked.push(path);
  open += 1;
  most = Math.max(most, open);
  const to = searchParams.get('to');
  if (to !== null) outgoing.setHeader('location', to);
  setImmediate(() => {
    open -= 1;
    outgoing.writeHead(to === null ? (STATUS[path] ?? 200) : 302).end();
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));
beforeEach(() => {
  asked.length = 0;
  most = 0;
});

const INNER = /^cannot be reached \(.*is an address of this machine or its network; name it in webhooks/u;

/** Links of the server at `BASE`, whose host is allowed, with the fault of each; null for one that works. */
const LINKS: readonly (readonly [link: string, fault: RegExp | null])[] = [
  ['BASE/fine', null],
  ['BASE/members', null],
  ['BASE/forbidden', null],
  ['BASE/busy', null],
  ['BASE/gone', /^responds with 410$/u],
  ['BASE/missing', /^responds with 404$/u],
  ['BASE/broken', /^responds with 503$/u],
  ['BASE/moved?to=/fine', null],
  ['BASE/moved?to=/gone', /^responds with 410$/u],
  ['BASE/moved?to=?to=', /^cannot be reached \(more than 20 redirects\)$/u],
  ['BASE/moved?to=mailto:owner@shop.example', /^cannot be reached \(redirects to mailto:\)$/u],
  ['BASE/moved?to=http://%5B', /^cannot be reached \(Invalid URL\)$/u],
  ['http://nobody.invalid/', /^cannot be reached \(getaddrinfo /u],
  ['http://127.0.0.1:1/', /^cannot be reached \(.*ECONNREFUSED/u],
  ['http://127.0.0.2:PORT/inner', INNER],
  ['http://localhost:PORT/inner', INNER],
  ['http://[::1]:PORT/inner', INNER],
  ['http://[::ffff:127.0.0.1]:PORT/inner', INNER],
  ['http://2130706434:PORT/inner', INNER],
  ['http://169.254.169.254/latest/meta-data/', INNER],
  ['https://10.0.0.1/inner', INNER],
  ['BASE/moved?to=http://localhost:PORT/inner', INNER],
  ['BASE/moved?to=http://169.254.169.254/latest/', INNER],
];

const filled = (link: string) =>
  link.replaceAll('BASE', `http://127.0.0.1:${port}`).replaceAll('PORT', String(port));
const faultsOf = async (links: readonly string[], allowHosts = ['127.0.0.1']) =>
  linkFaults(links.map(filled), { allowHosts, onLink: () => undefined });

it.each(LINKS)('the link %s gets %s', async (link, fault) => {
  const said = (await faultsOf([link])).get(filled(link)) ?? null;
  if (fault === null) expect(said).toBeNull();
  else expect(said).toMatch(fault);
  expect(asked).not.toContain('/inner');
});

it('a link to an internal address is requested only where its host is allowed', async () => {
  expect((await faultsOf(['BASE/fine'], [])).size).toBe(1);
  expect(asked).toEqual([]);
  expect((await faultsOf(['BASE/fine'])).size).toBe(0);
  expect(asked).toEqual(['/fine']);
});

it('a host gets one request at a time, and one for a link that is there twice', async () => {
  const links = Array.from({ length: 30 }, (_, n) => `BASE/page-${n}`);
  const counts: number[] = [];
  const allowHosts = ['127.0.0.1'];
  await linkFaults([...links, ...links].map(filled), { allowHosts, onLink: (n) => counts.push(n) });
  expect(most).toBe(1);
  expect(asked).toHaveLength(30);
  expect(counts).toEqual(links.map((_, n) => n + 1));
});

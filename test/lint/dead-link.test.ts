import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { linkFaults } from '../../src/actions/work/links.js';
import { deadLinks } from '../../src/lint/dead-link.js';
import { aProjectOf, CONFIG } from './linted.js';

const asked: string[] = [];
const server = createServer((incoming, outgoing) => {
  asked.push(`${incoming.method ?? ''} ${incoming.url ?? ''}`);
  const moved = incoming.url === '/moved';
  if (moved) outgoing.setHeader('location', '/guide');
  const headless = incoming.url === '/no-head' && incoming.method === 'HEAD';
  const status = { '/moved': 301, '/gone': 404, '/broken': 500, '/members': 401 }[incoming.url ?? ''] ?? 200;
  outgoing.writeHead(headless ? 405 : status).end();
});
let base = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));

it('check --links reports the dead links in texts of enabled rules, with their places', async () => {
  const rules = `version: 1
rules:
  - id: guide
    on: message
    accounts: [shop-ig]
    keywords: [guide]
    reply: { text: "Here: {{ account.vars.site }}/guide, or {{ account.vars.site }}/gone.", buttons: [{ title: More, url: "{{ account.vars.site }}/broken" }] }
    then:
      - ask: { text: "More? See ${base}/moved", expect: any, retry: "${base}/broken", tries: 2 }
      - reply: { one_of: ["${base}/no-head", "(${base}/members)", "http://127.0.0.1:65530/nobody"] }
    otherwise: { reply: "${base}/{{ contact.fields.page }}" }
  - { id: off, on: message, enabled: false, keywords: [x], reply: "${base}/gone" }
saved_replies:
  route: "To us: {{ account.vars.site }}/route"
  old: { en: "Here: ${base}/gone", fr: "Ici : ${base}/guide", default: en }
`;
  const project = aProjectOf(rules, CONFIG.replace('lumen.example', `"${base}"`));
  const allowHosts = ['127.0.0.1'];
  const counts: number[] = [];
  const findings = await deadLinks(project, async (urls) =>
    linkFaults(urls, { allowHosts, onLink: (n) => counts.push(n) }),
  );
  expect(findings.map(({ line, code, message }) => [line, code, message.replaceAll(base, '')])).toEqual([
    [7, 'dead-link', 'a text of the rule "guide" has a link that does not work: /gone responds with 404'],
    [7, 'dead-link', 'a text of the rule "guide" has a link that does not work: /broken responds with 500'],
    [9, 'dead-link', 'a text of the rule "guide" has a link that does not work: /broken responds with 500'],
    [
      10,
      'dead-link',
      expect.stringMatching(/http:\/\/127\.0\.0\.1:65530\/nobody cannot be reached \(.*ECONNREFUSED/u),
    ],
    [
      15,
      'dead-link',
      'a text of the saved reply "old" has a link that does not work: /gone responds with 404',
    ],
  ]);
  expect(counts).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(asked).toContain('GET /no-head');
  expect(asked).not.toContain('GET /guide');
});

import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { MINUTE } from '../../src/domain/time.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.js';
import { readSqlite } from '../../src/store/sqlite/store.js';
import { createDice } from './dice.js';
import { chooseMoment, createProgram } from './program.js';
import { command, firstStart } from './set-up.js';

export interface WalkOptions {
  readonly people: number;
  readonly kills: number;
  readonly seed: number;
  readonly onProgress?: (progress: { kills: number; begun: number; done: number }) => void;
}

export interface WalkResult {
  readonly ok: boolean;
  readonly seconds: number;
  readonly kills: number;
  /** Messages that the sandbox accepted. */
  readonly sends: number;
  readonly reminders: number;
  readonly codes: number;
  /** Requests of fetch steps, which may be repeated after a kill. */
  readonly fetches: number;
  /** The program's own figures: contacts who started, got the first message and completed. */
  readonly figures: { readonly reached: number; readonly sent: number; readonly completed: number };
  /** People who got other texts than each step once, and other errors. */
  readonly wrong: readonly string[];
}

const rules = (shop: string): string => `
version: 1
rules:
  - id: walk
    on: message
    keywords: [walk]
    once_per: false
    reply: "Welcome."
    then:
      - ask:
          text: "Small or large?"
          expect: { choice: [small, large] }
          save: size
          remind: { after: 10s, text: "Still there?" }
          cases: { small: [{ reply: "S it is." }], large: [{ reply: "L it is." }, { tag: large }] }
      - fetch: { url: "${shop}/stock/{{ contact.id }}", save: { stock: "$.stock" } }
      - reply: "In stock: {{ contact.fields.stock }}."
      - wait: { for: 3s, on_message: keep }
      - code: { from: codes.csv, save: code, low: 0 }
      - reply: "Your code: {{ contact.fields.code }}."
`;
/** Time without a send after which the walk ends, also for people who are still on the way. */
const LONGEST_SILENCE = 5 * MINUTE;
const STEPS = 6;
/** Every third person answers only after the reminder. */
const isSlow = (person: number): boolean => person % 3 === 0;
const sizeOf = (person: number): 'small' | 'large' => (person % 2 === 0 ? 'small' : 'large');

/** People walk through a funnel with each kind of step, while the program is killed again and again. */
export async function walk({ people, kills, seed, onProgress }: WalkOptions): Promise<WalkResult> {
  const began = Date.now();
  const folder = mkdtempSync(join(tmpdir(), 'walk-'));
  const sandbox = await startSandbox({ limits: null, queuedFor: 60, visibleAfter: 150 });
  const shop = await startShop();
  const program = createProgram(command(folder, sandbox), join(folder, 'commits.log'));
  writeFileSync(join(folder, 'rules.yaml'), rules(shop.url));
  appendFileSync(join(folder, 'config.yaml'), 'webhooks: { allow_hosts: [127.0.0.1] }\n');
  writeFileSync(join(folder, 'codes.csv'), Array.from({ length: people }, (_, n) => `C${n}\n`).join(''));
  const crowd = createCrowd(sandbox);
  const timer = setInterval(crowd.react, 100);
  sandbox.fault(({ method }) => {
    program.onCall(method);
    return 'none';
  });
  try {
    await firstStart(folder, program);
    const dice = createDice(seed);
    for (let kill = 0; kill < kills; kill += 1) {
      crowd.begin(Math.ceil(people / (kills + 1)), people);
      await program.live(chooseMoment(dice));
      onProgress?.({ kills: kill + 1, begun: crowd.begun(), done: crowd.done() });
    }
    crowd.begin(people, people);
    program.start();
    let before = { sends: -1, at: Date.now() };
    while (crowd.done() < people && Date.now() < before.at + LONGEST_SILENCE) {
      await wait(500);
      if (crowd.seen() > before.sends) before = { sends: crowd.seen(), at: Date.now() };
      onProgress?.({ kills, begun: crowd.begun(), done: crowd.done() });
    }
    // A step made twice would follow within a poll and a wait.
    await wait(5_000);
    await program.end();
    const figures = await figuresOf(folder);
    const wrong = [...crowd.wrong(), ...program.faults, ...sandbox.violations];
    const isEqual = Object.values(figures).every((n) => n === people);
    const codes = new Set(crowd.texts('Your code')).size;
    const reminders = crowd.texts('Still there?').length;
    const ok = wrong.length === 0 && isEqual && codes === people && crowd.done() === people;
    const seconds = Math.round((Date.now() - began) / 1_000);
    const sends = sandbox.sends().length;
    return { ok, seconds, kills, sends, reminders, codes, fetches: shop.requests(), figures, wrong };
  } finally {
    clearInterval(timer);
    await program.end();
    await sandbox.close();
    shop.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The people: they begin, answer, and remember what they got. */
function createCrowd(sandbox: Sandbox) {
  const got = new Map<string, string[]>();
  const writes = (contact: string, text: string): void =>
    void sandbox.receive({ account: 'shop-ig', contact, text });
  let seen = 0;
  let done = 0;
  return {
    begun: () => got.size,
    done: () => done,
    seen: () => seen,
    begin(more: number, most: number): void {
      const last = Math.min(got.size + more, most);
      for (let person = got.size; person < last; person += 1) {
        got.set(`person-${person}`, []);
        writes(`person-${person}`, 'walk');
      }
    },
    react(): void {
      const sends = sandbox.sends(seen);
      for (const { recipientId, text } of sends) {
        const contact = recipientId ?? '';
        const person = Number(contact.slice('person-'.length));
        got.get(contact)?.push(text);
        const isAsked = text === 'Small or large?' && !isSlow(person);
        if (isAsked || text === 'Still there?') writes(contact, sizeOf(person));
        if (text.startsWith('Your code')) done += 1;
      }
      seen += sends.length;
    },
    texts: (start: string) => [...got.values()].flat().filter((text) => text.startsWith(start)),
    wrong: () =>
      [...got].flatMap(([contact, texts], person) => {
        const answer = `${sizeOf(person).charAt(0).toUpperCase()} it is.`;
        const expected = [
          ...['Welcome.', 'Small or large?', ...(isSlow(person) ? ['Still there?'] : [])],
          ...[answer, `In stock: ${contact}.`],
        ];
        const isRight =
          expected.every((text, index) => texts[index] === text) &&
          texts.length === (isSlow(person) ? STEPS : STEPS - 1) &&
          texts.at(-1)?.startsWith('Your code: C') === true;
        return isRight ? [] : [`${contact}: ${texts.join(' | ')}`];
      }),
  };
}

/** The program's own count. */
async function figuresOf(folder: string): Promise<WalkResult['figures']> {
  const store = readSqlite(join(folder, 'soak.db'), Date.now);
  const all = (await store.funnelFigures(0)).filter(({ rule }) => rule === 'walk');
  await store.close();
  const sum = (key: 'reached' | 'sent' | 'completed'): number => all.reduce((n, day) => n + day[key], 0);
  return { reached: sum('reached'), sent: sum('sent'), completed: sum('completed') };
}

/** A service that the funnel asks: each contact has their own answer. */
async function startShop() {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ stock: request.url?.split('/').at(-1) ?? '' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): void => void server.close();
  return { url: `http://127.0.0.1:${port}`, requests: () => requests, close };
}

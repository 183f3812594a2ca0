// Many people in one funnel: each gets each step once, and the program's counts equal the sandbox's. npm run
// bench:walk [PEOPLE]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createApp } from '../src/program/app.js';
import { OPEN_STATES } from '../src/domain/send.js';
import { DAY } from '../src/domain/time.js';
import { createLogger } from '../src/log/logger.js';
import { type Sandbox, startSandbox } from '../src/sandbox/server.js';
import { openSqlite } from '../src/store/sqlite/store.js';
import { aConfig, anAccount } from '../test/builders.js';
import { aRuleSet } from '../test/scenes/rule-set.js';

const PEOPLE = Number(process.argv[2] ?? 10_000);
const ACCOUNT = 'shop-ig';
const QUESTION = 'Where should I send it?';
const AGAIN = 'Once more?';
const THANKS = 'Thank you!';
const LINK = 'Here is the link.';
const RULES = `
version: 1
rules:
  - id: walk
    on: comment
    keywords: [guide]
    private_reply: "${QUESTION}"
    then:
      - ask: { expect: email, save: email, retry: "${AGAIN}", tries: 2 }
      - reply: "${THANKS}"
      - tag: lead
    otherwise: { reply: "${LINK}" }
`;

/** The behaviour of the n-th person, from pseudo-random numbers of n. */
type Way = 'answers' | 'answers_late' | 'never_right' | 'silent' | 'rivalled';
const WAYS: readonly Way[] = [
  ...Array<Way>(6).fill('answers'),
  'answers_late',
  'never_right',
  'silent',
  'rivalled',
];
const wayOf = (n: number): Way => WAYS[n % WAYS.length] ?? 'answers';
const idOf = (n: number): string => `walker-${n}`;

/** All expected texts for this behaviour, in order. */
const SAID: Readonly<Record<Way, readonly string[]>> = {
  answers: [QUESTION, THANKS],
  answers_late: [QUESTION, AGAIN, THANKS],
  never_right: [QUESTION, AGAIN, LINK],
  silent: [QUESTION],
  rivalled: [],
};

function answerTo(text: string, way: Way, n: number): string | null {
  const right = `walker${n}@mail.example`;
  if (text === QUESTION) return way === 'answers' ? right : way === 'silent' ? null : 'hm?';
  if (text === AGAIN) return way === 'answers_late' ? right : 'no';
  return null;
}

/** Lets people answer what was sent to them since the last time. */
function react(sandbox: Sandbox, from: number): number {
  const sends = sandbox.sends();
  for (const { recipientId, text } of sends.slice(from)) {
    const n = Number(recipientId?.replace('walker-', '') ?? NaN);
    const answer = answerTo(text, wayOf(n), n);
    if (answer !== null) sandbox.receive({ account: ACCOUNT, contact: idOf(n), text: answer });
  }
  return sends.length;
}

const sandbox = await startSandbox({ limits: null, queuedFor: 1 });
const folder = mkdtempSync(join(tmpdir(), 'funnel-walk-'));
const config = aConfig({
  accounts: [anAccount()],
  blotato: { baseUrl: sandbox.url, apiKey: sandbox.apiKey },
  store: { kind: 'sqlite', path: join(folder, 'walk.db') },
});
const store = openSqlite(join(folder, 'walk.db'), Date.now);
const logger = createLogger({ level: 'silent', pretty: false, secrets: [] });
const set = aRuleSet(RULES, config);
const app = createApp({ workspace: { config, set }, store, clock: Date.now, logger, confirmAfter: 500 });
const began = performance.now();
await app.start();
let seen = 0;
let quiet = 0;
for (let n = 0; n < PEOPLE || quiet < 20;) {
  for (const end = Math.min(PEOPLE, n + 250); n < end; n += 1) {
    const { id } = sandbox.comment({ account: ACCOUNT, contact: idOf(n), text: 'guide', post: '501' });
    if (wayOf(n) === 'rivalled') sandbox.world.spendPrivateReply(id);
  }
  await wait(200);
  const now = react(sandbox, seen);
  const isOpen = (await store.sends({ states: OPEN_STATES, limit: 1 })).length > 0;
  quiet = now === seen && !isOpen && n >= PEOPLE ? quiet + 1 : 0;
  seen = now;
  if (process.stderr.isTTY) process.stderr.write(`\r${n} came, ${now} sent\u001b[K`);
}
await app.stop();
const seconds = (performance.now() - began) / 1000;

const texts = new Map<string, string[]>();
for (const { recipientId, text } of sandbox.sends()) {
  texts.set(recipientId ?? '', [...(texts.get(recipientId ?? '') ?? []), text]);
}
const wrong = Array.from({ length: PEOPLE }, (_, n) => n).filter(
  (n) => JSON.stringify(texts.get(idOf(n)) ?? []) !== JSON.stringify(SAID[wayOf(n)]),
);
const count = (...ways: Way[]): number =>
  Array.from({ length: PEOPLE }, (_, n) => n).filter((n) => ways.includes(wayOf(n))).length;
const figures = await store.funnelFigures(Date.now() - DAY);
const sum = (of: (figure: (typeof figures)[number]) => number): number =>
  figures.reduce((all, figure) => all + of(figure), 0);
const counted = {
  reached: sum((day) => day.reached),
  sent: sum((day) => day.sent),
  refused: sum((day) => day.refused.private_reply_used ?? 0),
  answered: sum((day) => day.answered),
  completed: sum((day) => day.completed),
  gaveUp: sum((day) => day.outcomes.gave_up ?? 0),
  open: sum((day) => day.open),
};
const expected = {
  reached: PEOPLE,
  sent: sandbox.sends().filter(({ commentId }) => commentId !== null).length,
  refused: count('rivalled'),
  answered: count('answers', 'answers_late'),
  completed: count('answers', 'answers_late'),
  gaveUp: count('never_right'),
  open: count('silent'),
};
await store.close();
await sandbox.close();
rmSync(folder, { recursive: true });

const isRight = wrong.length === 0 && JSON.stringify(counted) === JSON.stringify(expected);
console.log(`${PEOPLE} people in ${seconds.toFixed(0)} s, ${seen} sends`);
console.log('counted by the program', counted);
console.log('counted by the sandbox', expected);
console.log(`${wrong.length} people got other texts than expected`);
for (const n of wrong.slice(0, 5)) console.log(idOf(n), wayOf(n), texts.get(idOf(n)) ?? []);
process.exitCode = isRight ? 0 : 1;

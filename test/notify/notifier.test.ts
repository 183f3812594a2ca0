import { createServer } from 'node:net';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { HOUR, MINUTE } from '../../src/domain/time.js';
import { aDecision, anAction, anEvent, TUESDAY } from '../builders.js';
import { matching } from '../e2e/cli.js';
import { aReceiver } from '../scenes/receiver.js';
import { aWatch } from './watch.js';

const texts = (body: string) =>
  (JSON.parse(body) as { notices: { kind: string; text: string }[] }).notices.map(
    ({ kind, text }) => `${kind}: ${text}`,
  );

describe('the owner', () => {
  it('gets the summary of each week once, also after a restart', async () => {
    const receiver = await aReceiver();
    const weekly = { weekday: 'wed', minute: 9 * 60, timezone: 'Europe/Paris' } as const;
    const kinds = ['weekly_summary'] as const;
    const watch = await aWatch({ webhook: { url: receiver.url, secret: null }, weekly, kinds, digest: 0 });
    await watch.passes(MINUTE);
    expect(receiver.received).toEqual([]);
    await watch.fails();
    for (const [id, reason] of [
      ['n1', 'no_match'],
      ['n2', 'no_match'],
      ['a1', 'acted'],
      ['o1', 'own_message'],
    ] as const) {
      const event = anEvent({ sourceId: id, at: watch.time.now });
      await watch.store.recordPage('messages', [{ event, beforeStart: false }], null);
      await watch.store.recordDecision(event, aDecision({ reason, actions: [] }), watch.time.now);
    }
    await watch.passes(24 * HOUR);
    await watch.again().runOnce();
    await watch.passes(24 * HOUR);
    expect(receiver.received.flatMap(({ body }) => texts(body))).toEqual([
      'weekly_summary: Messages and comments of the week before 2026-11-25: answered 1; nobody answered 2; lost 1 (1 refused by Blotato)',
    ]);
    // Nothing was written in the next week.
    await watch.passes(7 * 24 * HOUR);
    expect(receiver.received).toHaveLength(1);
  });

  it('gets the weekly summary without a query each minute', async () => {
    const receiver = await aReceiver();
    const kinds = ['weekly_summary'] as const;
    const watch = await aWatch({ webhook: { url: receiver.url, secret: null }, kinds, digest: 0 });
    const reads = vi.spyOn(watch.store, 'reasonsBetween');
    // A week without messages is read again after an hour, since its messages may be read late.
    for (let minute = 0; minute < 10; minute += 1) await watch.passes(MINUTE);
    expect(reads.mock.calls).toHaveLength(1);
    await watch.passes(HOUR);
    expect(reads.mock.calls).toHaveLength(2);
    await watch.fails();
    // A summary that could not be recorded is read again.
    const note = vi.spyOn(watch.store, 'noteTrouble').mockRejectedValueOnce(new Error('disk is full'));
    await watch.passes(7 * 24 * HOUR);
    expect(watch.trouble).toEqual(['gathering notices for the owner: disk is full']);
    expect(receiver.received).toEqual([]);
    for (let minute = 0; minute < 120; minute += 1) await watch.passes(MINUTE);
    expect(reads.mock.calls).toHaveLength(4);
    expect(note.mock.calls.length).toBeGreaterThan(100);
    expect(receiver.received.flatMap(({ body }) => texts(body))).toHaveLength(1);
  });

  it('is notified once when few codes are left, and again when none is', async () => {
    const receiver = await aReceiver();
    const watch = await aWatch({
      webhook: { url: receiver.url, secret: null },
      kinds: ['low_codes'],
      digest: 0,
    });
    const codes = ['A1', 'A2', 'A3'];
    for (const contact of ['ana', 'bo', 'cy', 'di']) {
      const event = anEvent({ contact: { id: contact, name: null, username: null } });
      await watch.store.takeCode({ event, pool: 'codes.csv', codes, low: 2 }, watch.time.now);
      await watch.passes(MINUTE);
      await watch.passes(MINUTE);
    }
    expect(receiver.received.flatMap(({ body }) => texts(body))).toEqual([
      'low_codes: Few codes are left in codes.csv: 2',
      'low_codes: No code is left in codes.csv',
    ]);
    expect(receiver.received[0]!.body).toContain(
      'Add codes at the end of codes.csv; it is read again for each code.',
    );
  });

  it('is notified once of failures, without texts of contacts, with later ones in a digest', async () => {
    const receiver = await aReceiver();
    const webhook = { url: receiver.url, secret: 'for-the-test' };
    const { fails, passes, notifier } = await aWatch(
      { webhook, link: 'https://replies.shop.example' },
      'bakery',
    );
    await fails();
    await notifier.runOnce();
    await passes(MINUTE);
    expect(receiver.received.map(({ body }) => texts(body))).toEqual([
      ['failed: The reply of rule pricing from shop-ig to ana failed: 20304: not reachable'],
    ]);
    const { headers, body } = receiver.received[0]!;
    expect(headers['autoresponder-signature']).toMatch(/^t=\d+,v1=[0-9a-f]{64}$/u);
    expect(body).not.toContain('what I wrote');
    const link = 'https://replies.shop.example/attention?workspace=bakery#send-1';
    expect(JSON.parse(body)).toMatchObject({
      workspace: 'bakery',
      text: matching(/^autoresponder, bakery: failed\n/u),
      notices: [{ link }],
    });

    await fails();
    await fails();
    await passes(MINUTE);
    expect(receiver.received).toHaveLength(1);
    await passes(15 * MINUTE);
    expect(texts(receiver.received[1]!.body)).toHaveLength(2);
  });

  it('is notified by a retry after the first notification failed', async () => {
    const receiver = await aReceiver();
    receiver.status = 500;
    const { fails, passes, notifier, trouble } = await aWatch({
      webhook: { url: receiver.url, secret: null },
    });
    await fails();
    await notifier.runOnce();
    expect(trouble).toEqual(['notifying the owner by webhook: responded with 500']);
    receiver.status = 204;
    await passes(MINUTE);
    await passes(MINUTE);
    expect(receiver.received).toHaveLength(2);
  });

  it('gets no notices in the quiet hours, and gets them afterwards', async () => {
    const receiver = await aReceiver();
    const { fails, passes, time } = await aWatch({
      webhook: { url: receiver.url, secret: null },
      quiet: { from: 22 * 60, to: 7 * 60, timezone: 'Europe/Paris' },
    });
    time.now = Date.parse('2026-11-24T23:00:00+01:00');
    await fails();
    await passes(MINUTE);
    await passes(7 * HOUR);
    expect(receiver.received).toEqual([]);
    await passes(HOUR);
    expect(receiver.received).toHaveLength(1);
  });

  it("is notified of rules that share a keyword with Blotato's own automations, and of changes to these", async () => {
    const receiver = await aReceiver();
    const { passes, notifier, store } = await aWatch({
      ...{ webhook: { url: receiver.url, secret: null }, digest: MINUTE },
      kinds: ['rival_automation', 'automation_changed'],
    });
    const automation = {
      ...{ id: 'a1', name: 'Guide', accountId: '98434', isActive: true, updatedAt: null },
      ...{
        publishedVersionId: 'v1',
        triggers: [{ on: 'comment' as const, keywords: ['GUIDE'], postId: null }],
      },
    };
    await store.saveAutomations({ readAt: TUESDAY, automations: [{ ...automation, change: null }] });
    await notifier.runOnce();
    await passes(MINUTE);
    expect(receiver.received.map(({ body }) => texts(body))).toEqual([
      [
        "rival_automation: Blotato's automation Guide (a1) of shop-ig replies to the same events as our rules, and is usually first: guide (the keyword GUIDE)",
      ],
    ]);
    const change = { is: 'changed' as const, at: TUESDAY + MINUTE };
    await store.saveAutomations({ readAt: TUESDAY + MINUTE, automations: [{ ...automation, change }] });
    await passes(MINUTE);
    await passes(MINUTE);
    expect(receiver.received.slice(1).map(({ body }) => texts(body))).toEqual([
      ["automation_changed: Blotato's automation Guide (a1) was changed"],
    ]);
  });

  it('is notified of problems of the program: lists, rules, refused accounts', async () => {
    const receiver = await aReceiver();
    const { condition, passes, notifier, store } = await aWatch({
      ...{ webhook: { url: receiver.url, secret: null }, digest: MINUTE },
    });
    await store.saveReadFailures([
      { resource: 'messages', since: TUESDAY, error: 'no answer', isKeyRefused: false },
    ]);
    await notifier.runOnce();
    await passes(29 * MINUTE);
    expect(receiver.received).toEqual([]);
    await passes(MINUTE);
    condition.brokenRules = { since: TUESDAY, faults: ['rules/a.yaml:3:5: error'] };
    await store.block(
      { account: 'shop-ig', cause: '20201', detail: 'no permission', probeAt: TUESDAY + HOUR },
      TUESDAY,
    );
    await passes(2 * MINUTE);
    await passes(2 * MINUTE);
    expect(receiver.received.flatMap(({ body }) => texts(body))).toEqual([
      'silent_list: The list of messages could not be read for a long time: nothing new gets a reply',
      'blocked_account: Blotato refuses to send for shop-ig: no permission',
      'broken_rules: Changed rule files have errors, and the previous rules stay active: rules/a.yaml:3:5: error',
    ]);
  });

  it('is notified of an error in rules once, although each worker finds it at a time of its own', async () => {
    const receiver = await aReceiver();
    const { condition, again, passes, time } = await aWatch({
      ...{ webhook: { url: receiver.url, secret: null }, digest: 0, kinds: ['broken_rules'] },
    });
    const told = (): readonly string[] => receiver.received.flatMap(({ body }) => texts(body));
    const other = again();
    const faults = ['rules/a.yaml:3:5: error', 'rules/b.yaml:1:1: error'];
    condition.brokenRules = { since: TUESDAY, faults };
    await passes(MINUTE);
    condition.brokenRules = { since: TUESDAY + 1_700, faults: [...faults].reverse() };
    await other.runOnce();
    expect(told()).toHaveLength(1);
    // The owner edits the file, and the error moves.
    condition.brokenRules = { since: TUESDAY + 1_700, faults: ['rules/a.yaml:4:5: error'] };
    time.now += MINUTE;
    await other.runOnce();
    // The repair is read, and nothing is left to send.
    condition.brokenRules = null;
    await passes(20 * MINUTE);
    await other.runOnce();
    expect(told()).toHaveLength(1);
    // Another error is another notice.
    condition.brokenRules = { since: time.now, faults: ['rules/c.yaml:9:9: error'] };
    await passes(MINUTE);
    expect(told()).toHaveLength(2);
  });

  it.for([
    ['read between', true, false],
    ['read between, and the program started again', true, true],
    ['and broken again between two runs', false, false],
  ] as const)(
    'is notified again of the same error on the same day after a repair: %s',
    async ([, isRead, isRestart]) => {
      const receiver = await aReceiver();
      const { condition, again, passes, time, notifier } = await aWatch({
        ...{ webhook: { url: receiver.url, secret: null }, digest: 0, kinds: ['broken_rules'] },
      });
      const told = (): number => receiver.received.flatMap(({ body }) => texts(body)).length;
      const other = again();
      const faults = ['rules/a.yaml:3:5: error'];
      const breaks = (): void => void (condition.brokenRules = { since: time.now, faults });
      breaks();
      await passes(MINUTE);
      time.now += 1_000;
      breaks();
      await other.runOnce();
      expect(told()).toBe(1);
      condition.brokenRules = null;
      const later = isRestart ? again() : notifier;
      if (isRead) {
        time.now += MINUTE;
        await later.runOnce();
        // The other worker reads the repair later.
        condition.brokenRules = { since: TUESDAY + MINUTE + 1_000, faults };
        await other.runOnce();
        condition.brokenRules = null;
        await other.runOnce();
        expect(told()).toBe(1);
      }
      time.now += MINUTE;
      breaks();
      await later.runOnce();
      time.now += 1_000;
      breaks();
      await other.runOnce();
      expect(told()).toBe(2);
    },
  );

  it('is notified of unreadable rows, of messages that wait for long, and of a lost account', async () => {
    const receiver = await aReceiver();
    const { store, passes, notifier } = await aWatch({
      kinds: ['unreadable', 'held_messages', 'lost_account'],
      ...{ webhook: { url: receiver.url, secret: null }, digest: MINUTE },
    });
    const held = { for: 'conversation', detail: 'conversation c1 cannot be read (500)' } as const;
    const row = {
      conversationId: 'c1',
      senderId: 'ana',
      recipientId: '9',
      stated: null,
      status: 'delivered',
    };
    await store.recordPage(
      'messages',
      [
        { event: anEvent({ sourceId: 'odd' }), beforeStart: false, unreadable: '`createdAt` is null' },
        { event: anEvent({ sourceId: 'm1' }), beforeStart: false, held: { ...held, row } },
        { event: anEvent({ sourceId: 'm2' }), beforeStart: false, held: { ...held, row } },
      ],
      null,
    );
    const listed = { account: 'shop-ig', accountId: '98434', username: 'lumen' };
    await store.saveListedAccounts([{ ...listed, missingSince: TUESDAY, likelyId: '77' }]);
    await notifier.runOnce();
    // Messages wait a while before a notice is sent; a restart sends nothing twice.
    await passes(29 * MINUTE);
    await passes(2 * MINUTE);
    await passes(2 * MINUTE);
    expect(receiver.received.flatMap(({ body }) => texts(body)).sort()).toEqual([
      'held_messages: 2 messages wait undecided for conversation c1: conversation c1 cannot be read (500)',
      'lost_account: Blotato no longer lists the account shop-ig (id 98434): its messages and comments get no reply',
      'unreadable: A message of shop-ig could not be read: `createdAt` is null',
    ]);
    expect(receiver.received.map(({ body }) => body).join()).toContain('probably came back as id 77');
  });

  it('is notified of replies that were due and stopped, together, and again when their number has doubled', async () => {
    const receiver = await aReceiver();
    const { store, time, passes } = await aWatch({
      kinds: ['window_closed', 'template_error', 'too_long'],
      ...{ webhook: { url: receiver.url, secret: null }, digest: MINUTE },
    });
    let events = 0;
    const stops = async (
      reason: 'window_closed' | 'template_error' | 'no_match',
      n: number,
    ): Promise<void> => {
      for (let left = n; left > 0; left -= 1) {
        events += 1;
        const event = anEvent({ sourceId: `s${events}`, at: time.now });
        await store.recordPage('messages', [{ event, beforeStart: false }], null);
        await store.recordDecision(event, aDecision({ reason, actions: [] }), time.now);
      }
    };
    const told = () => receiver.received.map(({ body }) => texts(body));
    await stops('window_closed', 2);
    await stops('template_error', 1);
    await stops('no_match', 1);
    await passes(2 * MINUTE);
    const closed = 'of rule pricing from shop-ig to messages of 2026-11-24 were not sent';
    expect(told()).toEqual([
      [
        'template_error: A reply of rule pricing from shop-ig to a message of 2026-11-24 was not sent: a value of the text was missing',
        `window_closed: 2 replies ${closed}: the platform's time limit for a reply was over`,
      ],
    ]);
    await stops('window_closed', 1);
    await passes(2 * MINUTE);
    expect(told()).toHaveLength(1);
    await stops('window_closed', 1);
    await passes(2 * MINUTE);
    expect(told().slice(1)).toEqual([
      [`window_closed: 4 replies ${closed}: the platform's time limit for a reply was over`],
    ]);
  });

  it('is notified once of a rule that went quiet, unless it was removed', async () => {
    const receiver = await aReceiver();
    const { store, time, passes } = await aWatch({
      kinds: ['quiet_rule'],
      ...{ webhook: { url: receiver.url, secret: null }, digest: MINUTE },
    });
    const decides = async (id: string, rule: string | null): Promise<void> => {
      const event = anEvent({ sourceId: id, at: time.now });
      await store.recordPage('messages', [{ event, beforeStart: false }], null);
      const reason = rule === null ? 'no_match' : 'replied';
      await store.recordDecision(event, aDecision({ rule, reason, actions: [] }), time.now);
    };
    for (let day = 0; day < 40; day += 1) {
      for (let n = 0; n < 3; n += 1) await decides(`o${day}-${n}`, null);
      if (day < 20) for (const rule of ['guide', 'removed']) await decides(`${rule}${day}`, rule);
      if (day < 20) await decides(`again${day}`, 'guide');
      await passes(24 * HOUR);
    }
    expect(receiver.received.flatMap(({ body }) => texts(body))).toEqual([
      matching(/^quiet_rule: Rule guide has matched nothing since 2026-12-13.*: none of \d+ messages/u),
    ]);
  });

  it('is notified once, however long the program runs and how often it starts', async () => {
    const receiver = await aReceiver();
    const { fails, passes, again } = await aWatch({ webhook: { url: receiver.url, secret: null } });
    await fails();
    await passes(MINUTE);
    for (let day = 0; day < 40; day += 1) await passes(24 * HOUR);
    await again().runOnce();
    expect(receiver.received).toHaveLength(1);
  });

  it('is notified of a send that failed days after its decision, and after a restart', async () => {
    const receiver = await aReceiver();
    const { time, fails, again } = await aWatch({ webhook: { url: receiver.url, secret: null } });
    await fails();
    time.now += 6 * 24 * HOUR;
    await again().runOnce();
    expect(receiver.received).toHaveLength(1);
  });

  it('gets no notice about a person who was forgotten meanwhile', async () => {
    const receiver = await aReceiver();
    receiver.status = 500;
    const { store, fails, passes, notifier } = await aWatch({ webhook: { url: receiver.url, secret: null } });
    await fails();
    await notifier.runOnce();
    await store.forgetContact('ana', TUESDAY);
    receiver.status = 204;
    await passes(MINUTE);
    expect(receiver.received).toHaveLength(1);
  });

  it('is notified of drafts in one message, with a link to each, and not of those that ended meanwhile', async () => {
    const receiver = await aReceiver();
    const webhook = { url: receiver.url, secret: null };
    const link = 'https://replies.shop.example';
    const { store, time, passes } = await aWatch({ webhook, link, kinds: ['draft_waiting'] });
    const drafted = { reason: 'awaiting_approval', actions: [anAction({ awaits: true })] } as const;
    const drafts = async (...ids: string[]): Promise<void> => {
      for (const id of ids) {
        const contact = { id, name: null, username: null };
        const event = anEvent({
          sourceId: id,
          conversationId: id,
          at: time.now,
          contact,
          text: 'secret words',
        });
        await store.recordPage('messages', [{ event, beforeStart: false }], null);
        await store.recordDecision(event, aDecision(drafted), time.now);
      }
    };
    await drafts('ana', 'bea', 'cem');
    await passes(MINUTE);
    await passes(MINUTE);
    expect(receiver.received).toHaveLength(1);
    const { body } = receiver.received[0]!;
    const { text, notices } = JSON.parse(body) as { text: string; notices: { link: string }[] };
    expect(text).toMatch(/^autoresponder: 3 replies wait for approval\n/u);
    expect(notices.map((each) => each.link)).toEqual(
      Array.from({ length: 3 }, () => matching(/^https:\/\/replies\.shop\.example\/review\/default\//u)),
    );
    expect(body).not.toContain('secret words');

    // Found while the next message waits for `digest`, and dropped before it leaves.
    await drafts('dan');
    await passes(MINUTE);
    for (const { id } of await store.drafts({ limit: 9 })) {
      await store.changeDraft({ do: 'drop', id, version: null, edits: [], by: 'mia' }, time.now);
    }
    await passes(15 * MINUTE);
    expect(receiver.received).toHaveLength(1);
    await drafts('eva');
    await passes(MINUTE);
    expect(receiver.received).toHaveLength(2);
  });

  it('is notified of a handoff', async () => {
    const receiver = await aReceiver();
    const { store, notifier } = await aWatch({ webhook: { url: receiver.url, secret: null } });
    const event = anEvent();
    await store.recordPage('messages', [{ event, beforeStart: false }], null);
    const effects = [
      { type: 'handoff', rule: 'human', note: 'asks for a refund', until: TUESDAY + HOUR } as const,
    ];
    await store.recordDecision(event, aDecision({ reason: 'acted', actions: [], effects }), TUESDAY);
    await notifier.runOnce();
    expect(texts(receiver.received[0]!.body)).toEqual([
      'handoff: Rule human hands ana of shop-ig over to a human: asks for a refund',
    ]);
  });

  it('is notified by a command, which gets the notice on its standard input', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'alert-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const out = join(folder, 'out.json');
    const script = join(folder, 'alert.mjs');
    writeFileSync(
      script,
      `import { readFileSync, writeFileSync } from 'node:fs'; writeFileSync(process.argv[2], readFileSync(0));`,
    );
    const { fails, notifier } = await aWatch({ command: [process.execPath, script, out] });
    await fails();
    await notifier.runOnce();
    expect(texts(readFileSync(out, 'utf8'))).toHaveLength(1);
  });

  it('is notified of a notify.command that fails', async () => {
    const { fails, notifier, trouble } = await aWatch({
      command: [process.execPath, '-e', 'process.exit(3)'],
    });
    await fails();
    await notifier.runOnce();
    expect(trouble).toEqual([`notifying the owner by command: ${process.execPath} ended with 3`]);
  });

  it('is notified by e-mail', async () => {
    const mail = await aMailServer();
    const { fails, notifier, trouble } = await aWatch({
      email: { smtp: mail.url, from: 'bot@mail.example', to: ['owner@mail.example'] },
    });
    await fails();
    await notifier.runOnce();
    expect(trouble).toEqual([]);
    // Quoted-printable breaks long lines after `=`.
    const said = mail.said().replace(/=\r?\n/gu, '');
    expect(said).toMatch(/MAIL FROM:<bot@mail\.example>/u);
    expect(said).toMatch(/RCPT TO:<owner@mail\.example>/u);
    expect(said).toMatch(/^Subject: autoresponder: failed/mu);
    expect(said).toContain('autoresponder outbox retry 1, or discard 1.');
  });
});

describe('several receivers, one of them refused by the mail server', () => {
  it('are notified except that one, which the log and a second notice name, and none twice', async () => {
    const mail = await aMailServer('gone@mail.example');
    const { fails, notifier, passes, trouble } = await aWatch({
      kinds: ['failed', 'failed_notice'],
      email: { smtp: mail.url, from: 'bot@mail.example', to: ['owner@mail.example', 'gone@mail.example'] },
    });
    await fails();
    await notifier.runOnce();
    expect(mail.said().match(/^Subject: /gmu)).toHaveLength(1);
    expect(trouble).toEqual([
      expect.stringMatching(/^notifying the owner by email gone@mail\.example: .*550/u),
    ]);
    await passes(15 * MINUTE);
    await passes(15 * MINUTE);
    const subjects = mail
      .said()
      .match(/^Subject: .*$/gmu)
      ?.map((line) => line.trim());
    expect(subjects).toEqual(['Subject: autoresponder: failed', 'Subject: autoresponder: failed_notice']);
    expect(mail.said().replaceAll('=\r\n', '')).toContain('email gone@mail.example');
    expect(trouble).toHaveLength(3);
  });
});

describe('an owner whose mail server hangs', () => {
  it('is notified by the other channels meanwhile, and the program still stops on request', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'alert-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const out = join(folder, 'out');
    const silent = createServer((socket) => {
      socket.resume().on('error', () => undefined);
      socket.write('220 mail.example\r\n');
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => new Promise<void>((resolve) => silent.close(() => resolve())));
    const { fails, notifier, trouble, store } = await aWatch({
      email: {
        smtp: `smtp://127.0.0.1:${(silent.address() as AddressInfo).port}/?ignoreTLS=true`,
        from: 'bot@mail.example',
        to: ['owner@mail.example'],
      },
      command: [process.execPath, '-e', `require('node:fs').writeFileSync(${JSON.stringify(out)}, 'told')`],
    });
    await fails();
    const looking = notifier.runOnce();
    // Wait until the notice is sent, not only begun, because stopping ends a command that still runs.
    const toldByCommand = async () => expect(await store.lastTold('command')).not.toBeNull();
    await vi.waitFor(toldByCommand, { timeout: 60_000 });
    expect(existsSync(out)).toBe(true);
    await notifier.stop();
    await looking;
    expect(trouble).toEqual([expect.stringMatching(/^notifying the owner by email: /u)]);
  });
});

/** Receives a mail by RFC 5321, without encryption and authentication. */
async function aMailServer(unknown = 'nobody') {
  let said = '';
  const server = createServer((socket) => {
    let inBody = false;
    socket.write('220 mail.example\r\n');
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      const text = chunk.toString();
      said += text;
      if (inBody) {
        if (!said.endsWith('\r\n.\r\n')) return;
        inBody = false;
        socket.write('250 taken\r\n');
        return;
      }
      if (/^DATA/u.test(text)) {
        inBody = true;
        socket.write('354 go on\r\n');
      } else if (text.startsWith('RCPT') && text.includes(unknown)) socket.write('550 no such user\r\n');
      else if (/^QUIT/u.test(text)) socket.end('221 bye\r\n');
      else socket.write('250 fine\r\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}/?ignoreTLS=true`,
    said: () => said,
  };
}

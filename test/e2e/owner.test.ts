import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { troubleOf } from '../../src/cli/sandbox-faults.js';
import {
  aProject,
  type Cleanup,
  cli,
  lines,
  matching,
  type Project,
  RULES,
  PROCESSES,
  start,
} from './cli.js';

const COMMAND = join(import.meta.dirname, '../../bin/autoresponder.js');
const PATIENCE = { timeout: 60_000, interval: 20 };
const LOOK_BACK = { poll: '{ schedule: "* * * * * *", start: { lookback: 30m } }' };

/** A refused send: the comment is deleted when its private reply arrives. */
async function failSend({ sandbox, cli }: Project): Promise<() => void> {
  const { id } = sandbox.comment({ account: 'shop-ig', contact: 'ana', text: 'guide' });
  sandbox.fault(({ method }) => {
    if (method === 'POST') sandbox.world.deleteComment(id);
    return 'none';
  });
  expect(await cli('run', '--once')).toMatchObject({ code: 0 });
  sandbox.fault(null);
  return () => {
    sandbox.world.findComment(id)!.isDeleted = false;
  };
}

/** A waiting send: the API responds with 429 each time. */
function holdSends({ sandbox }: Project): void {
  sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price?' });
  sandbox.fault(({ method }) => (method === 'POST' ? 'rate_limit' : 'none'));
}

async function outbox({ cli }: Project, ...args: string[]): Promise<Record<string, unknown>[]> {
  return lines((await cli('outbox', 'list', '--json', ...args)).stdout);
}

async function polls({ sandbox }: Project, more: number): Promise<void> {
  const count = () => sandbox.calls()['GET /v2/messages']?.[200] ?? 0;
  const before = count();
  await vi.waitFor(() => expect(count()).toBeGreaterThanOrEqual(before + more), PATIENCE);
}

/** The commands in a text, as people copy them. */
function commandsIn(text: string): readonly string[] {
  return [...text.matchAll(/`(autoresponder [^`]+)`/gu)].map(([, command = '']) => command);
}

/** Runs a printed command in a shell, in the folder of the project. */
function inShell(command: string, { folder, options }: Project) {
  const script = `autoresponder() { "${process.execPath}" "${COMMAND}" "$@"; }\n${command}`;
  return promisify(execFile)('sh', ['-c', script], { cwd: folder, env: { ...process.env, ...options.env } });
}

/** The id of the message that a pause held back. */
async function heldIn(project: Project, more: readonly string[]): Promise<string> {
  const { stdout } = await project.cli('journal', '--json', '--reason', 'paused', ...more);
  return lines<{ id: string }>(stdout)[0]?.id ?? '';
}

describe.concurrent('before the first run', PROCESSES, () => {
  it.for(['status', 'outbox list'])(
    '%s reports that there is no store yet, and creates none',
    async (command, test) => {
      const project = await aProject(test);
      const { code, stdout, stderr } = await project.cli(...command.split(' '), '--json');
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toBe(
        `autoresponder: there is no store at ${project.folder}/data/autoresponder.db yet; fix: start \`autoresponder run\`, which creates it\n`,
      );
      expect(() => project.left()).toThrow();
    },
  );
});

describe.concurrent('status and journal', PROCESSES, () => {
  it('show what was read, decided and sent, while the program runs', async (test) => {
    const project = await aProject(test, { config: LOOK_BACK });
    project.sandbox.receive({ account: 'shop-ig', contact: { id: 'ana', name: 'Ana' }, text: 'price?' });
    project.sandbox.receive({ account: 'shop-bsky', contact: 'bo', text: 'price\u001b[2J?' });
    project.start('run');
    await vi.waitFor(() => expect(project.sandbox.sends()).toHaveLength(1), PATIENCE);
    await polls(project, 2);
    await vi.waitFor(async () => {
      expect(JSON.parse((await project.cli('status', '--json')).stdout)).toMatchObject({
        mode: 'live',
        reasons: { platform_cannot_send: 1, replied: 1, own_message: 1 },
        sends: { sent: 1 },
        undecided: 0,
        newestEventAt: matching(/^\d{4}-.*Z$/u),
        pauses: [],
      });
    }, PATIENCE);
    const status = await project.cli('status');
    expect(status).toMatchObject({ code: 0, stderr: '' });
    expect(status.stdout).toContain('platform_cannot_send');
    expect(status.stdout).toMatch(/stream {3}messages\/instagram/u);

    const journal = await project.cli('journal');
    expect(journal).toMatchObject({ code: 0, stderr: matching(/^To reply by hand: .*\n$/u) });
    expect(journal.stdout).toContain('Ana');
    // The text of a contact cannot colour the terminal.
    expect(journal.stdout).not.toContain('\u001b');
    const byReason = await project.cli('journal', '--json', '--reason', 'replied');
    expect(lines(byReason.stdout)).toMatchObject([
      {
        id: matching(/^message:/u),
        kind: 'message',
        platform: 'instagram',
        account: 'shop-ig',
        contact: { id: 'ana', name: 'Ana' },
        text: 'price?',
        rule: 'pricing',
        reason: 'replied',
      },
    ]);
  });

  it('journal into a pipe that is closed after its first line does not crash', async (test) => {
    const project = await aProject(test, { config: LOOK_BACK });
    for (let n = 0; n < 300; n += 1) {
      project.sandbox.receive({ account: 'shop-ig', contact: `p${n}`, text: `chatter ${n} `.repeat(40) });
    }
    expect(await project.cli('run', '--once')).toMatchObject({ code: 0 });
    const running = project.start('journal', '--json', '--limit', '1000');
    await vi.waitFor(() => expect(running.stdout()).toContain('\n'), { ...PATIENCE, interval: 1 });
    running.closeStdout();
    expect(await running.ended).toMatchObject({ code: 0, stderr: '' });
  });
});

describe.concurrent('a list with more rows than its limit', PROCESSES, () => {
  it('reports those that are left out on stderr, and prints every row with `--limit all`', async (test) => {
    const project = await aProject(test, { config: { ...LOOK_BACK, mode: 'approve' } });
    for (const contact of ['ana', 'ben', 'cleo'])
      project.sandbox.receive({ account: 'shop-ig', contact, text: 'price?' });
    expect(await project.cli('run', '--once')).toMatchObject({ code: 0 });
    const lists = [
      ['journal', 'the newest 2 of the journal; older ones'],
      ['outbox list --all', 'the newest 2 sends; older ones'],
      ['contacts list', 'the first 2 contacts; more'],
      ['drafts list', 'the oldest 2 drafts; newer ones'],
    ] as const;
    for (const [command, left] of lists) {
      const list = (...args: string[]) => project.cli(...command.split(' '), ...args);
      const json = await list('--json', '--limit', '2');
      expect(json.stderr).toBe(`${left} exist: --limit N or --limit all\n`);
      expect(lines(json.stdout)).toHaveLength(2);
      expect((await list('--limit', '2')).stderr).toContain(json.stderr);
      const all = await list('--json', '--limit', 'all');
      expect(all.stderr).toBe('');
      expect(lines(all.stdout).slice(0, 2)).toEqual(lines(json.stdout));
      expect(lines(all.stdout)).toHaveLength(3);
      expect((await list('--limit', '3')).stderr).not.toContain('exist');
      expect((await list('--limit', 'many')).stderr).toMatch(/--limit is "many"; fix: .* or all/u);
    }
  });
});

describe.concurrent('outbox', PROCESSES, () => {
  it.for(['no program runs', 'a program runs'])(
    'retry sends a failed reply again, when %s',
    async (when, test) => {
      const project = await aProject(test, { config: LOOK_BACK });
      const mend = await failSend(project);
      expect(await outbox(project)).toMatchObject([
        { id: 1, action: 'private_reply', state: 'failed', reason: 'failed' },
      ]);
      mend();
      const running = when === 'no program runs' ? null : project.run();
      if (running) await polls(project, 1);
      const retried = await project.cli('outbox', 'retry', '1', '--json');
      expect(retried).toMatchObject({ code: 0, stderr: '' });
      expect(JSON.parse(retried.stdout)).toMatchObject({
        id: 1,
        state: 'pending',
        detail: 'retried by hand',
      });
      if (!running) expect(await project.cli('run', '--once')).toMatchObject({ code: 0 });
      await vi.waitFor(
        () => expect(project.sandbox.sends()).toMatchObject([{ text: 'Here it is.' }]),
        PATIENCE,
      );
    },
  );

  it.for(['no program runs', 'a program runs'])(
    'discard drops an unsent reply, when %s',
    async (when, test) => {
      const project = await aProject(test, { config: LOOK_BACK });
      holdSends(project);
      expect(await project.cli('run', '--once')).toMatchObject({ code: 0 });
      const running = when === 'no program runs' ? null : project.run();
      if (running) await polls(project, 1);
      // A send cannot be changed during an attempt.
      await vi.waitFor(async () => {
        const discarded = await project.cli('outbox', 'discard', '1', '--json');
        expect(discarded).toMatchObject({ code: 0 });
        expect(JSON.parse(discarded.stdout)).toMatchObject({ id: 1, state: 'discarded' });
      }, PATIENCE);
      project.sandbox.fault(null);
      if (running) await polls(project, 2);
      else expect(await project.cli('run', '--once')).toMatchObject({ code: 0 });
      expect(project.sandbox.sends()).toEqual([]);
      expect(await outbox(project)).toEqual([]);
      expect(await outbox(project, '--all')).toMatchObject([{ state: 'discarded' }]);
    },
  );

  it('reports a send that does not exist', async (test) => {
    const project = await aProject(test);
    expect(await project.cli('run', '--once')).toMatchObject({ code: 0 });
    expect(await project.cli('outbox', 'retry', '7')).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'autoresponder: send 7 is not in a state for this command; fix: see `autoresponder outbox list --all` for its state\n',
    });
  });
});

describe.concurrent('drafts and replies by hand', PROCESSES, () => {
  it('are listed, edited, approved once and dropped, and recorded', async (test) => {
    const { cli, sandbox, read, write } = await aProject(test, { config: { ...LOOK_BACK, mode: 'approve' } });
    for (const contact of ['ana', 'bea']) sandbox.receive({ account: 'shop-ig', contact, text: 'price?' });
    const { conversationId } = sandbox.receive({ account: 'shop-ig', contact: 'cy', text: 'hello' });
    const byHand = ['reply', '--conversation', conversationId, '--text', 'By hand.'] as const;
    expect(await cli('run', '--once')).toMatchObject({ code: 0 });
    const waiting = lines<{ id: number }>((await cli('drafts', 'list', '--json')).stdout);
    expect(waiting).toHaveLength(2);
    const [first, second] = waiting.map(({ id }) => String(id));
    expect(await cli('drafts', 'edit', first!, '--text', 'From 21 EUR.')).toMatchObject({ code: 0 });
    expect(await cli('drafts', 'approve', first!)).toMatchObject({ code: 0 });
    expect(await cli('drafts', 'drop', second!)).toMatchObject({ code: 0 });
    for (const id of [first!, '77']) {
      const { code, stderr } = await cli('drafts', 'approve', id);
      expect({ code, stderr }).toEqual({ code: 1, stderr: matching(/does not wait.*; fix: /u) });
    }
    expect(await cli(...byHand)).toMatchObject({
      code: 0,
      stdout: matching(/replies to this contact pause/u),
    });
    expect(await cli('run', '--once')).toMatchObject({ code: 0 });
    expect(new Set(sandbox.sends().map(({ text }) => text))).toEqual(new Set(['From 21 EUR.', 'By hand.']));
    expect(lines((await cli('drafts', 'stats', '--json')).stdout)).toMatchObject([
      { rule: 'pricing', waiting: 0, approved: 0, edited: 1, dropped: 1 },
    ]);
    const journal = lines<{ text: string; by: string }>((await cli('journal', '--json')).stdout);
    expect(Object.fromEntries(journal.map(({ text, by }) => [text, by]))).toMatchObject({
      'price?': 'contact',
      hello: 'contact',
    });
    expect(await cli('pause', '--account', 'shop-ig')).toMatchObject({ code: 0 });
    expect(await cli('resume', '--account', 'shop-ig')).toMatchObject({ code: 0 });
    const trail = lines((await cli('export', 'audit')).stdout).map(({ by, action }) => [by, action]);
    expect(trail).toEqual([
      ['cli', 'draft_edit'],
      ['cli', 'draft_approve'],
      ['cli', 'draft_drop'],
      ['cli', 'reply'],
      ['cli', 'pause'],
      ['cli', 'resume'],
    ]);

    // In the outbox it would wait, and leave when the mode changes.
    write('config.yaml', read('config.yaml').replace('mode: approve', 'mode: shadow'));
    for (const command of [byHand, ['drafts', 'approve', first!]] as const) {
      const { code, stderr } = await cli(...command);
      expect({ code, stderr }).toEqual({ code: 1, stderr: matching(/`mode: shadow`.*; fix: /u) });
    }
  });
});

describe.concurrent('pause and resume', PROCESSES, () => {
  it.for(['no program runs', 'a program runs'])(
    'suppress replies while paused and no longer, when %s',
    async (when, test) => {
      const project = await aProject(test);
      const { sandbox } = project;
      expect(await project.cli('run', '--once')).toMatchObject({ code: 0 });
      const isRunning = when === 'a program runs';
      if (isRunning) {
        project.run();
        await polls(project, 1);
      }
      const paused = await project.cli('pause', '--account', 'shop-ig', '--json');
      expect(paused).toMatchObject({ code: 0, stderr: '' });
      expect(JSON.parse(paused.stdout)).toEqual({
        workspace: 'default',
        scope: 'account:shop-ig',
        until: null,
      });
      expect(JSON.parse((await project.cli('status', '--json')).stdout)).toMatchObject({
        pauses: [{ scope: 'account:shop-ig', until: null }],
      });

      const poll = async (): Promise<void> => {
        if (isRunning) await polls(project, 2);
        else expect(await project.cli('run', '--once')).toMatchObject({ code: 0 });
      };
      sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price, while paused' });
      sandbox.receive({ account: 'shop-x', contact: 'bo', text: 'price, elsewhere' });
      await poll();
      // A running program sends after its poll, so wait for the send.
      await vi.waitFor(() => {
        expect(sandbox.sends().map((send) => send.recipientId)).toEqual(['bo']);
      }, PATIENCE);

      expect(JSON.parse((await project.cli('resume', '--account', 'shop-ig', '--json')).stdout)).toEqual({
        workspace: 'default',
        scope: 'account:shop-ig',
        resumed: true,
        humans: [],
      });
      sandbox.receive({ account: 'shop-ig', contact: 'cy', text: 'price, after' });
      await poll();
      await vi.waitFor(() => {
        expect(sandbox.sends().map((send) => send.recipientId)).toEqual(['bo', 'cy']);
      }, PATIENCE);
      const { stdout } = await project.cli('journal', '--json', '--reason', 'paused');
      expect(lines(stdout)).toMatchObject([{ text: 'price, while paused' }]);
    },
  );

  it('resume --contact ends the pause after a human wrote, and exits with 1 if there is no pause', async (test) => {
    const project = await aProject(test);
    const { sandbox } = project;
    const once = async () => expect(await project.cli('run', '--once')).toMatchObject({ code: 0 });
    const ana = { account: 'shop-ig', contact: 'ana' };
    const reasonOf = async (text: string) =>
      lines((await project.cli('journal', '--json')).stdout).find(
        (row) => (row as { text: string }).text === text,
      );
    await once();
    sandbox.receive({ ...ana, text: 'hm' });
    sandbox.humanWrites({ ...ana, text: 'I am here' });
    await once();
    sandbox.receive({ ...ana, text: 'the price?' });
    await once();
    expect(await reasonOf('the price?')).toMatchObject({ reason: 'human_active' });
    expect(await project.cli('resume', '--contact', 'ana')).toMatchObject({
      code: 0,
      stdout: 'contact:ana: no longer paused; also ended: the pause after a human wrote from shop-ig\n',
      stderr: matching(
        /^Messages that arrived during the pause stay without a reply: `autoresponder journal`/u,
      ),
    });
    expect(await project.cli('resume', '--contact', 'ana')).toMatchObject({
      code: 1,
      stdout: 'contact:ana: was not paused\n',
    });
    sandbox.receive({ ...ana, text: 'price now?' });
    await once();
    expect(sandbox.sends().map(({ recipientId }) => recipientId)).toEqual(['ana']);
    sandbox.humanWrites({ ...ana, text: 'me again' });
    sandbox.receive({ ...ana, text: 'price once more?' });
    await once();
    expect(await reasonOf('price once more?')).toMatchObject({ reason: 'human_active' });
  });

  it('a handoff is named where replies are held back, until a human replies or it is done', async (test) => {
    const rules = `version: 1
rules:
  - { id: human, on: message, keywords: [human], silent: true, handoff: asks for a human }
  - { id: pricing, on: message, keywords: [price], reply: "From 20 EUR." }
`;
    const project = await aProject(test, { rules, config: LOOK_BACK });
    const emma = { account: 'shop-ig', contact: { id: 'e1', name: 'Emma', username: null } };
    project.sandbox.receive({ ...emma, text: 'a human please' });
    expect(await project.cli('run', '--once')).toMatchObject({ code: 0 });
    project.sandbox.receive({ ...emma, text: 'the price?' });
    expect(await project.cli('run', '--once')).toMatchObject({ code: 0 });
    const [held] = lines((await project.cli('journal', '--json', '--reason', 'paused')).stdout);
    expect(held).toMatchObject({ detail: matching(/^handed off by rule human, until .*; contact:e1$/u) });
    const waits = 'Emma (e1, shop-ig) waits for a human: "a human please" (asks for a human)';
    const status = (await project.cli('status')).stdout;
    expect(status).toMatch(
      /^paused {3}contact:e1 until .*: handed off by rule human; `autoresponder resume --contact e1` ends it$/mu,
    );
    expect(status).toContain(`human    ${waits}\n`);
    expect(JSON.parse((await project.cli('status', '--json')).stdout)).toMatchObject({
      waitForHuman: [{ contactId: 'e1', rule: 'human', request: 'a human please', words: 'the price?' }],
    });
    expect(await project.cli('resume', '--contact', 'e1')).toMatchObject({
      code: 0,
      stderr: matching(/Emma \(e1, shop-ig\) waits for a human.*, until you reply or press \*Done\*/u),
    });
    project.sandbox.humanWrites({ ...emma, text: 'I am here' });
    expect(await project.cli('run', '--once')).toMatchObject({ code: 0 });
    expect((await project.cli('status')).stdout).not.toContain('waits for a human');
  });

  it('each printed resume ends its pause, as it is printed', async (test) => {
    const rules = `version: 1
rules:
  - { id: human, on: message, keywords: [human], silent: true, handoff: asks for a human }
  - { id: rest, on: message, keywords: [rest], silent: true, pause: true }
  - { id: pricing, on: message, keywords: [price], reply: "From 20 EUR.", once_per: false }
`;
    const project = await aProject(test, { rules, config: LOOK_BACK });
    const { sandbox, cli: command } = project;
    // The configuration of another name: without `--config` none of these commands would find it.
    project.write("the shop's.yaml", project.read('config.yaml'));
    rmSync(join(project.folder, 'config.yaml'));
    const config = ['--config', "the shop's.yaml"];
    const receive = (id: string, text: string) =>
      sandbox.receive({ account: 'shop-ig', contact: { id, name: `Name of ${id}`, username: null }, text });
    receive('handed off', 'a human please');
    receive('17', 'rest');
    const { conversationId } = receive('18', 'hello');
    for (const id of ["it's", '20:1']) receive(id, 'hello');
    expect(await command('run', '--once', ...config)).toMatchObject({ code: 0 });
    const printed: string[] = [];
    for (const scope of [
      ['--contact', "it's"],
      ['--contact', 'name of 20:1', '--for', '1h'],
      ['--conversation', conversationId],
      ['--account', 'shop-fb', '--for', '2h'],
      [],
    ]) {
      const paused = await command('pause', ...scope, ...config);
      expect(paused).toMatchObject({ code: 0 });
      printed.push(...commandsIn(paused.stdout));
    }
    receive('handed off', 'the price?');
    expect(await command('run', '--once', ...config)).toMatchObject({ code: 0 });
    const explained = await command('explain', '--event', await heldIn(project, config), ...config);
    expect(commandsIn(explained.stdout)).toEqual(['autoresponder status']);

    const listed = commandsIn((await command('status', ...config)).stdout).filter((each) =>
      each.startsWith('autoresponder resume'),
    );
    expect(listed).toHaveLength(7);
    expect(listed).toEqual(expect.arrayContaining(printed));
    for (const each of listed) {
      const { stdout } = await inShell(each, project);
      expect([each, stdout]).toEqual([each, matching(/: no longer paused/u)]);
    }
    expect(JSON.parse((await command('status', '--json', ...config)).stdout)).toMatchObject({ pauses: [] });
    receive('handed off', 'the price now?');
    expect(await command('run', '--once', ...config)).toMatchObject({ code: 0 });
    expect(sandbox.sends()).toHaveLength(1);
  });

  it('pause --for ends by itself', async (test) => {
    const project = await aProject(test);
    const { stdout } = await project.cli('pause', '--for', '12h', '--json');
    const { until } = JSON.parse(stdout) as { until: string };
    expect(Date.parse(until) - Date.now()).toBeGreaterThan(11 * 3_600_000);
    expect(Date.parse(until) - Date.now()).toBeLessThanOrEqual(12 * 3_600_000);
  });
});

describe.concurrent('contacts', PROCESSES, () => {
  it.for(['no program runs', 'a program runs'])(
    'forget ID deletes the texts of one person, when %s',
    async (when, test) => {
      const project = await aProject(test, { config: LOOK_BACK });
      project.sandbox.receive({
        account: 'shop-ig',
        contact: { id: 'ana', name: 'Ana Lima' },
        text: 'price?',
      });
      project.sandbox.receive({ account: 'shop-ig', contact: 'bo', text: 'hello there' });
      expect(await project.cli('run', '--once')).toMatchObject({ code: 0 });
      if (when === 'a program runs') {
        project.run();
        // Our own reply must be read back first: after `forget` it would belong to a contact who opted out.
        await vi.waitFor(async () => {
          const own = await project.cli('journal', '--json', '--reason', 'own_message');
          expect(lines(own.stdout)).toHaveLength(1);
        }, PATIENCE);
      }
      const forgotten = await project.cli('contacts', 'forget', 'ana', '--json');
      expect(forgotten).toMatchObject({ code: 0, stderr: '' });
      expect(JSON.parse(forgotten.stdout)).toMatchObject({ contact: 'ana', accounts: ['shop-ig'], sends: 1 });
      const { stdout } = await project.cli('journal', '--json');
      expect(stdout).not.toContain('Ana Lima');
      expect(stdout).not.toContain('price?');
      expect(stdout).toContain('hello there');

      project.sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'and the price now?' });
      if (when === 'a program runs') await polls(project, 2);
      else expect(await project.cli('run', '--once')).toMatchObject({ code: 0 });
      await vi.waitFor(async () => {
        const journal = await project.cli('journal', '--json', '--reason', 'opted_out');
        expect(lines(journal.stdout)).toMatchObject([{ text: 'and the price now?' }]);
      }, PATIENCE);
      expect(project.sandbox.sends()).toHaveLength(1);
    },
  );

  it('are listed, shown and exported with their tags and fields', async (test) => {
    const rules = `version: 1
rules:
  - id: hello
    on: message
    keywords: [hello]
    reply: Hi
    tag: [greeted, vip]
    set: { said: "{{ message.text }}" }
`;
    const project = await aProject(test, { config: LOOK_BACK, rules });
    const ana = { id: 'ana', name: 'Ana "A" Lima', username: 'ana.l' };
    project.sandbox.receive({ account: 'shop-ig', contact: ana, text: '=1+1, hello' });
    project.sandbox.receive({
      account: 'shop-ig',
      contact: { id: 'bo', name: '+33 6 12' },
      text: 'good day',
    });
    expect(await project.cli('run', '--once')).toMatchObject({ code: 0 });

    const listed = lines((await project.cli('contacts', 'list', '--tag', 'vip', '--json')).stdout);
    expect(listed).toMatchObject([{ contactId: 'ana', tags: ['greeted', 'vip'], funnels: [] }]);
    const shown = await project.cli('contacts', 'show', 'ana');
    expect(shown.stdout).toMatch(/^ana of shop-ig\n {2}name +Ana "A" Lima, ana\.l\n/u);
    expect(shown.stdout).toContain('field     said = =1+1, hello');

    const csv = (await project.cli('contacts', 'export')).stdout.split('\n');
    expect(csv[0]).toBe(
      'account,id,name,username,last_wrote,opted_out,tags,funnel,funnel_state,funnel_outcome,funnel_step,funnel_started,field.said',
    );
    expect(csv[1]).toMatch(
      /^shop-ig,ana,"Ana ""A"" Lima",ana\.l,[\d:TZ.-]+,no,greeted vip,,,,,,"'=1\+1, hello"$/u,
    );
    expect(csv[2]).toMatch(/^shop-ig,bo,\+33 6 12,,[\d:TZ.-]+,no,,,,,,,$/u);
    expect(csv.slice(3)).toEqual(['']);
    const json = lines((await project.cli('contacts', 'export', '--format', 'json')).stdout);
    expect(json).toMatchObject([{ contactId: 'ana' }, { contactId: 'bo', fields: {} }]);
  });

  it('removes terminal control sequences and spreadsheet formulas from ids, names and texts', async (test) => {
    // Conceal, clear screen (also as 8-bit control), a forged line, a right-to-left override.
    const hostile = '\u001b[8m\u001b[2J\u009b2J\u007f\nforged\u202e';
    const rules = `version: 1
rules:
  - { id: pricing, on: message, keywords: [price], reply: "From 20 EUR, {{ message.text }}", set: { said: "{{ message.text }}" } }
`;
    const project = await aProject(test, { config: LOOK_BACK, rules });
    const { sandbox } = project;
    const name = `\n＝1+1${hostile}`;
    sandbox.receive({
      account: 'shop-ig',
      contact: { id: `ana${hostile}`, name },
      text: `＝price ${hostile}`,
    });
    // Refused, so that the outbox lists it with the API's error text.
    sandbox.fault(({ method }) => (method === 'POST' ? 'no_permission' : 'none'));
    const colours = { ...project.options.env, FORCE_COLOR: '1' };
    const run = (...args: string[]) => cli(test, args, { ...project.options, env: colours });
    expect(await run('run', '--once')).toMatchObject({ code: 0 });
    const [{ id } = { id: '' }] = lines<{ id: string }>((await run('journal', '--json')).stdout);
    const commands = [
      ['journal'],
      ['journal', '--json'],
      ['outbox', 'list', '--all'],
      ['contacts', 'list'],
      ['contacts', 'show', `ana${hostile}`],
      ['contacts', 'export'],
      ['contacts', 'export', '--format', 'json'],
      ['explain', '--event', id],
      ['explain', '--text', `price ${hostile}`],
      ['status'],
    ];
    const outputs = await Promise.all(
      commands.map(async (command) => {
        const { stdout, stderr } = await run(...command);
        return `${command.join(' ').slice(0, 20)}\n${stdout}${stderr}`;
      }),
    );
    for (const output of outputs) {
      // The only remaining control characters are our own colours and line ends.
      expect(output.split('\n', 1)[0]).not.toBe('');
      const shown = output.slice(output.indexOf('\n')).replaceAll(/\u001b\[(?:[12]|22|3\d|9\d)m/gu, '');
      expect(shown).not.toMatch(/(?!\n)\p{Cc}/u);
    }
    expect(
      outputs.filter((output) => /^forged/mu.test(output)).map((output) => output.split('\n', 1)[0]),
    ).toEqual(['contacts export']);
    const csv = outputs.find((output) => output.startsWith('contacts export\n'));
    // The cell of the name begins with a line feed, that of the field with a full-width sign.
    expect(csv).toContain(`,"'\n＝1+1`);
    expect(csv).toContain(`"'＝price`);
  });

  it('are meant by a name that one of them has, and listed if several have it', async (test) => {
    const project = await aProject(test, { config: LOOK_BACK });
    const people = [
      { id: 'by-hand-emma', name: 'Emma Berg', username: 'emmab' },
      { id: '17', name: 'Ben', username: null },
      { id: '18', name: 'Ben', username: 'bn' },
      { id: 'Jose\u0301', name: 'Émile', username: '17' },
      { id: "it's me", name: 'JOS\u00c9', username: null },
    ];
    for (const contact of people) project.sandbox.receive({ account: 'shop-ig', contact, text: 'hello' });
    expect(await project.cli('run', '--once')).toMatchObject({ code: 0 });
    const { cli } = project;
    const emma = 'contact:by-hand-emma (Emma Berg)';
    const until = (shown: string, id: string) =>
      `${shown}: paused until \`autoresponder resume --contact ${id}\`\n`;
    // An id wins over a name; names are compared as NFC.
    for (const [given, shown, id] of [
      ['Emma berg', emma, 'by-hand-emma'],
      ['@EmmaB', emma, 'by-hand-emma'],
      ['by-hand-emma', emma, 'by-hand-emma'],
      ['17', 'contact:17 (Ben)', '17'],
      ['e\u0301mile', 'contact:Jose\u0301 (Émile)', "'Jose\u0301'"],
      ['jos\u00e9', "contact:it's me (JOS\u00c9)", String.raw`'it'\''s me'`],
    ] as const) {
      const paused = await cli('pause', '--contact', given);
      expect(paused).toMatchObject({ code: 0, stdout: until(shown, id) });
      expect(await cli('resume', '--contact', given)).toMatchObject({
        code: 0,
        stdout: matching(/: no longer paused\n$/u),
      });
      expect((await cli('resume', '--contact', given)).stdout).toBe(`${shown}: was not paused\n`);
      expect((await cli('contacts', 'show', given)).stdout).toContain(
        `${shown.replace(/^contact:| \(.*/gu, '')} of shop-ig`,
      );
    }
    for (const command of [
      ['pause', '--contact'],
      ['resume', '--contact'],
      ['contacts', 'show'],
      ['reply', '--text', 'Hi', '--conversation'],
    ]) {
      expect(await cli(...command, 'BEN')).toEqual({
        ...{ code: 1, stdout: '' },
        stderr: `autoresponder: 2 contacts have the name "BEN"; fix: give the id of one: 17 (Ben), 18 (Ben)\n`,
      });
    }
    const forgotten = await cli('contacts', 'forget', 'Émile');
    expect(forgotten).toMatchObject({ code: 1, stderr: matching(/forget` deletes, so it takes no name$/mu) });
    expect(await cli('contacts', 'forget', '18')).toMatchObject({ code: 0 });
    expect(await cli('pause', '--contact', 'ben', '--for', '1h')).toMatchObject({
      stdout: matching(/^contact:17 \(Ben\): paused until 2/u),
    });
  });

  it('refuses an id that no contact has, and names the contacts who may be meant', async (test) => {
    const project = await aProject(test, { config: LOOK_BACK });
    const emma = { id: 'by-hand-emma', name: 'Emma Berg', username: 'emmab' };
    project.sandbox.receive({ account: 'shop-ig', contact: emma, text: 'hello' });
    expect(await project.cli('run', '--once')).toMatchObject({ code: 0 });
    const refused = (id: string, meant: string, more = '') => ({
      ...{ code: 1, stdout: '' },
      stderr: `autoresponder: no contact with the id "${id}" is in the store; fix: ${meant} \`autoresponder contacts list\`${more}\n`,
    });
    const listed = 'write by-hand-emma (Emma Berg), or another id of';
    for (const id of ['Emma', 'emma brg', 'by-hand-ema', 'BY-HAND-EMMA']) {
      expect(await project.cli('resume', '--contact', id)).toEqual(refused(id, listed));
    }
    const unseen = ', or add --unseen to pause one that has not written yet';
    expect(await project.cli('pause', '--contact', 'Emma')).toEqual(refused('Emma', listed, unseen));
    expect(await project.cli('pause', '--contact', '4711')).toEqual(refused('4711', 'take one of', unseen));
    for (const [command, more] of [
      ['show', ''],
      ['forget', '; `contacts forget` deletes, so it takes no name'],
    ] as const) {
      expect(await project.cli('contacts', command, 'Emma')).toEqual(refused('Emma', listed, more));
      expect(await project.cli('contacts', command, 'nobody')).toEqual(
        refused('nobody', 'take one of', more),
      );
    }
    for (const command of ['pause', 'resume']) {
      const { code, stderr } = await project.cli(command, '--conversation', 'nowhere');
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: matching(/the journal has no conversation "nowhere"; fix: /u),
      });
    }
    const { pauses } = JSON.parse((await project.cli('status', '--json')).stdout) as { pauses: unknown[] };
    expect(pauses).toEqual([]);
    const [row] = lines<{ conversationId: string }>((await project.cli('journal', '--json')).stdout);
    for (const scope of [
      ['--contact', 'by-hand-emma'],
      ['--conversation', row!.conversationId],
    ]) {
      expect(await project.cli('pause', ...scope)).toMatchObject({ code: 0 });
      expect(await project.cli('resume', ...scope)).toMatchObject({ code: 0 });
    }
    expect(await project.cli('pause', '--contact', '4711', '--unseen')).toMatchObject({ code: 0 });
    expect(await project.cli('resume', '--contact', '4711')).toMatchObject({ code: 0 });
  });
});

describe.concurrent('status', PROCESSES, () => {
  it('shows an account that Blotato refuses, its queue, and when the queue will be empty', async (test) => {
    const project = await aProject(test, { config: LOOK_BACK });
    const text = 'price?';
    for (const contact of ['ana', 'bo']) project.sandbox.receive({ account: 'shop-ig', contact, text });
    project.sandbox.receive({ account: 'shop-x', contact: 'cy', text });
    project.sandbox.fault(({ method }) => (method === 'POST' ? 'contact_limit' : 'none'));
    expect(await project.cli('run', '--once')).toMatchObject({ code: 0 });
    const { stdout } = await project.cli('status', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      blocked: [
        {
          ...{ account: 'shop-ig', cause: '20101', waiting: 2 },
          ...{ meaning: matching(/limit of active contacts/u), fix: matching(/^raise the plan/u) },
          ...{ since: matching(/Z$/u), probeAt: matching(/Z$/u) },
        },
        { account: 'shop-x', cause: '20101', waiting: 1 },
      ],
      ...{ failing: [], lost: [], held: 0, unserved: [] },
      queue: { waiting: 3, accounts: { 'shop-ig': 2, 'shop-x': 1 }, emptyAt: null },
    });
    const shown = (await project.cli('status')).stdout;
    expect(shown).toMatch(/^blocked {2}shop-ig for .*20101: .*2 kept, next try in /mu);
    expect(shown).toMatch(/^queue {4}3 waiting \(shop-ig 2, shop-x 1\), all for blocked accounts$/mu);

    project.sandbox.fault(null);
    await project.cli('pause');
    expect(JSON.parse((await project.cli('status', '--json')).stdout)).toMatchObject({
      pauses: [{ scope: 'all' }],
    });
  });
});

describe.concurrent('an event of the journal', PROCESSES, () => {
  it('is explained with the trace of its decision, and replayed at its time with the current rules', async (test) => {
    const project = await aProject(test, { config: LOOK_BACK });
    const { sandbox, cli } = project;
    sandbox.receive({ account: 'shop-ig', contact: { id: 'ana', name: 'Ana' }, text: 'The PRICE?' });
    expect(await cli('run', '--once')).toMatchObject({ code: 0 });
    sandbox.receive({ account: 'shop-ig', contact: { id: 'ana', name: 'Ana' }, text: 'hello again' });
    expect(await cli('run', '--once')).toMatchObject({ code: 0 });
    const rows = lines<{ id: string; sourceId: string; text: string }>(
      (await cli('journal', '--json')).stdout,
    );
    const asked = rows.find(({ text }) => text === 'The PRICE?')!;

    const json = JSON.parse((await cli('explain', '--event', asked.id, '--json')).stdout) as unknown;
    expect(json).toMatchObject({
      event: { id: asked.id, text: 'The PRICE?', contact: { name: 'Ana' } },
      decidedAt: matching(/^20/u),
      decision: {
        rule: 'pricing',
        actions: [{ type: 'reply', text: matching(/^From 20 EUR/u) }],
        trace: {
          text: 'the price?',
          words: ['the', 'price'],
          rules: [{ rule: 'pricing', outcome: 'acts', keyword: 'price' }],
        },
      },
      sends: [{ action: 'reply', rule: 'pricing' }],
    });
    const { stdout } = await cli('explain', '--event', asked.sourceId);
    expect(stdout).toMatch(/→ acts +pricing {2}keyword "price"/u);
    expect(stdout).toContain('✓ window open');
    expect(await cli('explain', '--event', 'nobody')).toMatchObject({
      code: 1,
      stderr: matching(/the journal has no message or comment "nobody"/u),
    });

    // Our own reply is not an event, and the current rules reply where the earlier ones did not.
    project.write('rules/rules.yaml', RULES.replace('[price]', '[hello]'));
    project.write('old.yaml', RULES);
    const replayed = lines((await cli('replay', '--since', '1d', '--json')).stdout);
    expect(replayed.map(({ rule, reason }) => [rule, reason])).toEqual([
      [null, 'no_match'],
      ['pricing', 'replied'],
    ]);
    const compared = await cli('replay', '--since', '1d', '--against', 'old.yaml');
    expect(compared.stdout).toContain('2 decisions of 2 would differ');
    expect(compared.stdout).toContain('pricing (replied) → no rule (no_match)');
  });
});

describe.concurrent('unreadable data of the API', PROCESSES, () => {
  it('is shown in status and metrics: unreadable rows, messages that wait, a lost account', async (test) => {
    const project = await aProject(test, { config: { ...LOOK_BACK, server: '{ port: 0 }' } });
    const { sandbox } = project;
    sandbox.trouble.oddRows((row) => (String(row['text']).includes('odd') ? 'null_time' : null));
    sandbox.trouble.reconnect('shop-x', '77001');
    sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'odd price' });
    sandbox.fault(({ path }) => (/\/v2\/conversations\/./u.test(path) ? 'error_500_before' : 'none'));
    sandbox.receive({ account: 'shop-fb', contact: 'bo', text: 'price' });
    const running = project.run();
    await polls(project, 2);
    await vi.waitFor(async () => {
      const { stdout } = await project.cli('status');
      expect(stdout).toMatch(/^ +1 {2}unreadable /mu);
      expect(stdout).toMatch(
        /^lost {5}shop-x \(id 51207\) is not listed by Blotato since .*set `id: "77001"`$/mu,
      );
      expect(stdout).toMatch(/^held {5}1 message waits undecided: /mu);
    }, PATIENCE);
    const missing = {
      account: 'shop-x',
      accountId: '51207',
      missingSince: matching(/Z$/u),
      likelyId: '77001',
    };
    expect(JSON.parse((await project.cli('status', '--json')).stdout)).toMatchObject({
      ...{ lost: [missing], held: 1, reasons: { unreadable: 1 } },
    });
    const url = /"address":"(?<url>[^"]+)"/u.exec(running.stderr())?.groups?.['url'] ?? '';
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(/^autoresponder_decisions_total\{.*reason="unreadable"\} 1$/mu);
  });
});

describe.concurrent('sandbox', PROCESSES, () => {
  const started = async (test: Cleanup, ...args: string[]) => {
    const running = start(test, ['sandbox', '--port', '0', '--rate', '0', '--json', ...args]);
    await vi.waitFor(() => expect(running.stdout()).toContain('\n'), PATIENCE);
    const { url, apiKey } = JSON.parse(running.stdout().split('\n', 1)[0] ?? '') as {
      url: string;
      apiKey: string;
    };
    return (path: string) => fetch(`${url}${path}`, { headers: { 'blotato-api-key': apiKey } });
  };
  const idsOf = async (response: Response) =>
    ((await response.json()) as { items: { id: string }[] }).items.map(({ id }) => id);

  it('follows the published description alone with --release 2.0.0', async (test) => {
    const [today, published] = await Promise.all([started(test), started(test, '--release', '2.0.0')]);
    expect((await today('/v2/dm-automations')).status).toBe(200);
    expect((await published('/v2/dm-automations')).status).toBe(404);
  });

  it('injects the faults that its options name', async (test) => {
    const ask = await started(
      test,
      ...['--faults', 'forbidden=1,late_contact_limit=1', '--date-ahead', '10m'],
      ...['--change-id', 'shop-x', '--change-after', '1s'],
    );
    const refused = await ask('/v2/users/me/accounts');
    expect(refused.status).toBe(403);
    expect(Date.parse(refused.headers.get('date') ?? '') - Date.now()).toBeGreaterThan(500_000);
    const calm = await started(test, '--change-id', 'shop-x', '--change-after', '100ms', '--odd-rows', '0');
    await vi.waitFor(async () => {
      expect(await idsOf(await calm('/v2/users/me/accounts'))).toContain('512079');
    }, PATIENCE);
  });

  it('gets messages of a person and of the owner, and edits, by `sandbox say`', async (test) => {
    const running = start(test, ['sandbox', '--port', '0', '--rate', '0', '--json', '--keys', '2']);
    await vi.waitFor(() => expect(running.stdout()).toContain('\n'), PATIENCE);
    const { url, apiKey } = JSON.parse(running.stdout().split('\n', 1)[0] ?? '') as {
      url: string;
      apiKey: string;
    };
    const say = async (...args: string[]) => {
      const { code, stdout, stderr } = await cli(test, ['sandbox', 'say', '--url', url, '--json', ...args]);
      return code === 0 ? (JSON.parse(stdout) as Record<string, unknown>) : stderr.trim();
    };
    const list = async (path: string, key = apiKey) => {
      const response = await fetch(`${url}${path}`, { headers: { 'blotato-api-key': key } });
      return ((await response.json()) as { items: Record<string, unknown>[] }).items;
    };
    const ana = ['--to', 'shop-ig', '--from', 'Ana'];
    await say('--key', 'sandbox-key-2', ...ana, 'of another world');
    expect((await list('/v2/messages', 'sandbox-key-2')).map(({ text }) => text)).toEqual([
      'of another world',
    ]);
    const message = await say(...ana, 'how much?');
    expect(message).toMatchObject({ direction: 'incoming', text: 'how much?', platform: 'instagram' });
    expect(await say(...ana, '--human', 'Hi Ana')).toMatchObject({ direction: 'outgoing' });
    const comment = (await say(...ana, '--comment', 'GUIDE')) as { id: string };
    expect(await say('--to', 'shop-ig', '--from', 'Ben', '--reply-to', comment.id, 'me too')).toMatchObject({
      parentCommentId: comment.id,
    });
    expect(await say('--edit', comment.id, 'guide please')).toEqual({ id: comment.id });
    expect((await list('/v2/comments')).map(({ text }) => text)).toEqual(['me too', 'guide please']);
    expect((await list('/v2/messages')).map(({ text }) => text)).toEqual(['Hi Ana', 'how much?']);
    expect(await say('--to', 'shop-ig', 'hello')).toMatch(
      /name the account with --to.*and the person with --from/u,
    );
    expect(await say('--to', 'nobody', '--from', 'Ana', 'hello')).toMatch(
      /\(404\): the sandbox has no account 'nobody'; fix: write one of shop-ig, shop-fb, /u,
    );
    expect(await say(...ana, '--key', 'other', 'hello')).toMatch(
      /\(401\): the API key is missing or not valid/u,
    );
    expect(await say(...ana, '--url', 'nowhere', 'hello')).toMatch(
      /--url is "nowhere"; fix: write an address such as/u,
    );
    running.kill('SIGTERM');
    await running.ended;
    expect(await say(...ana, 'hello')).toMatch(
      /no sandbox responds at .* \(ECONNREFUSED\); fix: start one with .*--url \(`demo` prints its own\)/u,
    );
  });

  it('writes by `sandbox say` to the local address of ./config.yaml, and names it', async (test) => {
    const { sandbox, cli } = await aProject(test);
    const said = await cli(
      'sandbox',
      'say',
      '--to',
      'shop-ig',
      '--from',
      'Ana',
      '--key',
      sandbox.apiKey,
      'hi',
    );
    expect(said.stdout).toMatch(
      new RegExp(`^written to shop-ig at ${sandbox.url}, key ${sandbox.apiKey}: \\S+$`, 'mu'),
    );
    expect((await cli('sandbox', 'say', '--to', 'a', '--from', 'b', '--url', 'x', 'hi')).stderr).toContain(
      '"x"',
    );
  });

  it.each([
    [{ faults: 'earthquake' }, /--faults is "earthquake"; fix: write one of drop_before, /u],
    [{ faults: 'hang=2' }, /--faults is "hang=2"; fix: write a share from 0 to 1/u],
    [{ oddRows: 'many' }, /fix: write a share from 0 to 1/u],
    [{ dateAhead: 'soon' }, /fix: write a length of time such as 8s, or -30s/u],
    [{ release: '3' }, /fix: write one of today, 2\.0\.0/u],
  ])('reports the error in the options %o', (options, message) => {
    expect(() => troubleOf(options)).toThrow(message);
  });

  it('exits with an error for an unknown --change-id account', async (test) => {
    const ended = await cli(test, ['sandbox', '--port', '0', '--change-id', 'shop-y']);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/fix: write one of shop-ig, shop-fb, shop-x, shop-bsky/u);
  });
});

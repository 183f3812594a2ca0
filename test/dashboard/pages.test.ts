import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { seedJournal } from '../../bench/seed.js';
import { type LiveWorkspace, liveWorkspace } from '../../src/project/reload.js';
import { HOUR } from '../../src/domain/time.js';
import { createPanels } from '../../src/server/panels.js';
import { startSites } from '../../src/server/start.js';
import { openSqlite, sqliteReports } from '../../src/store/sqlite/store.js';
import { aConfig, aDecision, anEvent } from '../builders.js';
import { type Cleanup, type Project, PROCESSES } from '../e2e/cli.js';
import { aRuleSet } from '../scenes/rule-set.js';
import { faultsOf, looksRight, READY } from './looks.js';
import { CHROMIUM, closeBrowser, open, openAlone, PATIENCE, served, WHY_SKIPPED } from './stage.js';

const RULES = `version: 1
rules:
  - { id: pricing, on: message, keywords: [price], reply: "From 20 EUR.", once_per: false }
  - { id: guide, on: comment, keywords: [guide], private_reply: "Here it is.", comment_reply: "Check your DMs!" }
tests:
  - { name: asks the price, event: { platform: instagram, text: "PRICE?" }, expect: { rule: pricing } }
  - { name: is wrong, event: { platform: instagram, text: hello }, expect: { rule: pricing } }
`;

const EDITABLE = { server: '{ port: 0, edit_rules: true }' };

/**
 * Serves workspaces with an empty store each, the rules of the last with errors. Returns the address by another name
 * than that of the other tests, because cookies do not differ by port.
 */
async function agencySite(
  test: Cleanup,
  names: readonly string[],
  before: (store: ReturnType<typeof openSqlite>, name: string) => Promise<void> = async () => undefined,
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'agency-'));
  const stores = names.map((name) => openSqlite(join(folder, name), Date.now));
  for (const [at, name] of names.entries()) await before(stores[at]!, name);
  const workspaces = names.map((workspace) => {
    const tokens = [{ name: 'Vi', role: 'viewer' as const, token: `viewer-of-${workspace}` }];
    const config = aConfig({ workspace, token: `token-of-${workspace}`, tokens });
    return liveWorkspace({ config, set: aRuleSet(RULES, config) }, Date.now);
  });
  Object.assign(workspaces.at(-1)!, { problem: { since: Date.now(), faults: ['rules.yaml:3:1: no'] } });
  const sourceOf = async (live: LiveWorkspace) => ({
    store: stores[workspaces.indexOf(live)]!,
    reports: sqliteReports(join(folder, live.config.workspace)),
    trouble: () => null,
  });
  const panels = createPanels({ sourceOf, clock: Date.now });
  const at = { host: '127.0.0.1', port: 0, token: null, agencyToken: 'token-of-agency' };
  const [first, ...others] = workspaces;
  const site = await startSites(at, { workspaces: [first!, ...others], panels, clock: Date.now });
  test.onTestFinished(async () => {
    await site.close();
    await panels.close();
    await Promise.all(stores.map((store) => store.close()));
    rmSync(folder, { recursive: true });
  });
  return `http://localhost:${site.port}`;
}

/** Hands a person over to a human, at whom a notice points. */
async function handedOff(store: ReturnType<typeof openSqlite>, name: string): Promise<void> {
  const event = anEvent({ at: Date.now(), contact: { id: 'ana', name: `ana of ${name}`, username: null } });
  await store.recordPage('messages', [{ event, beforeStart: false }], null);
  const handoff = { type: 'handoff', rule: 'human', note: null, until: Date.now() + HOUR } as const;
  await store.recordDecision(event, aDecision({ actions: [], effects: [handoff] }), Date.now());
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

describe.skipIf(CHROMIUM === undefined).concurrent('the dashboard in a browser', PROCESSES, () => {
  afterAll(closeBrowser);

  it('shows new messages live, and why each got a reply', async (test) => {
    const { url, sandbox } = await served(test, { rules: RULES });
    const { page, wrong } = await open(test, url);
    await page.getByText('Nobody has written yet.').waitFor();
    sandbox.receive({
      account: 'shop-ig',
      contact: { id: 'ana', name: 'Ana Lima', username: 'ana' },
      text: 'price please?',
    });
    const line = page.locator('a.event', { hasText: 'price please?' });
    await line.getByText('Replied', { exact: true }).waitFor();
    expect(await line.innerText()).toContain('From 20 EUR.');

    // Continue with the keyboard alone.
    await line.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Why' }).waitFor();
    await page.getByText('by the keyword').waitFor();
    const text = await page.locator('main').innerText();
    for (const said of ['Ana Lima', 'pricing replies', 'no human active', 'From 20 EUR.', 'Accepted']) {
      expect(text.replaceAll(/\s+/gu, ' ')).toContain(said);
    }
    await page.getByRole('link', { name: 'the conversation' }).click();
    await page.getByRole('heading', { name: 'Ana Lima and shop-ig' }).waitFor();
    expect(await page.locator('.dialogue li').allInnerTexts()).toEqual([
      expect.stringContaining('price please?'),
      expect.stringMatching(/rule pricing[^]*From 20 EUR\./u),
    ]);
    expect(wrong).toEqual([]);
  });

  it('names the person of a comment, also for the public reply to it', async (test) => {
    const { url, sandbox, settled } = await served(test, { rules: RULES });
    const contact = { id: '17900000000000001', name: 'Ana Lima', username: 'ana' };
    sandbox.receive({ account: 'shop-ig', contact, text: 'hello' });
    await settled('no_match');
    sandbox.comment({ account: 'shop-ig', contact, text: 'guide' });
    await settled('own_message', 2);
    const { page, wrong } = await open(test, url);
    const comment = page.locator('a.event', { hasText: 'guide' });
    await comment.first().waitFor();
    expect(await comment.innerText()).toMatch(
      /Private reply:\s*Here it is\.\s*Public reply:\s*Check your DMs!/u,
    );
    await page.getByLabel('your own messages too').check();
    const reply = page.locator('a.event', { hasText: 'comment' }).filter({ hasText: 'Written by you' });
    expect(await reply.innerText()).toContain('to Ana Lima');

    await reply.click();
    await page.getByText(/^shop-ig to Ana Lima on Instagram/u).waitFor();
    await page.getByRole('link', { name: 'the conversation' }).click();
    await page.getByRole('heading', { name: 'Ana Lima and shop-ig' }).waitFor();
    await page.locator('.dialogue li', { hasText: 'guide' }).getByRole('link').first().click();
    await page.getByText(/^Ana Lima to shop-ig on Instagram/u).waitFor();
    expect(wrong).toEqual([]);
  });

  it('filters the journal by reason and by account', async (test) => {
    const { url, sandbox, settled } = await served(test, { rules: RULES });
    sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price?' });
    sandbox.receive({ account: 'shop-ig', contact: 'bo', text: 'hello' });
    sandbox.receive({ account: 'shop-fb', contact: 'cy', text: 'good day' });
    await settled('no_match', 2);
    const { page } = await open(test, url);
    await page.getByRole('button', { name: /No rule/u }).click();
    await page.locator('a.event', { hasText: 'hello' }).waitFor();
    expect(await page.locator('a.event', { hasText: 'price?' }).count()).toBe(0);
    await page.getByRole('combobox', { name: /^Account/u }).selectOption('shop-fb');
    await page.locator('a.event', { hasText: 'good day' }).waitFor();
    expect(await page.locator('a.event').count()).toBe(1);
  });

  it('draws the branches of a funnel, and names who stands where with the texts they got', async (test) => {
    const rules = `version: 1
rules:
  - id: colours
    on: message
    keywords: [colours]
    once_per: false
    reply: "Red or blue?"
    then:
      - ask:
          expect: { choice: [red, blue] }
          cases:
            red:
              - reply: "Red is sold out."
              - ask: { text: "Your e-mail?", expect: email, save: email }
            blue: [{ reply: "Blue is here." }]
            else: [{ handoff: "wants something else" }]
      - if: { when: { fact: tags, operator: contains, value: vip }, then: [{ tag: [seen] }] }
      - wait: 2h
      - reply: "Did it arrive?"
`;
    const { url, sandbox } = await served(test, { rules });
    const { page, wrong } = await open(test, `${url}/funnels`);
    const say = (contact: string, text: string) =>
      sandbox.receive({
        account: 'shop-ig',
        contact: { id: contact, name: `Person ${contact}`, username: contact },
        text,
      });
    const stages = page.locator('.stage');
    for (const contact of ['ana', 'bo', 'cy']) say(contact, 'colours');
    await stages.filter({ hasText: /Asked for one of red, blue 3 3 waiting here/u }).waitFor();
    say('ana', 'red');
    say('bo', 'blue');
    await stages.filter({ hasText: /Asked for email 1 1 waiting here/u }).waitFor();
    await stages.filter({ hasText: /Waits 2 h 1 1 waiting here/u }).waitFor();
    expect((await stages.allInnerTexts()).map((text) => text.replaceAll(/\s+/gu, ' '))).toEqual([
      'Came in 3',
      'Got the first message 3',
      'Asked for one of red, blue 3 1 waiting here',
      'red 1',
      'Got a text 1',
      'Asked for email 1 1 waiting here',
      'blue 1',
      'Got a text 1',
      'any other answer 0',
      'Handed to a person 0',
      'If tags contains vip 1',
      'yes 0',
      'Tagged seen 0',
      'otherwise 1',
      'Waits 2 h 1 1 waiting here',
      'Got a text 0',
      'Came to the end 0',
    ]);
    await page.getByLabel('days', { exact: true }).focus();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('3');
    say('dee', 'colours');
    await stages.filter({ hasText: /Came in 4/u }).waitFor();
    await page.keyboard.press('Tab');
    await page.getByText('People who came in within the last 3 days.').waitFor();
    await stages
      .filter({ hasText: /Asked for email/u })
      .getByRole('button')
      .click();
    const ana = page.locator('.standing li');
    await ana.getByRole('link', { name: 'Person ana' }).waitFor();
    expect(await ana.locator('.said').allInnerTexts()).toEqual([
      'Red or blue?',
      'Red is sold out.',
      'Your e-mail?',
    ]);
    expect(await faultsOf(page)).toEqual([]);
    expect(wrong).toEqual([]);
  });

  it('shows those who stand at a step page by page, and leaves the focus at the page that was opened', async (test) => {
    const rules = `version: 1
rules:
  - id: survey
    on: message
    keywords: [survey]
    reply: "How was it?"
    then: [ask: { expect: any, save: opinion, within: 20h }]
`;
    const { url, sandbox } = await served(test, { rules });
    const { page, wrong } = await open(test, `${url}/funnels`);
    const people = Array.from({ length: 52 }, (_, n) => `p${n}`);
    for (const id of people) {
      sandbox.receive({
        account: 'shop-ig',
        contact: { id, name: `Person ${id}`, username: id },
        text: 'survey',
      });
    }
    await page.getByRole('button', { name: '52 waiting here' }).click();
    const standing = page.locator('.standing > li');
    const more = page.getByRole('button', { name: 'Show more' });
    await more.waitFor();
    expect(await standing.count()).toBe(50);
    await more.press('Enter');
    await vi.waitFor(async () => expect(await standing.count()).toBe(52), PATIENCE);
    const names = await standing.getByRole('link').allInnerTexts();
    expect(new Set(names)).toEqual(new Set(people.map((id) => `Person ${id}`)));
    expect(await page.locator(':focus .standing > li').count()).toBe(2);
    expect(await faultsOf(page)).toEqual([]);
    expect(wrong).toEqual([]);
    const wrongPage = await fetch(`${url}/api/funnels/standing?rule=survey&step=0&days=30&after=x`);
    expect(wrongPage.status).toBe(400);
  });

  it('pauses everything or one person after a confirmation, and resumes', async (test) => {
    const { url, sandbox, cli, settled } = await served(test, { rules: RULES });
    const { page } = await open(test, url);
    await page.getByRole('button', { name: 'Pause all' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Pause all' }).click();
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price?' });
    await settled('paused');
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('button', { name: 'Pause all' }).waitFor();

    await page.getByRole('link', { name: 'People' }).click();
    await page.locator('a.event').click();
    // The second click of a double click hits the Resume button, and must do nothing.
    await page.getByRole('button', { name: 'Pause replies' }).dblclick();
    await page.getByText('Automatic replies to this person are paused.').waitFor();
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Resume');
    expect((await cli('status', '--json')).stdout).toMatch(/"scope":"contact:/u);
  });

  it('shows each funnel, how many reached each step, and where they were lost', async (test) => {
    const rules = `version: 1
rules:
  - id: guide
    on: comment
    keywords: [guide]
    private_reply: "Where shall I send it?"
    then:
      - ask: { expect: email, save: email, retry: "Once more?" }
      - reply: "Thank you!"
`;
    const { url, sandbox } = await served(test, { rules });
    const { page, wrong } = await open(test, `${url}/funnels`);
    await page.getByText('People who came in within the last 30 days.').waitFor();
    const stages = page.locator('.stage');
    for (const contact of ['ana', 'bo', 'cy']) {
      const { id } = sandbox.comment({ account: 'shop-ig', contact, text: 'guide' });
      if (contact === 'cy') sandbox.world.spendPrivateReply(id);
    }
    await stages.filter({ hasText: /Asked for email 2 2 waiting here/u }).waitFor();
    sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'ana@mail.example' });
    await stages.filter({ hasText: /Came to the end 1/u }).waitFor();
    expect((await stages.allInnerTexts()).map((text) => text.replaceAll(/\s+/gu, ' '))).toEqual([
      'Came in 3 Private reply used: 1',
      'Got the first message 2',
      'Asked for email 2 1 waiting here',
      'Got a text 1',
      'Came to the end 1',
    ]);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain(
      'autoresponder_funnel_contacts{funnel="guide",stage="completed"} 1',
    );
    expect(wrong).toEqual([]);
  });

  it('lists refused accounts under Needs you', async (test) => {
    const { url, sandbox } = await served(test, { rules: RULES });
    const { page } = await open(test, `${url}/attention`);
    await page.getByText('Nothing: everything is read').waitFor();
    sandbox.fault(({ method }) => (method === 'POST' ? 'no_permission' : 'none'));
    sandbox.comment({
      account: 'shop-ig',
      contact: { id: 'bo', name: 'Bo', username: 'bo' },
      text: 'guide',
    });
    await page.getByText('Refused accounts').waitFor();
    expect(await page.locator('main').innerText()).toContain('connect the account again in Blotato');
    await page.getByRole('link', { name: /Needs you\s*1 open/u }).waitFor();
  });

  it('lists failed replies under Needs you, with Send again and Give up', async (test) => {
    const { url, sandbox, settled } = await served(test, { rules: RULES });
    const ids = ['ana', 'bo'].map(
      (contact) => sandbox.comment({ account: 'shop-ig', contact, text: 'guide' }).id,
    );
    // The comments are deleted when the first private reply arrives.
    sandbox.fault(({ method }) => {
      if (method === 'POST') for (const id of ids) sandbox.world.deleteComment(id);
      return 'none';
    });
    await settled('failed', 2);
    sandbox.fault(null);
    for (const id of ids) sandbox.world.findComment(id)!.isDeleted = false;
    const { page } = await open(test, `${url}/attention`);
    const failed = page.locator('.stuck', { hasText: 'Private reply by' });
    await failed.nth(1).waitFor();
    await failed.first().getByRole('button', { name: 'Send again' }).click();
    const sent = () => sandbox.sends().filter(({ text }) => text === 'Here it is.');
    await vi.waitFor(() => expect(sent()).toHaveLength(1), PATIENCE);
    await failed.nth(1).waitFor({ state: 'detached' });
    const giveUp = failed.first().getByRole('button', { name: 'Give up' });
    await giveUp.click();
    // The row stays until the list is read again, which may take longer than the button stays disabled.
    const { promise: isReadable, resolve: letRead } = deferred();
    await page.route('**/api/attention', async (route) => {
      await isReadable;
      await route.continue();
    });
    await page.getByRole('dialog').getByRole('button', { name: 'Give up' }).click();
    await page.getByText('Give up: done').first().waitFor({ state: 'attached' });
    await giveUp.and(page.locator('[aria-disabled=false]')).waitFor();
    letRead();
    await failed.first().waitFor({ state: 'detached' });
    expect(sent()).toHaveLength(1);
    // The used button is removed: a keyboard user continues from the top, and a screen reader announces the result.
    await vi.waitFor(
      async () => expect(await page.evaluate('document.activeElement.tagName')).toBe('H1'),
      PATIENCE,
    );
    expect(await page.getByRole('status').first().innerText()).toBe('Give up: done');
  });

  it('tries a text, runs the tests, and shows what other rules would change', async (test) => {
    const { url, sandbox, settled } = await served(test, { rules: RULES });
    sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'what does it cost?' });
    await settled('no_match');
    const { page, wrong } = await open(test, `${url}/rules`);
    await page.getByLabel('Message of a new contact').fill('PRICE?');
    await page.getByRole('button', { name: 'Decide' }).click();
    await page.getByText('It would get this reply.').waitFor();
    expect(sandbox.sends()).toEqual([]);

    await page.getByRole('button', { name: 'Run them' }).click();
    await page.getByText('1 test passed, 1 failed').waitFor();

    await page.getByLabel(/A rule file/u).fill('version: 1\nrules:\n  - { id: a, keyword: [cost] }');
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByText('unknown key "keyword"; did you mean "keywords"?').waitFor();
    await page.getByLabel(/A rule file/u).fill(RULES.replace('[price]', '[price, cost]'));
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByText('no rule (no_match) → pricing (replied)').waitFor();
    expect(sandbox.sends()).toEqual([]);

    await page.getByText('pricing', { exact: true }).first().click();
    expect(wrong).toEqual([]);
  });

  it('edits a rule file with completion, errors and tests, and switches a rule by a click', async (test) => {
    const { url, read, write } = await served(test, {
      rules: RULES,
      config: EDITABLE,
    });
    const { page, wrong } = await open(test, `${url}/rules`);
    await page.getByRole('link', { name: 'Edit rules.yaml' }).click();
    const area = page.getByLabel('Rules of rules.yaml');
    await page.getByText('1 test passed, 1 failed').waitFor();
    await area.fill(RULES.replace('tests:', '  - id: hello\n    on: mes\ntests:'));
    await page
      .getByText(/line 6, column \d+/u)
      .first()
      .waitFor();
    // The caret is moved to the error, and a value completed there.
    await page
      .getByText(/line 6, column \d+/u)
      .first()
      .click();
    await page.keyboard.press('End');
    await page.keyboard.press('Control+ ');
    await page.getByRole('option', { name: 'message' }).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.keyboard.type('keyw');
    await page.getByRole('option', { name: /^keywords/u }).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.type('[hello]');
    await page.keyboard.press('Enter');
    await page.keyboard.type('reply: Good day.');
    const whole = '  - id: hello\n    on: message\n    keywords: [hello]\n    reply: Good day.\ntests:';
    expect(await area.inputValue()).toBe(RULES.replace('tests:', whole));
    expect(await faultsOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Save' }).click();
    await page
      .getByText(/^Saved; the former file is \.old\//u)
      .last()
      .waitFor();
    const saved = read('rules/rules.yaml');
    expect(saved).toContain('reply: Good day.');

    // The file changes on disk while it is edited; the edited text is kept while another page is open.
    write('rules/rules.yaml', saved.replace('Good day.', 'Good evening.'));
    await area.fill(saved.replace('Good day.', 'Good morning.'));
    await page.getByRole('link', { name: 'Back to the rules' }).click();
    await page.getByRole('link', { name: 'Edit rules.yaml' }).click();
    await page.getByText('Not saved').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('.linediff del', { hasText: 'Good evening.' }).waitFor();
    await page.locator('.linediff ins', { hasText: 'Good morning.' }).waitFor();
    expect(read('rules/rules.yaml')).toContain('Good evening.');
    await page.getByRole('button', { name: 'Open the file on disk' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Open the file on disk' }).click();
    await page.locator('.linediff').waitFor({ state: 'detached' });
    expect(await area.inputValue()).toContain('Good evening.');

    await page.getByRole('link', { name: 'Back to the rules' }).click();
    await page.locator('summary', { hasText: 'hello' }).click();
    await page.getByRole('button', { name: 'Off hello' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Off' }).click();
    await page.locator('li', { hasText: 'hello' }).getByText('off', { exact: true }).waitFor();
    expect(read('rules/rules.yaml')).toContain('  - id: hello\n    enabled: false\n');
    expect(wrong).toEqual([expect.stringContaining('409 (Conflict)')]);
  });

  it('escapes texts, whatever they contain', async (test) => {
    const hostile = [
      '<script>alert(1)</script>',
      '<img src=x onerror=alert(1)> price',
      '[price](javascript:alert(1)) javascript:alert(1)',
      '\u202e price \u2066 {{ contact.name }} \u0000',
      `price ${'<b>x</b>'.repeat(1_200)}`,
    ];
    const rules = `version: 1\nrules:\n  - id: quotes\n    on: message\n    keywords: ["<img src=x onerror=alert(1)>", price]\n    once_per: false\n    reply: "<svg onload=alert(1)> {{ message.text | truncate: 300 }}"\n`;
    const { url, sandbox, settled } = await served(test, { rules });
    for (const [n, text] of hostile.entries()) {
      const contact = {
        id: `p${n}`,
        name: `<script>alert(${n})</script>\u202e`,
        username: '"><img src=x onerror=alert(1)>',
      };
      sandbox.receive({ account: 'shop-ig', contact, text });
    }
    await settled('replied', 4);
    const { page, wrong } = await open(test, url);
    await page.locator('a.event', { hasText: '<script>alert(1)</script>' }).first().waitFor();
    const links = await page.evaluate<string[]>(
      "[...document.querySelectorAll('a.event')].map((each) => each.getAttribute('href'))",
    );
    expect(links.length).toBeGreaterThanOrEqual(5);
    for (const path of [...links, '/people', '/rules', '/people/shop-ig/p1', '/funnels', '/attention']) {
      await page.goto(`${url}${path}`);
      await page.locator(READY).first().waitFor();
      // The text is shown as it was written, and created no element.
      expect(
        await page.locator('main :is(script, img, svg:not(.icon), b, iframe, a[href^="javascript"])').count(),
      ).toBe(0);
    }
    await page.goto(`${url}/rules`);
    await page.locator('summary').first().click();
    await page.getByText('<svg onload=alert(1)>').waitFor();
    expect(wrong).toEqual([]);
  });

  it('passes axe in light, dark and right-to-left, and fits a phone without horizontal scrolling', async (test) => {
    const { url, sandbox, settled } = await served(test, { rules: RULES, config: EDITABLE });
    sandbox.receive({ account: 'shop-ig', contact: 'ana', text: `price ${'verylongword'.repeat(40)}` });
    sandbox.receive({ account: 'shop-bsky', contact: 'bo', text: 'price?' });
    await settled('replied');
    const { page } = await open(test, url);
    const replied = page.locator('a.event', { hasText: 'Replied' }).first();
    await replied.waitFor();
    const event = (await replied.getAttribute('href')) ?? '';
    for (const path of [
      '/',
      event,
      '/people',
      '/people/shop-ig/ana',
      '/leads',
      '/funnels',
      '/rules',
      '/rules/rules.yaml',
      '/attention',
      '/nowhere',
    ]) {
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.goto(`${url}${path}`);
      await page.locator(READY).first().waitFor();
      await looksRight(page, path);
    }
  });

  it('groups what nobody answered with a proposal, and judges a rule by the keyboard', async (test) => {
    const rules = `version: 1
rules:
  - id: shipping
    on: message
    certainty: bold
    examples: [how long does shipping take, when will my order arrive, how many days until delivery]
    reply: "3 days."
`;
    const { url, cli, sandbox, settled } = await served(test, { rules });
    const refunds = ['can i get my', 'i want my', 'please give me my', 'i need my'];
    for (const [n, text] of refunds.entries())
      sandbox.receive({
        account: 'shop-ig',
        contact: `r${n}`,
        text: `${text} money back ${'long'.repeat(20 * n)}`,
      });
    const likely = [
      'how long does shipping take to me',
      'when will the order arrive',
      'days until delivery?',
    ];
    for (const [n, text] of likely.entries()) sandbox.receive({ account: 'shop-ig', contact: `s${n}`, text });
    await settled('shadow', likely.length);
    await settled('no_match', refunds.length);
    const { page, wrong } = await open(test, `${url}/unanswered`);
    await page.getByRole('button', { name: 'Find groups' }).click();
    await page.getByText(/A new rule with (?:examples|keywords)/u).waitFor();
    const text = (await page.locator('main').innerText()).replaceAll(/\s+/gu, ' ');
    expect(text).toMatch(/4 messages of 4 people.* would have answered 4 messages more, 4 of this group/u);
    expect(text).toContain('taken none of other rules');
    await page.locator('summary', { hasText: 'What to write' }).click();
    await page.getByText('mode: shadow').waitFor();
    await looksRight(page, '/unanswered with a group');

    await page.goto(`${url}/unanswered`);
    await page.getByRole('link', { name: 'shipping' }).click();
    await page.getByText('1 of 3, about 1 min left').waitFor();
    await looksRight(page, '/unanswered/shipping');
    await page.keyboard.press('y');
    await page.getByText('2 of 3').waitFor();
    await page.keyboard.press('n');
    await page.getByText('3 of 3').waitFor();
    await page.keyboard.press('s');
    await page.getByText('All of this sample is read.').waitFor();
    await page.getByRole('cell', { name: '50 % (9 % to 91 %)' }).last().waitFor();
    await page.getByText('Too few messages are judged to say').waitFor();
    const { stdout } = await cli('suggest', '--read', 'shipping', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ sample: [{}], precision: [{}, {}, { judged: 2, right: 1 }] });
    expect(wrong).toEqual([]);
  });

  it('approves ten drafts by the keyboard, edits and drops others, and is accessible', async (test) => {
    const { url, sandbox, settled } = await served(test, { rules: RULES, config: { mode: 'approve' } });
    for (let n = 0; n < 12; n += 1)
      sandbox.receive({ account: 'shop-ig', contact: `ana-${n}`, text: '<b>price?</b>' });
    await settled('awaiting_approval', 12);
    const { page, wrong } = await open(test, `${url}/drafts`);
    await page.waitForSelector('text=12 left');
    expect(await page.locator('main b').count()).toBe(0);
    await page.keyboard.press('e');
    await page.locator('textarea').fill('From 21 EUR.');
    await page.click('text=Approve this text');
    await page.waitForSelector('text=11 left');
    await page.keyboard.press('d');
    await page.waitForSelector('text=10 left');
    for (let left = 9; left >= 0; left -= 1) {
      await page.keyboard.press('a');
      await page.waitForSelector(left === 0 ? 'text=All clear' : `text="${left} left"`);
    }
    await vi.waitFor(() => expect(sandbox.sends().length).toBe(11), PATIENCE);
    expect(
      sandbox
        .sends()
        .map(({ text }) => text)
        .sort(),
    ).toEqual([...Array.from({ length: 10 }, () => 'From 20 EUR.'), 'From 21 EUR.']);
    await settled('dropped');
    sandbox.receive({ account: 'shop-ig', contact: 'zoe', text: 'price?' });
    await page.waitForSelector('text=1 left');
    await looksRight(page, '/drafts');
    await page.goto(`${url}/people/shop-ig/zoe`);
    await page.locator('textarea').fill('Hi Zoe, Mia here.');
    await page.click('text=Send');
    await vi.waitFor(() => expect(sandbox.sends().at(-1)?.text).toBe('Hi Zoe, Mia here.'), PATIENCE);
    await page.waitForSelector('text=you or a colleague');
    expect(wrong).toEqual([]);
  });

  it('shows three thousand rows of the journal, and holds only those in sight', async (test) => {
    const { url, sandbox } = await served(test, {
      rules: RULES,
      before: ({ folder }) => seedJournal(join(folder, 'data/autoresponder.db'), 3_000),
    });
    const { page } = await open(test, url);
    const list = page.locator('.long');
    await list.locator('a.event').first().waitFor();
    const shown = () => list.locator('li').first().getAttribute('aria-setsize');
    for (let rows = Number(await shown()); rows < 3_000; rows = Number(await shown())) {
      await page.getByRole('button', { name: 'Show older' }).click();
      await vi.waitFor(async () => expect(Number(await shown())).toBeGreaterThan(rows), PATIENCE);
    }
    await page.evaluate(
      `{ const box = document.querySelector('.long'); box.scrollTo(0, box.scrollHeight); }`,
    );
    await list.locator('li[aria-posinset="3000"]').waitFor();
    expect(await list.locator('li').count()).toBeLessThan(60);
    // Scrolling through all rows keeps the number of rendered rows small, so that no frame blocks.
    const most = await page.evaluate<number>(`(async () => {
      const box = document.querySelector('.long');
      let most = 0;
      for (let at = box.scrollHeight; at > 0; at -= box.scrollHeight / 50) {
        box.scrollTo(0, at);
        await new Promise(requestAnimationFrame);
        most = Math.max(most, box.querySelectorAll('li').length);
      }
      return most;
    })()`);
    expect(most).toBeLessThan(60);

    // Rows that are added above do not move the row in view.
    await page.evaluate(`document.querySelector('.long').scrollTo(0, 60_020)`);
    const first = async () =>
      page.evaluate<readonly [text: string, top: number, place: number] | null>(`(() => {
        const box = document.querySelector('.long').getBoundingClientRect();
        const all = [...document.querySelectorAll('.long li')].map((li) => [li, li.getBoundingClientRect()]);
        const [li, { top }] = all.find(([, each]) => each.top <= box.top && each.bottom > box.top) ?? [null, {}];
        return li && [li.textContent, Math.round(top - box.top), Number(li.ariaPosInSet)];
      })()`);
    await vi.waitFor(async () => expect(await first()).not.toBeNull(), PATIENCE);
    const [text, top, place] = (await first())!;
    for (const contact of ['ana', 'bo', 'cy']) {
      sandbox.receive({ account: 'shop-ig', contact, text: 'hello' });
    }
    await vi.waitFor(async () => expect(await first()).toEqual([text, top, place + 3]), PATIENCE);
  });

  it('has no gap after a disconnection in which more rows came than one page holds', async (test) => {
    const { url, sandbox, settled } = await served(test, { rules: RULES });
    sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'the first' });
    await settled('no_match');
    const { page } = await open(test, url);
    await page.locator('a.event', { hasText: 'the first' }).waitFor();
    // Simulates a laptop that sleeps: its requests get responses when it wakes up.
    let wakeUp: () => void = () => undefined;
    const awake = new Promise<void>((resolve) => (wakeUp = resolve));
    await page.route('**/api/events*', async (route) => {
      await awake;
      await route.continue();
    });
    for (let n = 1; n <= 120; n += 1) {
      sandbox.receive({ account: 'shop-ig', contact: `guest-${n}`, text: `while it slept ${n}` });
    }
    await vi.waitFor(async () => {
      const { reasons } = (await (await fetch(`${url}/api/now`)).json()) as {
        reasons: { no_match?: number };
      };
      expect(reasons.no_match).toBe(121);
    }, PATIENCE);
    wakeUp();
    await page.locator('a.event', { hasText: 'while it slept' }).first().waitFor();
    const rows = async () => page.locator('.long li').first().getAttribute('aria-setsize');
    expect(await rows()).toBe('100');
    await page.getByRole('button', { name: 'Show older' }).click();
    await vi.waitFor(async () => expect(await rows()).toBe('121'), PATIENCE);
    expect(await page.getByRole('button', { name: 'Show older' }).count()).toBe(0);
  });

  it('reports a list that cannot be read, even while nobody writes', async (test) => {
    const { url, sandbox } = await served(test, { rules: RULES });
    const { page } = await open(test, `${url}/attention`);
    await page.getByText('Nothing: everything is read').waitFor();
    sandbox.fault(({ method }) => (method === 'GET' ? 'error_500_before' : 'none'));
    await page.getByText('These lists could not be read: messages, comments.').waitFor();
    await page.getByRole('link', { name: /Needs you\s*1 open/u }).waitFor();
    sandbox.fault(null);
    await page.getByText('Nothing: everything is read').waitFor();
  });

  it("names the rules that share a keyword with one of Blotato's own automations", async (test) => {
    const before = ({ sandbox }: Project): void =>
      void sandbox.automations.add({ account: 'shop-ig', keywords: ['GUIDE'], dmMessage: 'theirs' });
    const { url } = await served(test, { rules: RULES, before });
    const { page, wrong } = await open(test, `${url}/attention`);
    await page.getByText("Blotato's own automations beside our rules").waitFor();
    const text = (await page.locator('main').innerText()).replaceAll(/\s+/gu, ' ');
    expect(text).toContain('automation-1 of shop-ig guide shares the keyword GUIDE');
    await page
      .getByRole('link', { name: /Needs you\s*1/u })
      .first()
      .waitFor();
    expect(wrong).toEqual([]);
  });

  it('drops rows that no longer match the filter', async (test) => {
    const { url, sandbox } = await served(test, { rules: RULES });
    const { page } = await open(test, url);
    sandbox.fault(({ method }) => (method === 'POST' ? 'rate_limit' : 'none'));
    sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price?' });
    await page.getByRole('combobox', { name: 'Ended as' }).selectOption('queued');
    await page.locator('a.event', { hasText: 'price?' }).getByText('On its way', { exact: true }).waitFor();
    sandbox.fault(null);
    await page.getByText('No entry matches these filters.').waitFor();
  });

  it('ends a handoff with Done, exports leads as safe CSV, and searches people and texts', async (test) => {
    const rules = `version: 1
rules:
  - { id: human, on: message, keywords: [human], set: { wish: "=1+1 {{ message.text }}" }, handoff: "wants a human" }
`;
    const { url, sandbox } = await served(test, { rules });
    const { page, wrong } = await open(test, `${url}/attention`);
    const contact = { id: '178414000000001', name: 'Zoë Über', username: 'zoe' };
    sandbox.receive({ account: 'shop-ig', contact, text: 'a human please' });
    sandbox.receive({ account: 'shop-ig', contact: 'bo', text: 'good day' });
    const call = page.locator('.stuck', { hasText: 'Zoë Über' });
    await call.getByText('a human please').waitFor();

    await page.goto(`${url}/people`);
    await page.locator('a.event', { hasText: 'good day' }).waitFor();
    await page.getByRole('link', { name: /People\s*1 open/u }).waitFor();
    const show = page.getByLabel('Show');
    for (const filter of ['human', 'handoff']) {
      await show.selectOption(filter);
      await page.locator('a.event', { hasText: 'good day' }).waitFor({ state: 'detached' });
      await page.locator('a.event', { hasText: 'Zoë Über' }).getByText('handed off').waitFor();
      await show.selectOption('all');
      await page.locator('a.event', { hasText: 'good day' }).waitFor();
    }
    await show.selectOption('unanswered');
    await page.locator('a.event', { hasText: 'good day' }).getByText('unanswered').waitFor();
    await page.getByLabel('Order').selectOption('window');
    await page.locator('a.event', { hasText: 'good day' }).getByText('window: 24 h left').waitFor();
    expect((await page.locator('a.event .who').allTextContents()).toSorted()).toEqual(['Zoë Über', 'bo']);
    await looksRight(page, '/people by window');
    await page.getByLabel('Account').selectOption('shop-fb');
    await page.getByText('No conversation of these filters has an open window.').waitFor();
    await page.getByLabel('Account').selectOption('');
    await page.getByLabel('Order').selectOption('latest');
    await show.selectOption('all');
    await page.getByRole('searchbox').fill('UBER');
    await page.locator('a.event', { hasText: 'good day' }).waitFor({ state: 'detached' });
    await page.locator('a.event', { hasText: 'Zoë Über' }).waitFor();

    await page.goto(`${url}/leads`);
    await page.getByRole('cell', { name: '=1+1 a human please' }).waitFor();
    const file = await (await fetch(`${url}/api/leads.csv`)).text();
    expect(file.split('\r\n')[1]).toMatch(/^Zoë Über,178414000000001,shop-ig,.*,,'=1\+1 a human please$/u);

    await page.goto(`${url}/attention`);
    await call.getByRole('button', { name: 'Done' }).click();
    await page.getByText('Nothing: everything is read').waitFor();
    expect(wrong).toEqual([]);
  });

  it('shows a handoff until a human has written', async (test) => {
    const rules =
      'version: 1\nrules:\n  - { id: human, on: message, keywords: [human], reply: "Somebody will write.", handoff: "wants a human" }\n';
    const { url, sandbox } = await served(test, { rules });
    const { page } = await open(test, `${url}/attention`);
    sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'a human please' });
    await page.getByRole('heading', { name: 'Wait for a human' }).waitFor();
    await page
      .locator('.stuck', { hasText: 'a human please' })
      .getByRole('button', { name: 'Done' })
      .waitFor();
    await page.getByRole('link', { name: /Needs you\s*1 open/u }).waitFor();
    await vi.waitFor(() => expect(sandbox.sends()).toHaveLength(1), PATIENCE);
    sandbox.humanWrites({ account: 'shop-ig', contact: 'ana', text: 'Hello, this is Kim.' });
    await page.getByText('Nothing: everything is read').waitFor();
    await page.getByRole('link', { name: 'Needs you', exact: true }).waitFor();
  });

  it('reconnects after a proxy responded with something else', async (test) => {
    const { url, sandbox } = await served(test, { rules: RULES });
    let isDown = true;
    const { page } = await open(test, `${url}/rules`);
    await page.route('**/api/changes', (route) =>
      isDown ? route.fulfill({ status: 502 }) : route.continue(),
    );
    await page.goto(url);
    await page.getByText('this page may be out of date').waitFor();
    isDown = false;
    await page.getByText('this page may be out of date').waitFor({ state: 'detached' });
    sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price?' });
    await page.locator('a.event', { hasText: 'price?' }).waitFor();
  });

  it('releases its event connection while the page is hidden', async (test) => {
    const { url } = await served(test, { rules: RULES });
    const { page } = await open(test, url);
    await page.locator(READY).first().waitFor();
    const seen = (isHidden: boolean) =>
      page.evaluate(`Object.defineProperty(document, 'hidden', { value: ${isHidden}, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'))`);
    const closed = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/api/changes'));
    await seen(false);
    await seen(true);
    await closed;
    const opened = page.waitForRequest((request) => request.url().endsWith('/api/changes'));
    await seen(false);
    await opened;
  });

  it('asks for no token if none is configured', async (test) => {
    const { url } = await served(test, { rules: RULES });
    const { page } = await open(test, `${url}/rules`);
    // Simulates a page that reached this machine by another host name.
    await page.route('**/session', (route) => route.fulfill({ json: { isIn: false, needsToken: false } }));
    await page.route(`${url}/`, async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace(/<script type="application\/json".*?<\/script>/su, '');
      await route.fulfill({ response, body });
    });
    await page.goto(url);
    await page.getByText('the dashboard is for this machine alone').waitFor();
    expect(await page.getByRole('button', { name: 'Log in' }).count()).toBe(0);
  });

  it('asks for the token, and lets in a user who enters it', async (test) => {
    const { url } = await served(test, {
      rules: RULES,
      config: {
        server: '{ port: 0, token: open-sesame, tokens: [{ name: Vi, role: viewer, token: only-look }] }',
      },
    });
    const { page } = await openAlone(test, url);
    await page.getByLabel(/The token/u).fill('guess');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('that is not the token').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.getByLabel(/The token/u).fill('open-sesame');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Today' }).waitFor();
    const pause = page.getByRole('button', { name: /^Pause/u });
    await pause.first().waitFor();

    // A viewer has no buttons that change something, and a line that says why.
    await page.evaluate(() =>
      fetch('/login', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-requested-with': 'autoresponder' },
        body: JSON.stringify({ token: 'only-look' }),
      }).then(({ ok }) => ok),
    );
    await page.goto(url);
    await page.getByText('another role in server.tokens.').waitFor();
    expect(await pause.count()).toBe(0);
    expect(await faultsOf(page)).toEqual([]);
    await page.goto(`${url}/rules`);
    await page.getByRole('button', { name: 'Decide' }).waitFor();
  });

  it('shows an agency its workspaces, one with a problem first, and is accessible', async (test) => {
    const { page, wrong } = await openAlone(test, `${await agencySite(test, ['bakery', 'florist'])}/login`);
    await page.getByLabel(/The token/u).fill('token-of-agency');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Workspaces', exact: true }).waitFor();
    await page.getByRole('rowheader', { name: 'bakery' }).waitFor();
    expect(await page.getByRole('rowheader').allInnerTexts()).toEqual(['florist', 'bakery']);
    await looksRight(page, '/agency');
    expect(wrong).toEqual([]);
  });

  it('opens the workspace and the row of the link in a notice, also while another workspace is open', async (test) => {
    const url = await agencySite(test, ['bakery', 'florist', 'tearoom'], handedOff);
    const { page, wrong } = await openAlone(test, `${url}/attention?workspace=florist#handoff-1`);
    await page.getByLabel(/The token/u).fill('token-of-agency');
    await page.keyboard.press('Enter');
    const row = page.locator('#handoff-1:focus');
    await row.getByRole('link', { name: 'ana of florist' }).waitFor();
    await page.goto(`${url}/attention?workspace=bakery#handoff-1`);
    await row.getByRole('link', { name: 'ana of bakery' }).waitFor();
    expect(await page.title()).toBe('Needs you – bakery');
    await page.goto(`${url}/attention?workspace=gone#handoff-1`);
    await page.getByRole('heading', { name: 'Workspaces', exact: true }).waitFor();
    expect(wrong).toEqual([expect.stringContaining('404')]);
  });

  it('names to a viewer of a workspace the key that gives the role', async (test) => {
    const { page } = await open(test, await agencySite(test, ['bakery', 'florist']), 'viewer-of-bakery');
    await page.getByText('The owner can give it another role in tokens of the workspace.').waitFor();
  });

  it('reports that the program is unreachable, and keeps opened rows and typed text', async (test) => {
    const { url, program } = await served(test, { rules: RULES });
    const { page } = await open(test, `${url}/rules`);
    await page.getByRole('searchbox').fill('pric');
    await page.locator('.rulelist summary').click();
    program.kill('SIGTERM');
    await page.getByText('The program does not respond: this page may be out of date.').waitFor();
    // All later requests fail.
    await page.waitForEvent('requestfailed');
    expect(await page.getByRole('searchbox').inputValue()).toBe('pric');
    expect(await page.locator('.rulelist details[open]').count()).toBe(1);
    expect(await page.getByRole('alert').count()).toBe(1);
  });

  it('keeps the focus on the current row while rows are added above', async (test) => {
    const { url, sandbox } = await served(test, { rules: RULES });
    const { page } = await open(test, url);
    for (let n = 1; n <= 3; n += 1) {
      sandbox.receive({ account: 'shop-ig', contact: `early-${n}`, text: `early ${n}` });
    }
    const row = page.locator('a.event', { hasText: 'early 2' });
    await row.focus();
    for (let n = 1; n <= 40; n += 1) {
      sandbox.receive({ account: 'shop-ig', contact: `late-${n}`, text: `late ${n}` });
    }
    const place = async () => page.locator('.long li', { hasText: 'early 2' }).getAttribute('aria-posinset');
    await vi.waitFor(async () => expect(Number(await place())).toBeGreaterThan(40), PATIENCE);
    expect(await page.evaluate('document.activeElement.textContent')).toContain('early 2');
    expect(await row.isVisible()).toBe(true);
  });
});

describe.runIf(CHROMIUM === undefined)('the dashboard in a browser', () => {
  it.skip(WHY_SKIPPED, () => undefined);
});

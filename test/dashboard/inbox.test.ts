import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { PROCESSES } from '../e2e/cli.js';
import { looksRight } from './looks.js';
import { CHROMIUM, closeBrowser, open, PATIENCE, served, WHY_SKIPPED } from './stage.js';

const RULES = `version: 1
saved_replies:
  opening hours: "Hi {{ contact.first_name }}, we open at 9."
  hostile: "<img src=x onerror=alert(1)> {{ message.text }}"
  order: "Order {{ contact.fields.order }} is on its way."
  وقت: "نفتح الساعة 9"
rules:
  - { id: pricing, on: message, keywords: [price], reply: "From 20 EUR.", once_per: false }
`;

afterAll(closeBrowser);

describe.skipIf(CHROMIUM === undefined).concurrent(`the inbox (${WHY_SKIPPED})`, PROCESSES, () => {
  it('fills in a saved reply by the keyboard, which a person edits and sends', async (test) => {
    const { url, sandbox, settled, write } = await served(test, { rules: RULES });
    const contact = { id: 'ana', name: '<b>Ana</b> Díaz' };
    sandbox.receive({ account: 'shop-ig', contact, text: '<script>alert(1)</script> {{ now }}' });
    await settled('no_match');
    const { page, wrong } = await open(test, `${url}/people/shop-ig/ana`);
    const search = page.getByRole('combobox', { name: 'Saved replies' });
    const options = page.getByRole('option');
    await search.focus();
    await vi.waitFor(async () => expect(await options.count()).toBe(4), PATIENCE);
    await looksRight(page, 'saved replies');
    await page.evaluate("document.documentElement.dir = 'ltr'");
    await search.fill('ORDER');
    await page.getByText('Cannot be used: contact.fields.order has no value here').waitFor();
    await page.keyboard.press('Enter');
    expect(await page.locator('textarea').inputValue()).toBe('');

    await search.fill('');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const hostile = await page.locator('textarea').inputValue();
    expect(hostile).toContain('<img src=x onerror=alert(1)> <script>alert(1)</script>');
    expect(await page.locator('main :is(script, img, b:not(li b))').count()).toBe(0);
    await page.locator('textarea').fill('');

    await search.fill('nine');
    await page.getByText('No saved reply has these words.').waitFor();
    await search.fill('open hours');
    await page.keyboard.press('Enter');
    expect(await page.locator('textarea').inputValue()).toMatch(/^Hi .*Ana.*, we open at 9\.$/u);
    await page.keyboard.press('End');
    await page.keyboard.type(' Mia');
    await page.click('text=Send');
    await vi.waitFor(
      () => expect(sandbox.sends().at(-1)?.text).toMatch(/^Hi .*Ana.*, we open at 9\. Mia$/u),
      PATIENCE,
    );
    // The program is silent after a human, until the owner lets it reply again.
    const silent = page.getByText('A human wrote, so the program is silent until');
    await silent.waitFor();
    sandbox.receive({ account: 'shop-ig', contact, text: 'one more question' });
    await page.locator('.bubble', { hasText: 'one more question' }).waitFor();
    await page.click('text=Resume');
    await silent.waitFor({ state: 'detached' });
    expect(await page.getByRole('button', { name: 'Resume' }).count()).toBe(0);
    // A reload of the rules reaches the list of the open page with the next change.
    write('rules/rules.yaml', 'version: 1\nsaved_replies: { changed: Now. }\nrules: []\n');
    await vi.waitFor(async () => {
      const view = await fetch(`${url}/api/people/shop-ig/ana/saved`).then((answer) => answer.json());
      expect(view).toEqual({ saved: [{ name: 'changed', text: 'Now.' }] });
    }, PATIENCE);
    expect(wrong).toEqual([]);
  });

  it('replies to a comment in public, and once privately after a warning', async (test) => {
    const { url, sandbox, settled } = await served(test, { rules: RULES });
    sandbox.comment({ account: 'shop-ig', contact: 'ana', text: '<img src=x onerror=alert(1)> nice' });
    await settled('no_match');
    const { page, wrong } = await open(test, `${url}/people/shop-ig/ana`);
    const reply = page.getByRole('button', { name: 'Reply to this comment' });
    await reply.click();
    await page.getByText('Everybody can read this reply.').waitFor();
    await page.locator('textarea[name=comment-reply]').fill('Thank you!');
    await page.getByRole('button', { name: 'Send in public' }).click();
    await vi.waitFor(() => expect(sandbox.sends().at(-1)?.text).toBe('Thank you!'), PATIENCE);
    await page.getByText('you or a colleague').first().waitFor();

    await reply.click();
    await page.getByLabel('as the private reply').check();
    await page.getByText('A comment allows only one private reply: this one uses it up.').waitFor();
    await looksRight(page, 'a reply to a comment');
    await page.evaluate("document.documentElement.dir = 'ltr'");
    await page.locator('textarea[name=comment-reply]').fill('Just for you.');
    await page.getByRole('button', { name: 'Send privately' }).click();
    await vi.waitFor(() => expect(sandbox.sends().at(-1)?.text).toBe('Just for you.'), PATIENCE);
    expect(sandbox.sends().length).toBe(2);

    await reply.click();
    await page.getByText('The only private reply is gone: ').waitFor();
    expect(await page.getByLabel('as the private reply').isDisabled()).toBe(true);
    expect(await page.locator('main :is(script, img)').count()).toBe(0);
    expect(wrong).toEqual([]);
  });

  it('never sends a text for the private reply in public, if somebody else uses that reply meanwhile', async (test) => {
    const { url, sandbox, settled, cli } = await served(test, { rules: RULES });
    sandbox.comment({ account: 'shop-ig', contact: 'ana', text: 'nice' });
    await settled('no_match');
    const { page } = await open(test, `${url}/people/shop-ig/ana`);
    await page.getByRole('button', { name: 'Reply to this comment' }).click();
    await page.getByLabel('as the private reply').check();
    await page.locator('textarea[name=comment-reply]').fill('Your code is S3CRET.');
    const [listed = ''] = (await cli('journal', '--json')).stdout.split('\n');
    const { id } = JSON.parse(listed) as { id: string };
    const used = await cli('reply', '--comment', id, '--private', '--text', 'From a colleague.');
    expect(used).toMatchObject({ code: 0, stderr: '' });
    await page.getByText('Untick the box to reply in public.').waitFor();
    expect(await page.getByRole('button', { name: 'Send in public' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Send privately' }).click();
    await page
      .getByText(/private reply .*used|only one private reply|cli used it/u)
      .last()
      .waitFor();
    expect(await page.locator('textarea[name=comment-reply]').inputValue()).toBe('Your code is S3CRET.');
    await vi.waitFor(
      () => expect(sandbox.sends().map(({ text }) => text)).toEqual(['From a colleague.']),
      PATIENCE,
    );
    await page.getByLabel('as the private reply').uncheck();
    await page.getByRole('button', { name: 'Send in public' }).waitFor();
    expect(await page.getByLabel('as the private reply').isDisabled()).toBe(true);
  });

  it('shows two people what the other is typing, until it is sent, cleared or left', async (test) => {
    const people = ['Mia', 'Ben', 'Vi'].map(
      (name) => `{ name: ${name}, role: ${name === 'Vi' ? 'viewer' : 'agent'}, token: token-of-${name} }`,
    );
    const server = `{ port: 0, token: token-of-owner, tokens: [${people.join(', ')}] }`;
    const { url, sandbox, settled, program } = await served(test, { rules: RULES, config: { server } });
    sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'hello' });
    sandbox.comment({ account: 'shop-ig', contact: 'ana', text: 'nice' });
    await settled('no_match', 2);
    const seen = await Promise.all(
      ['Mia', 'Ben', 'Vi'].map((name) => open(test, `${url}/people/shop-ig/ana`, `token-of-${name}`)),
    );
    const [mia, ben, viewer] = seen.map(({ page }) => page) as [Page, Page, Page];
    const typed: string[] = [];
    mia.on('request', (request) => {
      if (request.method() === 'POST') typed.push(request.postData() ?? '');
    });
    const hostile = '<img src=x onerror=alert(1)> \u202Eמחיר <script>alert(2)</script>';
    await mia.locator('textarea[name=reply]').pressSequentially(hostile);
    for (const page of [ben, viewer]) {
      const text = page.getByRole('group', { name: 'Text of Mia' });
      await vi.waitFor(
        async () => expect(await text.textContent()).toBe(`Mia is writing: ${hostile}`),
        PATIENCE,
      );
      expect(await page.locator('.typing [role=status]').textContent()).toBe('Mia is writing.');
      expect(await page.locator('main :is(script, img)').count()).toBe(0);
    }
    // At most one request a second, and not one for each key.
    expect(typed.length).toBeLessThan(hostile.length / 2);
    expect(await viewer.locator('textarea').count()).toBe(0);
    expect(await mia.getByRole('group', { name: /^Text of/u }).count()).toBe(0);
    await looksRight(ben, 'what another person is typing');

    await ben.locator('textarea[name=reply]').fill('We open at 9.');
    await mia.getByText('Ben is writing: We open at 9.').waitFor();
    await ben.getByRole('button', { name: 'Send' }).press('Enter');
    await vi.waitFor(() => expect(sandbox.sends().at(-1)?.text).toBe('We open at 9.'), PATIENCE);
    await mia.getByText('Ben is writing: We').waitFor({ state: 'detached' });
    await mia.locator('textarea[name=reply]').fill('');
    await viewer.getByText('Mia is writing: ').waitFor({ state: 'detached' });

    // A key needs no frame, for which a tab in the background waits.
    for (const page of [mia, ben])
      await page.getByRole('button', { name: 'Reply to this comment' }).press('Enter');
    const thanks = ben.getByText('Mia is writing: Thank you');
    await mia.locator('textarea[name=comment-reply]').fill('Thank you');
    await thanks.waitFor();
    await mia.getByRole('button', { name: 'Cancel' }).press('Enter');
    await thanks.waitFor({ state: 'detached' });
    await mia.locator('textarea[name=reply]').fill('Later.');
    await viewer.getByText('Mia is writing: Later.').waitFor();
    await mia.close();
    await viewer.getByText('Mia is writing: Later.').waitFor({ state: 'detached' });
    expect(program.stderr()).not.toMatch(/Thank you|onerror/u);
    expect(seen.flatMap(({ wrong }) => wrong)).toEqual([]);
  });

  it('approves ten drafts with ten keys and ten requests, each once', async (test) => {
    const { url, sandbox, settled } = await served(test, { rules: RULES, config: { mode: 'approve' } });
    for (let n = 0; n < 10; n += 1)
      sandbox.receive({ account: 'shop-ig', contact: `ana-${n}`, text: 'price?' });
    await settled('awaiting_approval', 10);
    const { page, wrong } = await open(test, `${url}/drafts`);
    const approved: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') approved.push(new URL(request.url()).pathname);
    });
    await page.evaluate("window.keys = 0; addEventListener('keydown', () => (window.keys += 1), true)");
    await page.waitForSelector('text=10 left');
    for (let left = 9; left >= 0; left -= 1) {
      await page.keyboard.press('a');
      await page.waitForSelector(left === 0 ? 'text=All clear' : `text="${left} left"`);
    }
    await vi.waitFor(() => expect(sandbox.sends().length).toBe(10), PATIENCE);
    expect(await page.evaluate('window.keys')).toBe(10);
    expect(approved).toHaveLength(10);
    expect(new Set(approved).size).toBe(10);
    expect(approved.filter((path) => !/^\/api\/drafts\/\d+\/approve$/u.test(path))).toEqual([]);
    expect(new Set(sandbox.sends().map(({ recipientId }) => recipientId)).size).toBe(10);
    expect(wrong).toEqual([]);
  });
});

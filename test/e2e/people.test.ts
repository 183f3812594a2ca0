import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sqliteReports } from '../../src/store/sqlite/store.js';
import { aProject, PROCESSES, type Project } from './cli.js';

const RULES = `version: 1
rules:
  - id: lamp
    on: message
    keywords: [lamp]
    mode: approve
    reply: "Which size, {{ contact.id }}?"
    then:
      - ask: { expect: any, save: size }
      - ask: { text: "And which colour?", expect: any, save: colour }
      - reply: "{{ contact.fields.size }} and {{ contact.fields.colour }} it is."
  - { id: human, on: message, keywords: [human], reply: "A colleague will write.", handoff: "wants a human" }
`;
const CONFIG = { poll: '{ schedule: "* * * * * *", start: { lookback: 30m } }' };

const PEOPLE = ['ana', 'bea', 'cy', 'di'];

interface Shown {
  readonly funnels: readonly { readonly outcome: string }[];
}

interface Journalled {
  readonly reason: string;
  readonly direction: string;
  readonly contact: { readonly id: string };
}

function lines<T>(text: string): T[] {
  return text.trim() === ''
    ? []
    : text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as T);
}

/** The texts that each contact got, in order. */
function gotOf({ sandbox }: Project): Record<string, string[]> {
  const got: Record<string, string[]> = {};
  for (const { recipientId, text } of sandbox.sends()) (got[recipientId ?? ''] ??= []).push(text);
  return got;
}

describe.concurrent('a funnel whose messages a person approves', PROCESSES, () => {
  it('continues with each approved draft, and ends with a dropped one', async (test) => {
    const project = await aProject(test, { rules: RULES, config: CONFIG });
    const { cli, sandbox } = project;
    const all = (text: string) => {
      for (const contact of PEOPLE) sandbox.receive({ account: 'shop-ig', contact, text });
    };
    const run = async () => expect(await cli('run', '--once')).toMatchObject({ code: 0 });
    const settle = async (verbs: Readonly<Record<string, 'approve' | 'drop'>>) => {
      const drafts = lines<{ id: number; contact: { id: string } }>(
        (await cli('drafts', 'list', '--json')).stdout,
      );
      expect(drafts.map(({ contact }) => contact.id).sort()).toEqual(Object.keys(verbs));
      for (const { id, contact } of drafts) {
        expect(await cli('drafts', verbs[contact.id] ?? '', `${id}`)).toMatchObject({ code: 0 });
      }
    };
    all('the lamp');
    await run();
    expect(gotOf(project)).toEqual({});
    await settle({ ana: 'approve', bea: 'drop', cy: 'approve', di: 'approve' });
    await run();
    // The question that was dropped was never asked: no answer of bea belongs to it.
    all('large');
    await run();
    await settle({ ana: 'approve', cy: 'drop', di: 'approve' });
    await run();
    all('red');
    await run();
    const asked = ['And which colour?'];
    expect(gotOf(project)).toEqual({
      ana: ['Which size, ana?', ...asked],
      cy: ['Which size, cy?'],
      di: ['Which size, di?', ...asked],
    });
    await settle({ ana: 'approve', di: 'drop' });
    await run();
    expect(gotOf(project)).toMatchObject({
      ana: ['Which size, ana?', ...asked, 'large and red it is.'],
      di: ['Which size, di?', ...asked],
    });

    const outcomes: unknown[] = [];
    for (const contact of PEOPLE) {
      const [shown] = lines<Shown>((await cli('contacts', 'show', contact, '--json')).stdout);
      outcomes.push(shown?.funnels.map(({ outcome }) => `${contact}: ${outcome}`));
    }
    expect(outcomes).toEqual([['ana: completed'], ['bea: refused'], ['cy: failed'], ['di: completed']]);
    const journal = lines<Journalled>((await cli('journal', '--json')).stdout);
    const reasons = PEOPLE.map((id) => {
      const own = journal.filter(({ contact, direction }) => contact.id === id && direction === 'incoming');
      return [id, ...own.map(({ reason }) => reason).reverse()];
    });
    expect(reasons).toEqual([
      ['ana', 'replied', 'replied', 'replied'],
      ['bea', 'dropped', 'no_match', 'no_match'],
      ['cy', 'replied', 'dropped', 'no_match'],
      ['di', 'replied', 'replied', 'dropped'],
    ]);
  });
});

describe.concurrent('a handoff', PROCESSES, () => {
  it('ends with a reply by hand, which pauses automatic replies', async (test) => {
    const project = await aProject(test, { rules: RULES, config: CONFIG });
    const { cli, sandbox, folder } = project;
    const run = async () => expect(await cli('run', '--once')).toMatchObject({ code: 0 });
    const reports = () => sqliteReports(join(folder, 'data/autoresponder.db'));
    const open = async () => {
      const store = reports();
      const found = await store.handoffs(0, 9);
      await store.close();
      return found.map(({ contactId, note }) => [contactId, note]);
    };
    const write = (contact: string, text: string) => sandbox.receive({ account: 'shop-ig', contact, text });
    const { conversationId } = write('ana', 'a human, please');
    write('bea', 'human?');
    await run();
    expect((await open()).sort()).toEqual([
      ['ana', 'wants a human'],
      ['bea', 'wants a human'],
    ]);
    const byHand = ['reply', '--conversation', conversationId, '--text', 'Mia here.'] as const;
    expect(await cli(...byHand)).toMatchObject({ code: 0 });
    expect(await open()).toEqual([['bea', 'wants a human']]);
    write('ana', 'the lamp, then?');
    await run();
    await run();
    expect(await open()).toEqual([['bea', 'wants a human']]);
    expect(gotOf(project)).toEqual({
      ana: ['A colleague will write.', 'Mia here.'],
      bea: ['A colleague will write.'],
    });
    expect(lines((await cli('drafts', 'list', '--json')).stdout)).toEqual([]);
    const journal = lines<{ text: string; reason: string }>((await cli('journal', '--json')).stdout);
    expect(journal.find(({ text }) => text === 'the lamp, then?')?.reason).toBe('paused');
  });
});

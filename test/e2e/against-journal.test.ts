import { describe, expect, it } from 'vitest';
import { usePostgres } from '../postgres/use.js';
import { aProject, type Cleanup, lines, matching, type Project, PROCESSES } from './cli.js';

const databases = usePostgres();
const STORES = [
  ['SQLite', () => Promise.resolve('sqlite:./data/autoresponder.db')],
  ['PostgreSQL', () => databases.empty()],
] as const;

/** Automations as Blotato lists them: for a comment with one of two spellings, and for a message. */
const AUTOMATIONS = {
  items: [
    {
      id: 1,
      name: 'Guide',
      accountId: 98434,
      trigger: { type: 'comment-received', keywords: ['Guide', 'GUIDE'] },
      dmMessage: 'Here.',
    },
    {
      id: 2,
      name: 'Sizes',
      accountId: 98434,
      trigger: { type: 'comment-received', keywords: ['size'] },
      dmMessage: 'S to XL.',
    },
    {
      id: 3,
      name: 'Returns',
      accountId: 98434,
      trigger: { type: 'message-received', keywords: ['return'] },
      dmMessage: '30 days.',
    },
  ],
};

interface Report {
  readonly text: string;
  readonly journal: {
    readonly events: number;
    readonly gained: readonly { readonly rule: string; readonly text: string }[];
    readonly missed: readonly { readonly rule: string; readonly text: string }[];
  };
}

/** A project whose rules answered the texts of its journal. The automations of Blotato would answer others. */
async function answered(
  test: Cleanup,
  store: string,
  comments: readonly string[],
  messages: readonly string[],
): Promise<Project> {
  const project = await aProject(test, {
    config: { store, poll: '{ schedule: "* * * * * *", comments: true, start: { lookback: 30m } }' },
  });
  comments.forEach((text, n) =>
    project.sandbox.comment({ account: 'shop-ig', contact: `commenter-${n}`, text }),
  );
  messages.forEach((text, n) =>
    project.sandbox.receive({ account: 'shop-ig', contact: `contact-${n}`, text }),
  );
  expect(await project.cli('run', '--once')).toMatchObject({ code: 0 });
  project.write('automations.json', JSON.stringify(AUTOMATIONS));
  return project;
}

async function report(project: Project): Promise<Report> {
  const ended = await project.cli('import', 'blotato', 'automations.json', '--against-journal', '--json');
  expect(ended).toMatchObject({ code: 0 });
  return lines<Report & Record<string, unknown>>(ended.stdout)[0] as Report;
}

describe.each(STORES)(
  'import blotato --against-journal, with the journal on %s',
  PROCESSES,
  (_name, storeOf) => {
    it('lists what would be answered now and was not, and the other way round', async (test) => {
      const comments = ['the guide please', 'GUIDE', 'which size do I need?', 'nice'];
      const messages = ['how much is the price?', 'can I return it?', 'hello'];
      const project = await answered(test, await storeOf(), comments, messages);
      const { journal, text } = await report(project);
      const shown = (rows: Report['journal']['gained']) =>
        rows.map((row) => `${row.rule}: ${row.text}`).sort();
      expect(shown(journal.gained)).toEqual(['returns: can I return it?', 'sizes: which size do I need?']);
      expect(shown(journal.missed)).toEqual(['guide: the guide please', 'pricing: how much is the price?']);
      expect(journal.events).toBe(7);
      // The journal has a third spelling, so the keywords keep their case.
      expect(text).toContain('keywords: { any: [ Guide, GUIDE ], match: contains, case_sensitive: true');
      expect(await project.cli('import', 'blotato', 'automations.json', '--against-journal')).toMatchObject({
        stderr: matching(
          /on 7 events of the journal, reply to 2 that got no reply:\n[^]*and do not reply to 2 that got one:\n/u,
        ),
      });
    });

    it('folds the spellings of a keyword if that changes no decision, and sends and changes nothing', async (test) => {
      const project = await answered(test, await storeOf(), ['GUIDE', 'send me the Guide'], ['hello']);
      const before = await project.cli('journal', '--json');
      const sends = project.sandbox.sends().length;
      const { journal, text } = await report(project);
      expect(text).toContain('keywords: { any: [ guide ], match: contains, accents: true }');
      expect(journal).toMatchObject({ events: 3, gained: [], missed: [] });
      expect(project.sandbox.sends()).toHaveLength(sends);
      expect(await project.cli('journal', '--json')).toEqual(before);
    });
  },
);

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../src/engine/decide.js';
import { valueOf } from '../../src/engine/evaluate.js';
import { engineFacts } from '../../src/engine/facts.js';
import { MessageText } from '../../src/engine/text/text.js';
import { type KeptSet, type LoadedWorkspaces, loadWorkspaces } from '../../src/project/load-in-thread.js';
import { anEvent, facts } from '../builders.js';
import { draws } from '../draws.js';

const CONFIG = `version: 1
blotato: { api_key: k }
rules: ./rules
accounts: [{ name: shop-ig, id: "1", platform: instagram }]
calendars:
  shop: { timezone: Europe/Paris, open: { mon-fri: ["09:00-12:00"] } }
`;
const FILES = ['a.yaml', 'b.yaml', 'c.yaml', 'd.yaml'];
const WORDS = ['price', 'size', 'colour', 'prices', 'delivery'];
const NAMES = ['thanks', 'hello'];
/** Fills a set, so that one file of the others is a small share of it. */
const OTHERS = `version: 1\nrules:\n${Array.from({ length: 100 }, (_, n) => `  - { id: other-${n}, on: message, keywords: ["${WORDS[n % 5]} ${n}"], priority: ${n % 4}, reply: Hi }`).join('\n')}\n`;

function project(files: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'changed-'));
  mkdirSync(join(folder, 'rules'));
  writeFileSync(join(folder, 'config.yaml'), CONFIG);
  const write = (name: string, text: string | null): void => {
    const path = join(folder, 'rules', name);
    if (text === null) rmSync(path, { force: true });
    else writeFileSync(path, text);
  };
  for (const [name, text] of Object.entries(files)) write(name, text);
  const load = (kept?: KeptSet, env: Record<string, string> = {}) =>
    loadWorkspaces({ file: join(folder, 'config.yaml'), env }, undefined, kept);
  const close = (): void => rmSync(folder, { recursive: true, force: true });
  return { folder, write, load, close };
}

/** Rare, so that most sets have no error. */
const seldom = <T>(value: T) =>
  fc.constantFrom(null, null, null, null, null, null, null, null, null, null, null, value);
/** Mostly of rules that are always there. */
const idOf = fc.constantFrom('other-1', 'other-2', 'other-3', 'a0', 'b0', 'c1');
const rule = fc
  .record({
    word: fc.constantFrom(...WORDS),
    group: fc.constantFrom(null, null, ...NAMES),
    priority: fc.integer({ min: 0, max: 2 }),
    enabled: fc.boolean(),
    mode: fc.constantFrom('live', 'shadow'),
    about: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: idOf }),
    meaning: seldom('b0'),
    examples: seldom(true),
    twin: seldom('c1'),
  })
  .map(
    ({ word, group, priority, enabled, mode, about, meaning, examples, twin }) =>
      (id: string) =>
        [
          `id: ${twin ?? id}, on: message, priority: ${priority}, enabled: ${enabled}, mode: ${mode}, reply: "${word}"`,
          `keywords: [${word}${group === null ? '' : `, { group: ${group} }`}]`,
          ...(examples === null
            ? []
            : [
                `examples: [${['', ' now', ' here', ' there', ' soon'].map((more) => `"${word} of it${more}"`).join()}]`,
              ]),
          ...(about === null
            ? []
            : [`when: { fact: answered_by, params: { rule: ${about} }, operator: equal, value: false }`]),
          ...(about !== null || meaning === null
            ? []
            : [`when: { fact: meaning, operator: equal, value: ${meaning} }`]),
        ].join(', '),
  );
const groups = fc.record({
  thanks: fc.constantFrom('[merci]', '[merci]', '[thanks, merci]'),
  hello: fc.constantFrom('[hi]', '[hi]', '[hi, hey]'),
});
const edit = fc
  .record({
    name: fc.constantFrom(...FILES),
    isGone: seldom(true),
    comments: fc.integer({ min: 0, max: 2 }),
    groups,
    twice: seldom(true),
    rules: fc.array(rule, { maxLength: 4 }),
    saved: fc.constantFrom(null, null, 'hours'),
    twinSaved: seldom('a-hours'),
    test: fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: idOf }),
    broken: fc.oneof(seldom('colour: red\n'), seldom('rules: [\n')),
  })
  .map(({ name, isGone, ...more }) => ({ name, text: isGone === null ? textOf(name, more) : null }));

interface FileParts {
  readonly comments: number;
  readonly groups: Readonly<Record<string, string>>;
  readonly twice: boolean | null;
  readonly rules: readonly ((id: string) => string)[];
  readonly saved: string | null;
  readonly twinSaved: string | null;
  readonly test: string | null;
  readonly broken: string | null;
}

/** The text of a file. The first one has the groups. */
function textOf(name: string, { comments, groups: named, twice, rules, ...more }: FileParts): string {
  const letter = name.charAt(0);
  const hasGroups = letter === 'a' || twice !== null;
  const pairs = Object.entries(named).map(([group, texts]) => `${group}: ${texts}`);
  const { saved, twinSaved, test, broken } = more;
  return [
    `${'# note\n'.repeat(comments)}version: 1\n${broken ?? ''}`,
    hasGroups ? `groups: { ${pairs.join(', ')} }\n` : '',
    rules.length > 0
      ? `rules:\n${rules.map((each, n) => `  - { ${each(`${letter}${n}`)} }\n`).join('')}`
      : '',
    saved === null ? '' : `saved_replies: { ${twinSaved ?? `${letter}-${saved}`}: "9 to 12" }\n`,
    test === null ? '' : `tests: [{ name: t, event: { text: price }, expect: { rule: ${test} } }]\n`,
  ].join('');
}
const START = { 'others.yaml': OTHERS, 'a.yaml': 'version: 1\ngroups: { thanks: [merci], hello: [hi] }\n' };

/** Everything about a result that a program can see, without the set itself. */
function seen({ kept: _, ...loaded }: LoadedWorkspaces) {
  if (!loaded.ok) return loaded;
  return {
    ...loaded,
    value: loaded.value.map(({ set, ...rest }) => ({
      ...rest,
      rules: set.rules.map((each) => each.rule),
      written: set.written,
    })),
  };
}

/** The rules that the index finds, and the decision, for each text. */
async function decisions(loaded: LoadedWorkspaces) {
  const set = loaded.ok ? loaded.value[0]?.set : undefined;
  if (!set) return null;
  return Promise.all(
    [...WORDS, 'merci', 'thanks a lot', 'delivery 4', 'prices 3 and size 1'].map(async (text) => {
      const event = anEvent({ text });
      const values = engineFacts(event, facts(), new MessageText(text), set);
      const found = set.index.candidates(event, new MessageText(text), (fact, params) =>
        valueOf(values, fact, params),
      );
      const { acting, ...rest } = await decide(event, facts(), set);
      return { found, acting: acting.map((each) => [each.rule.id, each.keyword]), keys: Object.keys(rest) };
    }),
  );
}

describe('a set of which files changed', () => {
  it('is the same as of a fresh start, after any edits, with all errors and warnings', async () => {
    const told = { quick: 0, all: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 2, maxLength: 8 }), async (edits) => {
        const { write, load, close } = project(START);
        try {
          let { kept } = await load();
          for (const { name, text } of edits) {
            write(name, text);
            const before = kept?.parts.find((part) => part.file.endsWith('others.yaml'));
            const [changed, fresh] = [await load(kept), await load()];
            expect(seen(changed)).toEqual(seen(fresh));
            expect(await decisions(changed)).toEqual(await decisions(fresh));
            if (!changed.ok) continue;
            kept = changed.kept;
            told.all += 1;
            if (kept?.parts.some((part) => part === before)) told.quick += 1;
          }
        } finally {
          close();
        }
      }),
      { numRuns: draws(10), seed: 28 },
    );
    // Without a file that was kept, nothing was tested.
    expect(told.quick).toBeGreaterThan(told.all / 2);
  }, 120_000);

  it.each([
    ['a meaning of a rule without examples', 'when: { fact: meaning, operator: equal, value: other-1 }'],
    ['a meaning of no rule', 'when: { fact: meaning, operator: equal, value: nobody }'],
    ['a rule that another file has', 'keywords: [hi], id: other-1'],
    ['a group of no file', 'keywords: [{ group: nobody }]'],
  ])('has the error of a fresh start about %s', async (_what, wrong) => {
    const { write, load, close } = project(START);
    try {
      const { kept } = await load();
      const id = wrong.includes('id: ') ? '' : 'id: b0, ';
      write('b.yaml', `version: 1\nrules: [{ ${id}on: message, reply: Hi, ${wrong} }]\n`);
      const [changed, fresh] = [await load(kept), await load()];
      expect(fresh.ok).toBe(false);
      expect(seen(changed)).toEqual(seen(fresh));
    } finally {
      close();
    }
  });
});

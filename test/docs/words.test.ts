import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface Phrase {
  /** A regular expression without flags; matched as whole words, in any case. A space also matches a line break. */
  readonly avoid: string;
  readonly instead: string;
  /** Number of uses left, by area. The numbers may only be lowered. */
  readonly left?: Readonly<Partial<Record<Area, number>>>;
}

const AREAS = {
  src: ['src'],
  dashboard: ['dashboard/src', 'dashboard/index.html'],
  docs: ['docs', 'README.md', 'CHANGELOG.md', 'config.example.yaml', 'rules', 'schema'],
  tools: ['scripts', 'bench', 'deploy'],
  test: ['test'],
} as const;

type Area = keyof typeof AREAS;

const PHRASES: readonly Phrase[] = [
  { avoid: 'mend|mends|mended|mending', instead: 'fix', left: { src: 7, test: 9 } },
  { avoid: '(?:of )?unknown fate', instead: 'whose outcome is unknown; ambiguous' },
  { avoid: 'ways? through', instead: 'funnel run', left: { src: 1 } },
  {
    avoid: '(?:is|are|was|were|be) told',
    instead: 'reports, logs, notifies, returns',
  },
  { avoid: 'says? so|said so', instead: 'reports, logs', left: { test: 1 } },
  { avoid: '(?:is|are) said', instead: 'reports, logs' },
  { avoid: 'stays? so', instead: 'remains, is not cleared' },
  { avoid: 'of (?:ours|theirs)', instead: 'our, their', left: { src: 4, test: 4 } },
  { avoid: 'so (?:many|often)', instead: 'up to N, every N ms', left: { src: 1 } },
  { avoid: '(?:for|in|by|than) so (?:long|much)', instead: 'for N ms' },
  { avoid: '(?:goes|go) on', instead: 'continues, resumes', left: { test: 1 } },
  { avoid: 'whoever', instead: 'the one that' },
  { avoid: '(?:look|looks|looked) after', instead: 'monitors, handles' },
  { avoid: '(?:stands|stood|stand) still', instead: 'is stuck, is paused' },
  { avoid: '(?:comes|come) into force|in force', instead: 'active' },
  { avoid: 'swaps? in|swapped in', instead: 'activate' },
  {
    avoid: '(?:a|each|one|every|the next|another) look',
    instead: 'check, tick, run, query',
  },
  { avoid: '(?:a|each|one|every|first|last|next) reading', instead: 'a poll, a read' },
  { avoid: 'readings', instead: 'polls, reads' },
  { avoid: 'shall', instead: 'should, must, will', left: { test: 5 } },
  {
    avoid: '(?:is|are) none|there was none',
    instead: 'is not set, does not exist',
    left: { src: 8, test: 1 },
  },
  { avoid: 'taken over|takes over', instead: 'reassigned, acquired' },
  {
    avoid: '(?:rules?|guards?|store|database|condition) (?:is|are) asked',
    instead: 'run, evaluated, queried',
  },
  { avoid: 'asks the (?:store|database)', instead: 'queries' },
  { avoid: 'hangs? on|hung on', instead: 'depends on' },
  { avoid: '(?:of|of the|of its) business', instead: 'exempt from, does not concern' },
  { avoid: 'made-up|made up', instead: 'sample, fake, generated', left: { src: 1, test: 2 } },
  { avoid: 'high-water marks?', instead: 'watermark' },
  { avoid: 'beats', instead: 'heartbeats' },
  { avoid: 'lanes?', instead: 'ordering key', left: { src: 13, test: 7 } },
  { avoid: 'tenure|epoch', instead: 'lease, fencing token', left: { src: 9, test: 8 } },
  { avoid: 'acquaintances?', instead: 'known contacts' },
  { avoid: 'looseEnds?\\w*|loose ends?', instead: 'unidentified send' },
  { avoid: 'carryOut|carries out|carried out', instead: 'run, apply' },
  { avoid: 'knows? nothing of|nobody knows', instead: 'has no record of', left: { test: 3 } },
  { avoid: 'rings', instead: 'fires' },
  { avoid: 'lost unsaid', instead: 'lost silently' },
  { avoid: 'nobody else out', instead: 'rate limited per client' },
  { avoid: 'whose words', instead: 'the author', left: { src: 1 } },
  { avoid: 'at home|of a house', instead: 'local' },
  { avoid: 'what became of', instead: 'the outcome of' },
  { avoid: 'automatic answers?|no more answers?', instead: 'replies' },
  { avoid: 'answers? of (?:GET|POST|the API)', instead: 'response' },
  { avoid: 'made (?:test|rule)s?', instead: 'generated' },
  { avoid: 'brought to its', instead: 'has version N' },
  { avoid: 'odd rows?', instead: 'malformed rows' },
  { avoid: 'clock that is off', instead: 'clock offset' },
  { avoid: 'in trouble', instead: 'with problems' },
  { avoid: 'none runs', instead: 'none is running' },
  { avoid: '(?:these|those) ones', instead: 'the noun' },
  { avoid: 'is read on', instead: 'is still read' },
  { avoid: 'has a turn|its turn|a turn', instead: 'poll cycle, job, rotation, queue' },
];

/** Legitimate uses: the phrase with its context, in files whose path begins so. */
const ALLOWED: readonly { readonly path: string; readonly text: RegExp }[] = [
  // Texts to customers in examples, and test vectors.
  { path: '', text: /have a look at your messages|Have a look!|We look after|we look after order/u },
  // `lane` is the name of a column of the store.
  { path: 'bench/seed.ts', text: /\blane\b/u },
  // This file contains the list itself.
  { path: 'test/docs/words.test.ts', text: /.*/u },
];

interface Source {
  readonly path: string;
  readonly text: string;
  readonly area: Area;
}

const TEXTS = /\.(?:ts|tsx|mjs|cjs|js|md|ya?ml|sql|html|sh|json)$/u;

function filesIn(path: string): string[] {
  if (/\.\w+$/u.test(path)) return [path];
  return readdirSync(join(ROOT, path), { recursive: true, encoding: 'utf8' })
    .filter((name) => TEXTS.test(name) && !/\.gen\.ts$|node_modules|vectors\//u.test(name))
    .map((name) => `${path}/${name.replaceAll('\\', '/')}`);
}

const SOURCES: readonly Source[] = (Object.keys(AREAS) as Area[]).flatMap((area) =>
  AREAS[area].flatMap(filesIn).map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8'), area })),
);

/** Each use of a phrase as `file:line: text`, without those that are allowed. */
function usesOf({ avoid }: Phrase, area: Area): string[] {
  const spaced = avoid.replaceAll(' ', String.raw`(?:[ \t]+|[ \t]*\n[ \t]*(?:\*|//|--|#|>)?[ \t]*)`);
  const pattern = new RegExp(String.raw`\b(?<!-)(?:${spaced})\b(?!-)`, 'gi');
  return SOURCES.filter((source) => source.area === area).flatMap(({ path, text }) =>
    [...text.matchAll(pattern)].flatMap((match) => {
      const around = text.slice(Math.max(0, match.index - 40), match.index + match[0].length + 40);
      const isAllowed = ALLOWED.some((use) => path.startsWith(use.path) && use.text.test(around));
      const line = text.slice(0, match.index).split('\n').length;
      return isAllowed ? [] : [`${path}:${line}: ${around.replaceAll(/\s+/gu, ' ').trim()}`];
    }),
  );
}

describe('the word list', () => {
  it.each(Object.keys(AREAS) as Area[])('is observed in %s', (area) => {
    const found = PHRASES.flatMap((phrase) => {
      const uses = usesOf(phrase, area);
      const isOver = uses.length > (phrase.left?.[area] ?? 0);
      return isOver ? [{ avoid: phrase.avoid, instead: phrase.instead, uses }] : [];
    });
    expect(found).toEqual([]);
  });
});

describe('doc comments', () => {
  /** Openings that leave out the subject: a value, a pronoun, a question word, an order or a key. */
  const SUBJECTLESS =
    /\/\*\*\s+(?:\* )?(?:Null|As|Keyed|Newest|Oldest|Empty|Infinity|Plus|Same|Only|It|Its|This|That|These|Those|What|Whose?|How|Where|Why|By|Of|'')\s/gu;

  it('begin with the thing that they describe', () => {
    const found = SOURCES.filter(({ path }) => /\.tsx?$/u.test(path)).flatMap(({ path, text }) =>
      [...text.matchAll(SUBJECTLESS)].map(({ index }) => `${path}: ${text.slice(index, index + 60)}`),
    );
    expect(found).toEqual([]);
  });
});

describe('docs/glossary.md', () => {
  const rows = readFileSync(join(ROOT, 'docs/glossary.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const identifiers = rows.flatMap(([, , , code = '']) => code.match(/\w+/gu) ?? []);

  it('lists each term once, in alphabetical order, with its meaning', () => {
    const terms = rows.map(([, term = '']) => term);
    expect(terms).toEqual([...new Set(terms)].sort((a, b) => a.localeCompare(b, 'en')));
    expect(rows.filter(([, , meaning = '']) => meaning.length < 10)).toEqual([]);
  });

  it('names identifiers that the code has, each for one term', () => {
    const code = SOURCES.filter(({ area, path }) => area === 'src' && path.endsWith('.ts'));
    const words = new Set(code.flatMap(({ text }) => text.match(/\b[A-Za-z]\w*/gu) ?? []));
    expect(identifiers).toEqual([...new Set(identifiers)]);
    expect(identifiers.filter((name) => !words.has(name))).toEqual([]);
    const terms = ['Lease', 'fencingToken', 'Heartbeats', 'watermarks', 'pollCycle', 'PollState'];
    for (const term of [...terms, 'AttemptResult', 'SendOutcome']) expect(identifiers).toContain(term);
  });
});

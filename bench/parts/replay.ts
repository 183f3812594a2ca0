// CPU time and memory of the command `replay`, by the number of lines and of people, with `--against` and with `--since`.
import { join } from 'node:path';
import { diceOf } from '../dice.js';
import { type Context, inPairs, type Rounds } from '../suite/context.js';
import { type Figure, figureOf, type Pair, type Size, type Spec, type Target } from '../suite/figure.js';
import type { Usage } from '../suite/session.js';
import { writeLines } from '../suite/lines.js';
import { ACCOUNTS, atMost, count, ratioFigure, replay, RULES, timeOf } from './replay-project.js';
import { since } from './replay-since.js';

const WORDS = 'hello please how much is the order today i want to know thanks where can you do it'.split(' ');

interface Case {
  readonly size: Size;
  readonly lines: number;
  readonly people: number;
  readonly times: number;
  /** Whether the other build is measured too; the older one needs hours for a hundred thousand people. */
  readonly isCompared: boolean;
  readonly cpu?: readonly Target[];
  readonly memory?: readonly Target[];
}

/** Sizes by their role. */
interface Scale {
  readonly lines: number;
  readonly fewPeople: number;
  readonly compared: readonly number[];
}

const SCALES: Readonly<Record<Context['size'], Scale>> = {
  quick: { lines: 10_000, fewPeople: 100, compared: [2_000, 8_000] },
  usual: { lines: 100_000, fewPeople: 1_000, compared: [4_000, 16_000] },
};

export async function benchReplay(context: Context): Promise<Figure[]> {
  const { size, isFull } = context;
  const { lines, fewPeople, compared } = SCALES[size];
  const alone = size === 'quick' ? 1 : 3;
  const limits = size === 'usual';
  const cases: Case[] = [
    ...[lines / 10, lines].map((each) => {
      const cpu = limits && each === lines ? [atMost('ratio', 1 / 60)] : [];
      return { size, lines: each, people: each, times: alone, isCompared: false, cpu };
    }),
    ...compared.map((each) => ({ size, lines: each, people: each, times: 3, isCompared: true })),
    {
      size,
      lines,
      people: fewPeople,
      times: 3,
      isCompared: true,
      cpu: limits ? [atMost('ratio', 1 / 3)] : [],
    },
  ];
  if (isFull) {
    const people = 1_000_000;
    cases.push({
      size: 'full',
      lines: people,
      people,
      times: 1,
      isCompared: false,
      memory: [atMost('value', 400)],
    });
  }
  const figures: Figure[] = [];
  const byLines = new Map<number, Pair<Usage>[]>();
  for (const each of cases) {
    const pairs = await replayed(context, each);
    figures.push(...specsOf(each).map((spec) => figureOf(pairs, spec)));
    if (each.people === each.lines) byLines.set(each.lines, pairs);
  }
  figures.push(...growths(byLines, context));
  figures.push(...(await against(context, lines, fewPeople)), ...(await since(context, size, lines)));
  if (isFull) figures.push(...(await since(context, 'full', 1_000_000)));
  return figures;
}

async function replayed(
  context: Context,
  { lines, people, times, isCompared }: Case,
): Promise<Pair<Usage>[]> {
  const name = nameOf(lines, people);
  const file = await linesFile(context, lines, people);
  const builds = isCompared ? context : { ...context, other: null };
  return inPairs(builds, { name, times, bare: 3 }, (build) => replay(context, build, ['--input', file]));
}

function specsOf({ size, lines, people, cpu = [], memory = [] }: Case): Spec<Usage>[] {
  const base = { part: 'replay', size } as const;
  const name = nameOf(lines, people);
  return [
    { ...base, name: `${name}, CPU`, unit: 'ms', of: (run) => run.cpu, portable: 'cpu', asked: cpu },
    { ...base, name: `${name}, memory`, unit: 'MB', of: ({ mb }) => mb, portable: 'same', asked: memory },
  ];
}

/** CPU time of ten times the lines over that of the lines, and of four times where both builds were measured. */
function growths(byLines: ReadonlyMap<number, Pair<Usage>[]>, { size }: Context): Figure[] {
  return [...byLines].flatMap(([lines, few]) =>
    [4, 10].flatMap((factor) => {
      const many = byLines.get(lines * factor);
      if (!many) return [];
      const pairs = many.map(({ own, other, bare }, n) => {
        const less = few[n] ?? few[0];
        return {
          own: own.cpu / (less?.own.cpu ?? NaN),
          other: other && less?.other ? other.cpu / less.other.cpu : null,
          bare,
        };
      });
      return figureOf(pairs, {
        ...{ part: 'replay', size: lines * factor === 1_000_000 ? 'full' : size, unit: 'times' },
        name: `CPU, ${count(lines * factor)} people over ${count(lines)}`,
        of: (times) => times,
        portable: 'same',
        asked: factor === 10 && size === 'usual' ? [atMost('value', 11)] : [],
      });
    }),
  );
}

/** `replay --against` over one `replay` of the same lines and by the same build. */
async function against(context: Context, lines: number, people: number): Promise<Figure[]> {
  const file = await linesFile(context, lines, people);
  const rounds: Rounds = { name: `--against, ${nameOf(lines, people)}`, times: 3, bare: 3 };
  const pairs = await inPairs(context, rounds, async (build) => {
    const one = await replay(context, build, ['--input', file]);
    const two = await replay(context, build, ['--input', file, '--against', 'other-rules.yaml']);
    return two.cpu / one.cpu;
  });
  const name = `--against over one replay, CPU, ${nameOf(lines, people)}`;
  return [ratioFigure(pairs, name, context.size)];
}

/** Files that were written. */
const made = new Set<string>();

/** Lines of seeded words, a third of them with a keyword, as the other benchmarks have them. */
async function linesFile({ session }: Context, lines: number, people: number): Promise<string> {
  const file = join(session.folder, `lines-${lines}-${people}.jsonl`);
  if (made.has(file)) return file;
  made.add(file);
  const dice = diceOf(11);
  await writeLines(file, lines, (n) => {
    const words = Array.from({ length: 8 + dice.below(12) }, () => dice.pick(WORDS));
    if (dice.chance(1 / 3)) words.push(`other${dice.below(RULES)}`);
    const person = n % people;
    return {
      ...{ at: timeOf(n, lines), platform: 'instagram', account: `account-${person % ACCOUNTS}` },
      contact: { id: `person-${person}`, name: `Person ${person}` },
      text: words.join(' '),
    };
  });
  return file;
}

function nameOf(lines: number, people: number): string {
  return `${count(lines)} lines by ${count(people)} people`;
}

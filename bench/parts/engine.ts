// Decisions per second by the number of rules, over the bare look-up, and compared with other ways to decide.
import type { Build } from '../suite/builds.js';
import { type Context, inPairs } from '../suite/context.js';
import { type Figure, figureOf, type Pair, type Spec, type Target } from '../suite/figure.js';
import { call } from '../suite/modules.js';
import type { Speed } from '../measure.js';
import type { Kind } from '../traffic.js';
import { NAIVE, OURS, SCAN, VARIANTS } from '../variants.js';

const MESSAGES = 3_000;
const KINDS: Readonly<Record<Kind, string>> = {
  word: 'whole words',
  mixed: 'mixed modes',
  typos: 'typos',
  regex: 'regular expressions',
};

interface Case {
  readonly kind: Kind;
  readonly rules: number;
  /** Target of the ratio to the bare look-up. */
  readonly overLookUp?: number;
  /** Target of the decisions per second, compared with the other build. */
  readonly decisions?: number;
}

/** The sizes with a target, measured several times, in pairs. */
const TARGETED: readonly Case[] = [
  { kind: 'word', rules: 10_000, overLookUp: 2.2 },
  { kind: 'mixed', rules: 10_000, overLookUp: 1.6 },
  { kind: 'regex', rules: 1_000, decisions: 1.5 },
];
const OTHERS: readonly Case[] = [
  ...[10, 100, 1_000, 100_000].flatMap((rules) => [
    { kind: 'word', rules } as const,
    { kind: 'mixed', rules } as const,
  ]),
  ...[1_000, 10_000].map((rules) => ({ kind: 'typos', rules }) as const),
  { kind: 'regex', rules: 100 },
];
/** The number of whole-word rules at which other ways to decide are measured. */
const COMPARED_AT = 10_000;

interface Run {
  readonly ours: Speed;
  readonly lookUp: Speed;
}

export async function benchEngine(context: Context): Promise<Figure[]> {
  const figures: Figure[] = [];
  const pairsOf = new Map<string, Pair<Run>[]>();
  for (const each of [...TARGETED, ...(context.size === 'quick' ? [] : OTHERS)]) {
    const pairs = await decided(context, each, TARGETED.includes(each) ? 3 : 1);
    pairsOf.set(`${each.kind} ${each.rules}`, pairs);
    figures.push(...specs(context, each).map((spec) => figureOf(pairs, spec)));
  }
  return [...figures, ...(await alternatives(context, pairsOf)), ...growth(context, pairsOf)];
}

function decided(context: Context, { kind, rules }: Case, times: number): Promise<Pair<Run>[]> {
  const name = `${KINDS[kind]}, ${rules.toLocaleString('en')} rules`;
  return inPairs(context, { name, times }, async (build) => {
    const [ours, lookUp] = await speeds(context, build, { kind, rules, variants: [OURS, SCAN] });
    if (!ours || !lookUp) throw new Error(`${build.name} measures no decisions`);
    return { ours, lookUp };
  });
}

async function speeds(
  { session, size }: Context,
  build: Build,
  request: { readonly kind: Kind; readonly rules: number; readonly variants: readonly string[] },
): Promise<readonly (Speed | null)[]> {
  const lasts = size === 'quick' ? 300 : 1_500;
  const { result } = await call(session, build, { op: 'engine', ...request, lasts, events: MESSAGES });
  return result;
}

function specs({ size }: Context, { kind, rules, overLookUp, decisions }: Case): Spec<Run>[] {
  const base = { part: 'engine', size } as const;
  const name = `${KINDS[kind]}, ${rules.toLocaleString('en')} rules`;
  const over: readonly Target[] =
    overLookUp === undefined ? [] : [{ of: 'value', is: 'at most', limit: overLookUp }];
  const least: readonly Target[] =
    decisions === undefined ? [] : [{ of: 'ratio', is: 'at least', limit: decisions }];
  return [
    {
      ...{ ...base, name: `${name}, decisions`, unit: 'a second', of: ({ ours }) => ours.perSecond },
      ...{ isCost: false, asked: least },
    },
    { ...base, name: `${name}, median`, unit: 'µs', of: ({ ours }) => ours.p50 },
    {
      ...{ ...base, name: `${name}, over the bare look-up, medians`, unit: 'times', portable: 'same' },
      ...{ of: ({ ours, lookUp }) => ours.p50 / lookUp.p50, asked: over },
    },
    {
      ...{ ...base, name: `${name}, over the bare look-up, means`, unit: 'times', portable: 'same' },
      ...{ of: ({ ours, lookUp }) => ours.mean / lookUp.mean, asked: over },
    },
  ];
}

/** Other ways to decide by 10,000 whole-word rules, the same in every build. */
async function alternatives(context: Context, pairsOf: ReadonlyMap<string, Pair<Run>[]>): Promise<Figure[]> {
  const variants = VARIANTS.map(({ name }) => name).filter((name) => name !== OURS && name !== SCAN);
  context.progress('other ways to decide');
  const request = { kind: 'word', rules: COMPARED_AT, variants } as const;
  const measured = await speeds(context, context.own, request);
  const ours = pairsOf.get(`word ${COMPARED_AT}`) ?? [];
  const base = { part: 'engine', size: context.size } as const;
  return measured.flatMap((speed, n) => {
    const name = variants[n] ?? '';
    if (speed === null) return [];
    const pairs = ours.map(({ own, bare }) => ({ own: speed.mean / own.ours.mean, other: null, bare }));
    const isStored = name === NAIVE;
    return figureOf(pairs, {
      ...{ ...base, name: `${name}, time over ours`, unit: 'times', of: (each: number) => each },
      ...{ isCost: false, ...(isStored && { portable: 'same' as const }) },
    });
  });
}

/** The time of a decision by 10,000 rules over that by 10. */
function growth({ size }: Context, pairsOf: ReadonlyMap<string, Pair<Run>[]>): Figure[] {
  const [few] = pairsOf.get('word 10') ?? [];
  const many = pairsOf.get('word 10000') ?? [];
  if (!few) return [];
  const pairs = many.map(({ own, other, bare }) => ({
    own: own.ours.mean / few.own.ours.mean,
    other: other && few.other ? other.ours.mean / few.other.ours.mean : null,
    bare,
  }));
  const name = 'whole words, 10,000 rules over 10 rules, means';
  return [
    figureOf(pairs, { part: 'engine', size, name, unit: 'times', of: (each) => each, portable: 'same' }),
  ];
}

import { z } from 'zod';
import { HOLD_OUT } from '../domain/split.js';
import type { Path, YamlSource } from '../yaml/source.js';
import { says, section } from '../yaml/shape.js';

const BRANCH_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]*$/u;
const PERCENT = /^(?<n>\d{1,2}(?:\.\d{1,2})?) ?%$/u;

/** A split as written, over steps as written. */
export type RawSplit<Step> = Readonly<
  Record<
    string,
    string | readonly Step[] | { readonly weight?: number | undefined; readonly steps: readonly Step[] }
  >
>;

/** The schema of a split, over that of a list of steps. */
export function splitSchema<Step>(steps: () => z.ZodType<readonly Step[]>): z.ZodType<RawSplit<Step>> {
  const weighted = section({
    weight: z
      .number()
      .positive()
      .max(1_000)
      .optional()
      .describe('How many contacts take this branch, compared with the others. Default: 1.'),
    steps: steps().describe('The steps of the branch.'),
  });
  return z.record(
    z
      .string()
      .max(50)
      .refine(
        (name) => BRANCH_NAME.test(name),
        says('is not the name of a branch', 'Write it as one word: short-text.'),
      ),
    z.union([steps(), weighted, z.string()], {
      error: 'is neither a list of steps nor a block with weight and steps',
    }),
  );
}

/** A split as written: its branches, and the share of contacts held out. */
export interface WrittenSplit<Step> {
  readonly name: string;
  readonly branches: readonly {
    readonly name: string;
    readonly weight: number;
    readonly steps: readonly Step[];
    readonly path: Path;
  }[];
  readonly holdOut: number;
}

/** Reads a split, and reports what makes none. `names` collects those of the rule, which tell its figures apart. */
export function readSplit<Step>(
  source: YamlSource,
  raw: RawSplit<Step>,
  path: Path,
  names: Set<string>,
): WrittenSplit<Step> {
  const report = (at: Path, message: string, fix: string): void =>
    source.report(at, { code: 'split', message: `split: ${message}`, fix });
  const branches = Object.entries(raw).flatMap(([name, value]) => {
    if (name === HOLD_OUT) return [];
    if (typeof value === 'string') {
      report([...path, name], `"${name}" has no steps`, 'Write a list of steps.');
      return [];
    }
    if ('steps' in value) {
      return [{ name, weight: value.weight ?? 1, steps: value.steps, path: [...path, name, 'steps'] }];
    }
    return [{ name, weight: 1, steps: value, path: [...path, name] }];
  });
  const holdOut = holdOutOf(raw[HOLD_OUT], (message, fix) => report([...path, HOLD_OUT], message, fix));
  if (branches.length === 0 || (branches.length === 1 && holdOut === 0))
    report(path, 'there is nothing to compare', 'Write two branches, or one and hold_out: 10%.');
  const name = branches.map((branch) => branch.name).join('/');
  if (names.has(name))
    report(
      path,
      'another split of the rule has the same branches',
      'Name them otherwise: figures are by name.',
    );
  names.add(name);
  return { name, branches, holdOut };
}

function holdOutOf(raw: unknown, report: (message: string, fix: string) => void): number {
  if (raw === undefined) return 0;
  const share = typeof raw === 'string' ? Number(PERCENT.exec(raw)?.groups?.['n'] ?? NaN) / 100 : NaN;
  if (share > 0) return share;
  report('hold_out is no share of the contacts', 'Write hold_out: 10%.');
  return 0;
}

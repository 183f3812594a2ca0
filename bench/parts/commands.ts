// CPU time and memory of the commands that people wait for, on the example rules.
import { copyFileSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Build } from '../suite/builds.js';
import { type Context, inPairs } from '../suite/context.js';
import { type Figure, figureOf, type Spec } from '../suite/figure.js';
import type { Usage } from '../suite/session.js';

const COMMANDS = ['check', 'test', 'explain --text price', 'schema rules', '--version'];
/** The commands with a target. */
const TARGETED = COMMANDS.slice(0, 3);

export async function benchCommands(context: Context): Promise<Figure[]> {
  const { session, own, other, size } = context;
  const folders = new Map([own, other].flatMap((build, n) => (build ? [[build, project(build, n)]] : [])));
  /** Copies the examples of a checkout: rules of one version may be an error in another. */
  function project({ checkout }: Build, index: number): string {
    const cwd = join(session.folder, `commands-${index}`);
    cpSync(join(checkout, 'rules'), join(cwd, 'rules'), { recursive: true });
    copyFileSync(join(checkout, 'config.example.yaml'), join(cwd, 'config.yaml'));
    return cwd;
  }
  const figures: Figure[] = [];
  for (const command of COMMANDS) {
    const rounds = { name: command, times: size === 'quick' ? 3 : 9, warm: 1 };
    const pairs = await inPairs(context, rounds, (build) =>
      session.measure([build.bin, ...command.split(' ')], folders.get(build) ?? ''),
    );
    figures.push(...specs(command, context).map((spec) => figureOf(pairs, spec)));
  }
  return figures;
}

function specs(command: string, { size }: Context): Spec<Usage>[] {
  const isTargeted = TARGETED.includes(command);
  const base = { part: 'commands', size } as const;
  return [
    { ...base, name: `${command}, CPU`, unit: 'ms', of: ({ cpu }) => cpu, portable: 'cpu' },
    {
      ...{ ...base, name: `${command}, wall`, unit: 'ms', of: ({ wall }) => wall },
      asked: isTargeted ? [{ of: 'ratio', is: 'at most', limit: 0.5 }] : [],
    },
    {
      ...{ ...base, name: `${command}, memory`, unit: 'MB', of: ({ mb }) => mb, portable: 'same' },
      asked: isTargeted ? [{ of: 'value', is: 'at most', limit: 60 }] : [],
    },
  ];
}

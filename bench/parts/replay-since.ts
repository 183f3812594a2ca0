// CPU time and memory of `replay --since`, over a journal on SQLite and on PostgreSQL.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startOwnPostgres } from '../../test/postgres/server.js';
import { withPostgres } from '../fleet/database.js';
import type { Build } from '../suite/builds.js';
import { type Context, inPairs } from '../suite/context.js';
import { type Figure, figureOf, type Pair, type Size } from '../suite/figure.js';
import { writeLines } from '../suite/lines.js';
import { call } from '../suite/modules.js';
import { configOf } from '../suite/project.js';
import type { Usage } from '../suite/session.js';
import { ACCOUNTS, count, folderOf, ratioFigure, replay, timeOf } from './replay-project.js';

interface Journal {
  readonly size: Size;
  readonly rows: number;
  readonly people: number;
  /** File with the same messages, for `replay --input`. */
  readonly file: string;
}

/** A replay of the journal, and its share of one `replay --input` of the same messages. */
interface Since extends Usage {
  readonly cpuRatio: number;
  readonly wallRatio: number;
}

/** `replay --since` over one `replay --input` of a file with the same messages, by the kind of the store. */
export async function since(context: Context, size: Size, rows: number): Promise<Figure[]> {
  const people = Math.ceil(rows / 50);
  const file = join(context.session.folder, `journal-${rows}.jsonl`);
  await writeLines(file, rows, (n) => ({
    ...{ at: timeOf(n, rows), platform: 'instagram', account: `account-${n % ACCOUNTS}` },
    contact: { id: `old-person-${n % people}` },
    text: `what somebody wrote a while ago, and nobody asks for any more: number ${n}`,
  }));
  const journal = { size, rows, people, file };
  return [...(await onSqlite(context, journal)), ...(await onPostgres(context, journal))];
}

async function onSqlite(context: Context, journal: Journal): Promise<Figure[]> {
  const seed = seeding(context, journal, 'sqlite');
  const pairs = await pairsOf(context, journal, 'SQLite', async (build) => `sqlite:${await seed(build)}`);
  return figures(pairs, journal, '');
}

/** Moves a seeded journal into a database of its own for each build, by the build's command `migrate`. */
async function onPostgres(context: Context, journal: Journal): Promise<Figure[]> {
  const { session } = context;
  const seed = seeding(context, journal, 'postgres');
  return withPostgres(session, startOwnPostgres, async (server) => {
    const urls = new Map<Build, string>();
    const pairs = await pairsOf(context, journal, 'PostgreSQL', async (build) => {
      const moved = urls.get(build);
      if (moved !== undefined) return moved;
      const url = await server.database();
      const path = await seed(build);
      context.progress(`${count(journal.rows)} rows to PostgreSQL, ${build.name}`);
      await session.measure(
        [build.bin, 'migrate', '--from', `sqlite:${path}`, '--to', url],
        folderOf(context, build),
      );
      urls.set(build, url);
      return url;
    });
    const on = ' on PostgreSQL';
    const walls = pairs.map(({ own, other, bare }) => ({
      ...{ own: own.wallRatio, other: other && other.wallRatio, bare },
    }));
    const name = `--since over one replay, wall, ${count(journal.rows)} rows${on}`;
    return [ratioFigure(walls, name, journal.size), ...figures(pairs, journal, on)];
  });
}

/** Returns a function that makes a build's SQLite store at its first call, and returns its file. */
function seeding(context: Context, { rows }: Journal, name: string) {
  const seeded = new Set<Build>();
  return async (build: Build): Promise<string> => {
    const path = join(folderOf(context, build), `journal-${rows}-${name}.db`);
    if (!seeded.has(build)) await call(context.session, build, { op: 'seed', path, rows });
    seeded.add(build);
    return path;
  };
}

function pairsOf(
  context: Context,
  { size, rows, people, file }: Journal,
  kind: string,
  storeOf: (build: Build) => Promise<string>,
): Promise<Pair<Since>[]> {
  const name = `--since, ${count(rows)} rows of ${count(people)} people, ${kind}`;
  return inPairs(context, { name, times: size === 'full' ? 1 : 3, bare: 3 }, async (build) => {
    const store = await storeOf(build);
    const config = `journal-${rows}-${kind}.yaml`;
    writeFileSync(join(folderOf(context, build), config), configOf('./rules.yaml', store, ACCOUNTS));
    const one = await replay(context, build, ['--input', file, '--config', config]);
    const two = await replay(context, build, ['--since', '60d', '--config', config]);
    return { ...two, cpuRatio: two.cpu / one.cpu, wallRatio: two.wall / one.wall };
  });
}

/** Figures of both kinds of stores. `on` ends their names. */
function figures(pairs: readonly Pair<Since>[], { size, rows, people }: Journal, on: string): Figure[] {
  const base = { part: 'replay', size } as const;
  const name = `--since, ${count(rows)} rows of ${count(people)} people${on}`;
  return [
    ratioFigure(
      pairs.map(({ own, other, bare }) => ({ own: own.cpuRatio, other: other && other.cpuRatio, bare })),
      `--since over one replay, CPU, ${count(rows)} rows${on}`,
      size,
    ),
    figureOf(pairs, { ...base, name: `${name}, CPU`, unit: 'ms', of: ({ cpu }) => cpu, portable: 'cpu' }),
    figureOf(pairs, { ...base, name: `${name}, memory`, unit: 'MB', of: ({ mb }) => mb, portable: 'same' }),
  ];
}
